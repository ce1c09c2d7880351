"""Read a JSON object's members as raw bytes, refusing what two readers could read differently.

Knows nothing of FHIR. Follows RFC 8259, section 4 (names within an object should be unique).
"""

import msgspec
from msgspec import UNSET, Raw, UnsetType

Members = dict[str, Raw]

_DECODE = msgspec.json.Decoder(Members).decode
_ENCODE = msgspec.json.Encoder().encode


def unique_members(text: bytes) -> Members | None:
    """Give an object's members, or None when a key at its own level is repeated or escaped.

    Raises msgspec.DecodeError when the text is not one JSON object.
    """
    # Writing the members out gives every byte back unless a key was repeated or escaped, or there is
    # whitespace: the values are raw, and a key never gets longer by writing.
    members = _DECODE(text)
    if len(_ENCODE(members)) == len(text):
        return members
    compact = msgspec.json.format(text, indent=-1)
    return members if len(_ENCODE(_DECODE(compact))) == len(compact) else None


def members_or_none(text: bytes) -> Members | None:
    """Give an object's members; None also when the text is no object."""
    try:
        return unique_members(text)
    except msgspec.DecodeError:
        return None


def items_of(value: Raw | None) -> list[bytes]:
    """Give an array's items; none when it is absent, empty or null.

    Raises msgspec.ValidationError when it is anything else.
    """
    if value is None or bytes(value) in {b"", b"null"}:
        return []
    return [bytes(item) for item in msgspec.json.decode(value, type=list[Raw])]


def text_of(value: Raw | None) -> str | None:
    """Give a string's text; None when it is absent or anything else."""
    if value is None:
        return None
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.DecodeError:
        return None


def whole_number_of(value: Raw | UnsetType) -> int | None:
    """Give a whole number; None when it is absent or anything else."""
    if value is UNSET:
        return None
    try:
        return msgspec.json.decode(value, type=int)
    except msgspec.DecodeError:
        return None
