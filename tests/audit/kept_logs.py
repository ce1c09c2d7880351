"""Keep a signed log in a database that is only in memory: quick, for tests of what is read from it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import Connection, create_engine, insert

from gateway.audit.line import line_of
from gateway.audit.merkle import Frontier, leaf_hash
from gateway.audit.notes import SigningKey
from gateway.audit.tree import TILE_LEVELS
from gateway.store.sessions import Reading
from gateway.store.tables import audit_checkpoint, audit_entry, audit_node, metadata
from tests.audit.signed_log import KEY
from tests.store_factories import NOW

COLUMNS = ("sequence", "kind", "decision_id", "recorded_at", "patient", "user_id", "body")


@contextmanager
def kept_log(
    count: int,
    sizes: Sequence[int],
    key: SigningKey = KEY,
    after: Callable[[int], timedelta] = lambda number: timedelta(seconds=number),
    **told: object,
) -> Iterator[Reading]:
    """Keep `count` entries and a checkpoint at each of the sizes; `told` is what each entry says beside who did it.

    `after` is how long after the instant of the tests an entry was recorded, by number.
    """
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection, [audit_entry, audit_node, audit_checkpoint])
        tree = Frontier()
        for number in range(1, count + 1):
            leaf = _keep(connection, number, NOW + after(number), told)
            _keep_nodes(connection, tree, leaf)
            tree = tree.with_leaf(leaf)
            if number in sizes:
                note = key.sign(number, tree.root())
                signed = {"size": number, "note": note, "signed_at": NOW}
                connection.execute(insert(audit_checkpoint), signed)
        yield Reading(connection)
    engine.dispose()


def _keep(connection: Connection, number: int, at: datetime, told: dict[str, object]) -> bytes:
    found_by = {"decision_id": UUID(int=number), "patient": f"p{number}", "user_id": "u1"}
    action = told.get("action", "asked")
    body = orjson.dumps(
        {"action": action, **found_by, **told}, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z
    )
    members = (number, str(action), UUID(int=number), at, f"p{number}", "u1", body)
    leaf = leaf_hash(line_of(*members))
    row = {**dict(zip(COLUMNS, members, strict=True)), "leaf": leaf}
    connection.execute(insert(audit_entry), row)
    return leaf


def _keep_nodes(connection: Connection, tree: Frontier, leaf: bytes) -> None:
    for level, position, made in tree.new_nodes(leaf):
        if level and level % TILE_LEVELS == 0:
            node = {"tile_level": level // TILE_LEVELS, "position": position, "hash": made}
            connection.execute(insert(audit_node), node)
