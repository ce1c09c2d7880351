"""Read one entry strictly: it has the one form that others can rely on, or it is none.

Pure. The form is that of docs/audit-format.md, section 1.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

LEVELS_AT_MOST = 100
"""Of objects and lists in each other. Entries have five; parsers give up at different depths, so one is agreed on."""

_MEMBERS = ("sequence", "recorded_at", "action", "decision_id", "patient", "user_id", "body")
_BEYOND = 10**19
"""Numbers have at most 19 digits."""

_SCALARS = frozenset((str, bool, type(None)))
_NESTS = frozenset((dict, list))
"""By exact type, and by hand: every entry of a log is walked through."""

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.(?!000000)[0-9]{6})?Z"
)


class EntryFormError(ValueError):
    """Say that a line is no entry."""


class ReadEntry(NamedTuple):
    """What an entry's line says."""

    sequence: int
    recorded_at: datetime
    action: str
    body: Mapping[str, Any]


def read_entry(line: bytes) -> ReadEntry:
    """Read an entry's line.

    Raises: EntryFormError if it has any form but the one.
    """
    found = _parsed(line)
    if not isinstance(found, dict) or tuple(found) != _MEMBERS:
        raise EntryFormError("an entry has its seven members in their order")
    if not _is_plain(found) or orjson.dumps(found) != line:
        raise EntryFormError("an entry is written in the shortest form, with whole numbers")
    body = found["body"]
    if not isinstance(body, dict) or not _is_told_once(found, body):
        raise EntryFormError("an entry's members say what its body says")
    at = read_instant(found["recorded_at"])
    return ReadEntry(read_count(found["sequence"]), at, found["action"], body)


def read_instant(text: object) -> datetime:
    """Read an instant as entries write it.

    Raises: EntryFormError if it is written otherwise.
    """
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise EntryFormError("an instant is written in UTC, to the microsecond")
    try:
        return datetime.fromisoformat(text)
    except ValueError as fault:
        raise EntryFormError("an instant is of a day and an hour that there are") from fault


def read_count(value: object) -> int:
    """Read a whole number from 0.

    Raises: EntryFormError if it is none: JSON's `true` is not, though Python takes it for 1.
    """
    if type(value) is not int or value < 0:
        raise EntryFormError("a number is whole, and not below 0")
    return value


def _parsed(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except ValueError as fault:
        raise EntryFormError("an entry is JSON") from fault


def _is_plain(entry: dict[str, Any]) -> bool:
    level: list[Any] = [entry]
    for _depth in range(LEVELS_AT_MOST):
        inner = [
            value
            for each in level
            for value in (each.values() if type(each) is dict else each)
            if type(value) not in _SCALARS
        ]
        level = [each for each in inner if type(each) in _NESTS]
        if not all(_is_whole(each) for each in inner if type(each) not in _NESTS):
            return False
        if not level:
            return True
    return False


def _is_whole(number: float) -> bool:
    return type(number) is int and abs(number) < _BEYOND


def _is_told_once(found: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    who = body.get("who", body)
    if not isinstance(found["action"], str) or not isinstance(who, dict):
        return False
    own = (body.get("action"), body.get("decision_id"), body.get("patient"), who.get("user_id"))
    told = (found["action"], found["decision_id"], found["patient"], found["user_id"])
    return own == told and all(each is None or isinstance(each, str) for each in told)
