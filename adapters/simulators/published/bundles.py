"""Take published Bundles apart, each resource in the bytes that it was written in.

Reads nothing clinical. Follows FHIR R4 and STU3 alike: Bundle.entry, fullUrl and resource.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Published:
    """One resource of a published Bundle, as written there."""

    resource_type: str
    id: str | None
    full_url: str | None
    raw: bytes


class _Entry(msgspec.Struct, rename="camel"):
    full_url: str | None = None
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []


class _Header(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    id: str | None = None


_BUNDLE = msgspec.json.Decoder(_Bundle)
_HEADER = msgspec.json.Decoder(_Header)


def resources_in(bundle: bytes) -> Iterator[Published]:
    """Give the resources of a Bundle in its order; an entry without one is left out."""
    for entry in _BUNDLE.decode(bundle).entry:
        raw = bytes(entry.resource)
        header = _HEADER.decode(raw)
        if header.resource_type:
            yield Published(header.resource_type, header.id, entry.full_url, raw)
