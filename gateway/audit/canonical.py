"""Write an audit event's values in one way only: instants in UTC, text escaped and capped.

Pure, and knows no event.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

TEXT_LIMIT_BYTES = 1024  # of one value, after escaping (safety AI-05)

Detail: TypeAlias = str | int | bool | None
Written: TypeAlias = "Detail | UUID | datetime | list[Written] | dict[str, Written]"


def fields_of(value: object) -> dict[str, Written]:
    """Give the fields of an event, or of a part of one, as they are written.

    Raises: ValueError for an instant without a time zone; TypeError for what no entry can hold.
    """
    return {name: _written(getattr(value, name)) for name in getattr(type(value), "__slots__", ())}


def escaped(text: str) -> str:
    """Show control, format and undecodable characters as escapes, and cut at the limit."""
    # No character takes more than four bytes.
    if len(text) <= TEXT_LIMIT_BYTES // 4 and text.isprintable() and "\\" not in text:
        return text
    shown = "".join(_escaped_character(each) for each in text[: TEXT_LIMIT_BYTES + 1])
    encoded = shown.encode()
    if len(encoded) <= TEXT_LIMIT_BYTES:
        return shown
    return encoded[: TEXT_LIMIT_BYTES - 3].decode(errors="ignore") + "…"


def _written(value: object) -> Written:
    match value:
        case str():
            return escaped(value)
        case None | bool() | int():
            return value
        case UUID():
            return value
        case datetime():
            return _instant(value)
        case dict() | Mapping():
            return {escaped(str(key)): _written(each) for key, each in value.items()}
        case tuple():
            return [_written(each) for each in value]
        case _ if is_dataclass(value):
            return fields_of(value)
        case _:
            raise TypeError(f"an audit entry cannot hold {type(value).__name__}")


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be recorded: give an aware one")
    return value.astimezone(UTC)


def _escaped_character(character: str) -> str:
    if character.isprintable() and character != "\\":
        return character
    return character.encode("unicode_escape").decode()
