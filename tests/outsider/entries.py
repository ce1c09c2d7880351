"""Read an entry in its one form (section 1), and the purge it may be (section 5)."""

from dataclasses import dataclass
from datetime import datetime

from tests.outsider.plain_json import Fault, is_whole_number, parse_plain_json, read_instant

_MEMBERS = ["sequence", "recorded_at", "action", "decision_id", "patient", "user_id", "body"]


@dataclass(frozen=True)
class Entry:
    """Hold what the checks need of an entry."""

    sequence: int
    recorded_at: datetime
    action: str
    body: dict[str, object]


@dataclass(frozen=True)
class Purge:
    """Hold what a purge says, and the earlier of its own time and that of the entry after it."""

    number: int
    through: int
    recorded_before: datetime
    earliest_clock: datetime


def read_entry(raw: bytes) -> Entry:
    """Read an entry and refuse one that has not the form of section 1."""
    members = parse_plain_json(raw)
    if not isinstance(members, dict) or list(members) != _MEMBERS:
        raise Fault("an entry has not the seven members in their order")
    sequence, recorded_at, *columns, body = members.values()
    if not is_whole_number(sequence) or sequence == 0:
        raise Fault("an entry's sequence is no number from 1")
    if not isinstance(body, dict) or not isinstance(columns[0], str):
        raise Fault("an entry's body is no object or its action no string")
    if columns != _columns_of(body) or not all(isinstance(c, str | None) for c in columns):
        raise Fault("an entry's members are not those of its body")
    return Entry(sequence, read_instant(recorded_at), columns[0], body)


def _columns_of(body: dict[str, object]) -> list[object]:
    """Give what action, decision_id, patient and user_id must be."""
    user = body.get("who", body)
    if not isinstance(user, dict):
        raise Fault("an entry's who is no object")
    return [*(body.get(name) for name in ("action", "decision_id", "patient")), user.get("user_id")]


def read_purge(entry: Entry) -> Purge | None:
    """Give the purge that an entry is, if it is one; refuse one that does not say what it must."""
    if entry.action != "entries-purged":
        return None
    through = entry.body.get("through")
    if not is_whole_number(through):
        raise Fault("a purge does not say through which entry")
    before = read_instant(entry.body.get("recorded_before"))
    return Purge(entry.sequence, through, before, entry.recorded_at)
