"""Write exported logs without a database, as docs/audit-format.md describes them."""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import orjson

from gateway.audit.line import line_of
from gateway.audit.merkle import Frontier, leaf_hash
from gateway.audit.notes import SigningKey
from tests.audit.signed_log import KEY
from tests.store_factories import NOW

DAY = 24 * 60


def exported_log(
    count: int,
    *,
    every: int = 0,
    key: SigningKey = KEY,
    altered: int = 0,
    minutes: Callable[[int], float] = lambda _number: 0,
    purged: Collection[int] = (),
    purges: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
    written: Mapping[int, Callable[[bytes], bytes]] = MappingProxyType({}),
) -> list[bytes]:
    """Write `count` entries, a checkpoint after each `every` and at the end.

    `purges` are what some entries say beside their action, by number, and so purges; `written` is how some lines are
    written otherwise, with the leaf hash of that.
    """
    tree, lines = Frontier(), []
    for number in range(1, count + 1):
        line = line_of(*_members(number, minutes(number), number == altered, purges.get(number)))
        line = written.get(number, bytes)(line)
        tree = tree.with_leaf(leaf_hash(line))
        shown = b"null" if number in purged else line
        lines.append(b'{"leaf":"%b","entry":%b}\n' % (b64encode(leaf_hash(line)), shown))
        if number == count or (every and number % every == 0):
            note = key.sign(number, tree.root())
            lines.append(orjson.dumps({"checkpoint": note}) + b"\n")
    return lines


def purged_log(
    count: int, gone: Collection[int], purge_at: int, through: int, **other: object
) -> list[bytes]:
    """Write a log whose first 30 entries are ten years older than the others, and a purge of what is older than nine."""
    told: dict[str, object] = {"through": through, "recorded_before": written_at(-9 * 365 * DAY)}
    given = {"minutes": old_until(30), "purges": {purge_at: told}, **other}
    return exported_log(count, purged=gone, **given)  # type: ignore[arg-type]


def old_until(last: int) -> Callable[[int], float]:
    """Give the minutes of a log whose first entries are ten years old."""
    return lambda number: number - (10 * 365 * DAY if number <= last else 0)


def written_at(minutes: float) -> str:
    """Write an instant, so many minutes from that of the tests, as entries do."""
    text = orjson.dumps(NOW + timedelta(minutes=minutes), option=orjson.OPT_UTC_Z)
    return str(orjson.loads(text))


def _members(
    number: int, minutes: float, is_altered: bool, purge: Mapping[str, object] | None
) -> tuple[int, str, UUID, datetime, str, str, bytes]:
    action = "asked" if purge is None else "entries-purged"
    decision_id, patient, user_id = UUID(int=number), "p" * 36, "u2" if is_altered else "u1"
    found_by = {"decision_id": decision_id, "patient": patient, "user_id": user_id}
    body = orjson.dumps(
        {"action": action, **found_by, **(purge or {})}, option=orjson.OPT_SORT_KEYS
    )
    at = NOW + timedelta(minutes=minutes)
    return (number, action, decision_id, at, patient, user_id, body)
