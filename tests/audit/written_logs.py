"""Write exported logs without a database, as docs/audit-format.md describes them."""

from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

import orjson

from gateway.audit.line import Kept, exported, line_of
from gateway.audit.merkle import Frontier, leaf_hash
from gateway.audit.notes import SigningKey
from tests.audit.signed_log import KEY
from tests.store_factories import NOW


def exported_log(
    count: int,
    *,
    every: int = 0,
    key: SigningKey = KEY,
    altered: int = 0,
    minutes: Callable[[int], float] = lambda _number: 0,
    purged: Collection[int] = (),
    purge_at: int | None = None,
    through: int = 0,
) -> list[bytes]:
    """Write `count` entries, a checkpoint after each `every` and at the end."""
    tree, lines = Frontier(), []
    for number in range(1, count + 1):
        kept = _kept(
            number,
            minutes(number),
            "u2" if number == altered else "u1",
            through if number == purge_at else None,
        )
        tree = tree.with_leaf(kept.leaf)
        lines.append(exported(kept._replace(body=None) if number in purged else kept))
        if number == count or (every and number % every == 0):
            note = key.sign(number, tree.root())
            lines.append(orjson.dumps({"checkpoint": note}) + b"\n")
    return lines


def _kept(number: int, minutes: float, user_id: str, through: int | None) -> Kept:
    action = "asked" if through is None else "entries-purged"
    body = orjson.dumps({"action": action, "through": through or 0, "user_id": user_id})
    members = (
        number,
        action,
        UUID(int=number),
        NOW + timedelta(minutes=minutes),
        "p" * 36,
        user_id,
        body,
    )
    return Kept(*members, leaf_hash(line_of(*members)))
