"""Build a header from a resource whose elements have wrong JSON types.

Drops no resource: an element that cannot be read counts as missing. A security label that cannot be
read stays as an empty coding, since an unknown label must hide, never show.
"""

from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct, structs

from fhir_profiles.datatypes import Coding, Kept, Meta
from fhir_profiles.header_fields import Header

_Struct = TypeVar("_Struct", bound=Struct)
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])


def lenient_header(body: bytes, resource_type: str) -> Header:
    """Read what can be read of a resource that is a JSON object.

    Raises msgspec.DecodeError or RecursionError when the bytes are not one.
    """
    members = _MEMBERS.decode(body)
    known: dict[str, Any] = {
        name: _read_member(wire_name, kind, members[wire_name])
        for name, wire_name, kind in _fields(Header)
        if wire_name in members and name != "resource_type"
    }
    return Header(
        resource_type, **{name: value for name, value in known.items() if value is not None}
    )


def _read_member(wire_name: str, kind: object, member: Raw) -> object:
    if kind is Raw or kind == Kept:
        return Raw(bytes(member))
    try:
        value = msgspec.json.decode(member)
    except msgspec.DecodeError:
        # Valid JSON that Python cannot hold, such as 1e999.
        value = 0
    return _meta(value) if wire_name == "meta" else _read(kind, value)


def _meta(value: object) -> Meta | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return Meta(security=(Coding(),))
    security = value.get("security")
    labels = _read(tuple[Coding, ...], security) if security is not None else ()
    return structs.replace(
        _struct(Meta, value), security=labels or ((Coding(),) if security else ())
    )


def _read(kind: object, value: object) -> object:
    """Read a value as one of the kinds that an element may have; None when it is none of them."""
    if value is None:
        return None
    for option in get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,):
        found = _read_one(option, value)
        if found is not None:
            return found
    return None


def _read_one(kind: object, value: object) -> object:
    if kind is str:
        return value if isinstance(value, str) else None
    if get_origin(kind) is tuple:
        return _read_list(get_args(kind)[0], value) or None
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        return _struct(kind, value)
    return None


def _read_list(kind: object, value: object) -> tuple[object, ...]:
    # A lone element where a list belongs is the commonest fault of all: take it as a list of one.
    items = value if isinstance(value, list) else [value]
    unread = Coding() if kind is Coding else None
    read = [_read(kind, item) or unread for item in items]
    return tuple(item for item in read if item is not None)


def _struct(kind: type[_Struct], value: dict[str, object]) -> _Struct:
    found: dict[str, Any] = {
        name: _read(inner, value.get(wire_name)) for name, wire_name, inner in _fields(kind)
    }
    return kind(**{name: inner for name, inner in found.items() if inner is not None})


@cache
def _fields(kind: type[Struct]) -> tuple[tuple[str, str, object], ...]:
    return tuple((field.name, field.encode_name, field.type) for field in structs.fields(kind))
