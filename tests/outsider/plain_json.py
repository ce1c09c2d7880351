"""Read JSON, base64 and instants in the one form that `audit-format.md` gives them (section 1)."""

import base64
import json
from datetime import UTC, datetime
from typing import TypeGuard

_MOST_DIGITS = 19
_LEAST = -(2**63)
_MOST_LEVELS = 100


class Fault(Exception):
    """Tell what is wrong with a piece of the input."""


def decode(text: str, length: int | None = None) -> bytes:
    """Decode base64 that is the one text for its value, of exactly `length` bytes if given."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fault("not base64") from None
    if base64.b64encode(raw).decode() != text or length not in (None, len(raw)):
        raise Fault("base64 that is not canonical or of the wrong length")
    return raw


def read_text(value: object) -> str:
    """Give the value if it is a string that UTF-8 can hold; refuse anything else."""
    if not isinstance(value, str):
        raise Fault("not a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Fault("not Unicode text") from None
    return value


def is_whole_number(value: object) -> TypeGuard[int]:
    """Say whether a parsed value is a whole number from 0."""
    return type(value) is int and value >= 0


def read_instant(value: object) -> datetime:
    """Read an instant of UTC; as written again it must be the same text."""
    text = read_text(value)
    try:
        instant = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Fault("not an instant") from None
    if instant.isoformat().replace("+00:00", "Z") != text:
        raise Fault("not an instant of UTC in its one form")
    return instant


def _refuse(text: str) -> object:
    """Refuse fractions, exponents, NaN and the infinities."""
    raise ValueError(f"{text[:20]} is no whole number")


def _read_number(text: str) -> int:
    if len(text.removeprefix("-")) > _MOST_DIGITS or text == "-0" or int(text) < _LEAST:
        raise ValueError(f"{text[:20]} is no number from -2^63 and of at most 19 digits")
    return int(text)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a JSON member stands twice")
    return members


def parse_json(raw: bytes) -> object:
    """Parse JSON in UTF-8, spaced as it likes, with no member twice and none but whole numbers."""
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_unique,
            parse_int=_read_number,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise Fault(f"not JSON as it should be ({str(error)[:80]})") from None


def parse_plain_json(raw: bytes) -> object:
    """Parse JSON of the one form; Python's compact writer has the escapes of section 1."""
    value = parse_json(raw)
    if _is_deeper_than(_MOST_LEVELS, value):
        raise Fault("JSON nested too deep")
    if json.dumps(value, ensure_ascii=False, separators=(",", ":")) != raw.decode():
        raise Fault("JSON that is not in its one form")
    return value


def _is_deeper_than(levels: int, value: object) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper_than(levels - 1, each) for each in inner)
