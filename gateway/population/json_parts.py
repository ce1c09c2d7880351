"""Take a JSON value apart no further than asked: what nobody asks for stays bytes and becomes no object.

Knows nothing of FHIR. RFC 8259; of a name that stands twice the last counts, as for every reader in use.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Raw

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
_ANY = msgspec.json.Decoder(Raw)
_TEXT = msgspec.json.Decoder(str)

UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What reading hostile bytes can end in: not JSON, not UTF-8, or nested deeper than anyone means."""


def members_of(value: bytes | Raw) -> dict[str, Raw] | None:
    """Give the members of an object; None for anything else."""
    try:
        return _OBJECT.decode(value)
    except UNREADABLE:
        return None


def items_of(value: bytes | Raw) -> list[Raw] | None:
    """Give the items of a list; None for anything else."""
    try:
        return _LIST.decode(value)
    except UNREADABLE:
        return None


def text_of(value: bytes | Raw | None) -> str | None:
    """Give the text of a string; None for anything else."""
    if value is None:
        return None
    try:
        return _TEXT.decode(value)
    except UNREADABLE:
        return None


def is_text(value: bytes) -> bool:
    """Say whether bytes are UTF-8: taking an object apart does not look at what stays bytes."""
    try:
        return value.isascii() or bool(value.decode())
    except UnicodeDecodeError:
        return False


def is_json(value: bytes) -> bool:
    """Say whether bytes are one JSON value."""
    try:
        _ANY.decode(value)
    except UNREADABLE:
        return False
    return True


def in_quotes(text: str) -> bytes:
    """Write a text as a JSON string."""
    return msgspec.json.encode(text)


def an_object(members: Mapping[str, bytes | None]) -> bytes:
    """Write an object of the members that have a value."""
    return b"{" + b",".join(_written(members)) + b"}"


def _written(members: Mapping[str, bytes | None]) -> Iterator[bytes]:
    return (in_quotes(name) + b":" + value for name, value in members.items() if value is not None)
