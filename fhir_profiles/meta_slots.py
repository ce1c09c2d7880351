"""Prepare a resource's `meta` for a new `source` and further tags; every other member keeps its bytes.

Does not choose source or tags. Follows HL7 FHIR R4, Resource.meta.
"""

import msgspec
from msgspec import Raw

from fhir_profiles.templates import MetaSlot

_DECODE = msgspec.json.Decoder(dict[str, Raw]).decode
_ENCODE = msgspec.json.Encoder().encode


def meta_slot(at: int, meta: bytes) -> MetaSlot:
    """Split a `meta` value around what is filled in; a value that is no object counts as empty."""
    # Without these texts in it there is no such member, and all of it is kept as it stands.
    is_plain = b'"source"' not in meta and b'"tag"' not in meta and b"\\" not in meta
    if is_plain and (meta[:2] == b'{"' or _is_spaced_object(meta)):
        return MetaSlot(at, meta[:-1] + b',"source":"')
    return _rebuilt(at, meta)


def _is_spaced_object(meta: bytes) -> bool:
    return meta[:1] == b"{" and meta[1:-1].strip() != b""


def _rebuilt(at: int, meta: bytes) -> MetaSlot:
    members = _DECODE(meta) if meta.startswith(b"{") else {}
    members.pop("source", None)
    tags = _inside(bytes(members.pop("tag", b"[]")))
    kept = _ENCODE(members)[:-1]
    return MetaSlot(
        at,
        kept + (b',"source":"' if members else b'"source":"'),
        (tags,) if tags else (),
    )


def _inside(tags: bytes) -> bytes:
    if tags == b"null":
        return b""
    return tags[1:-1].strip() if tags.startswith(b"[") else tags
