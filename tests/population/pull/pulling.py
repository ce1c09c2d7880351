"""Pull from a served source, and say what should be at rest after it."""

import json
from collections import Counter
from pathlib import Path

from gateway.population.pull import PullOrder, PullProgress, pull
from gateway.population.pulled import current_rows
from tests.population.pull.cleaning import KEY, TYPES, Permitted, SmallCleaning


async def pulled(
    world, store: Path, types=TYPES, permit=None, watch=lambda _: None, patience=None, key=KEY
):
    """Pull once, a few minutes after whatever happened at the source."""
    world.clock.pass_(minutes=10)
    order = PullOrder(store, types, world.clock, watch)
    async with world.source(patience) as source:
        return await pull(permit or Permitted(), source, SmallCleaning(key), order)


def at_rest(store: Path, types=TYPES) -> Counter[tuple[str, str, str]]:
    """Count the rows that stand, by type, id and version."""
    rows = [json.loads(row) for each in types for row in current_rows(store / "hospital", each)]
    return Counter((row["resourceType"], row["id"], row["version"]) for row in rows)


def held_by(world, types=TYPES, key=KEY) -> Counter[tuple[str, str, str]]:
    """Count what the source holds now, as it should be at rest."""
    cleaning = SmallCleaning(key)
    return Counter(
        (line.resource_type, cleaning.id_of(line.resource_type, line.id), _version(line.body))
        for each in types
        for line in world.shelf.lines.get(each, ())
    )


def change(world, resource_type: str, number: int = 0, **elements):
    """Change a resource at the source now."""
    line = world.shelf.lines[resource_type][number]
    return _put(world, line, line.id, elements)


def add(world, resource_type: str, new_id: str, number: int = 0, **elements):
    """Add a resource that is like another at the source now."""
    return _put(world, world.shelf.lines[resource_type][number], new_id, elements)


def _put(world, line, id_, elements):
    now = world.clock()
    meta = {"meta": {"lastUpdated": now.isoformat()}}
    resource = {**json.loads(line.body), "id": id_, **meta, **elements}
    body = json.dumps(resource).encode()
    world.shelf.put([line._replace(id=id_, updated_at=now, body=body)])
    return id_


def _version(body: bytes) -> str:
    return json.loads(body)["meta"]["lastUpdated"]


__all__ = ["PullProgress", "add", "at_rest", "change", "held_by", "pulled"]
