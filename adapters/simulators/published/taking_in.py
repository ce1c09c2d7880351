"""Take a published transaction in as a server does: give every reference the name of what it leads to.

Holds nothing. Follows FHIR R4, transaction processing rules (`urn:uuid`) and conditional references; every
other value stays as published, and white space between values is left out.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from adapters.simulators.fhir_library import Stored, stored_as
from adapters.simulators.published.bundles import Published

Names = Mapping[bytes, bytes]
"""What a reference says → `Type/id` of what it leads to."""

_REFERENCE = re.compile(rb'("reference":")([^"\\]*)"')


class _Identifier(msgspec.Struct):
    system: str = ""
    value: str = ""


class _Identified(msgspec.Struct):
    identifier: list[_Identifier] = []


_IDENTIFIED = msgspec.json.Decoder(_Identified)


def addresses_of(resources: Iterable[Published]) -> Names:
    """Name resources by the addresses that stood for them in their transaction."""
    return {each.full_url.encode(): _key(each) for each in resources if each.full_url is not None}


def conditions_of(resources: Iterable[Published]) -> Names:
    """Name resources by the searches that find each of them: `Type?identifier=system|value`."""
    return {
        f"{each.resource_type}?identifier={one.system}|{one.value}".encode(): _key(each)
        for each in resources
        for one in _IDENTIFIED.decode(each.raw).identifier
    }


def taken_in(published: Published, names: Names, change: Callable[[bytes], bytes]) -> Stored:
    """Give a resource as held, changed first; a reference that leads nowhere stays as it is."""
    plain = msgspec.json.format(change(published.raw), indent=-1)
    body = _REFERENCE.sub(lambda found: found[1] + names.get(found[2], found[2]) + b'"', plain)
    assert published.id is not None
    return stored_as(msgspec.json.decode(body), body, published.id)


def _key(published: Published) -> bytes:
    return f"{published.resource_type}/{published.id}".encode()
