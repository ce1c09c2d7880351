"""Look inside a resource at those that it contains.

Decides nothing by what it finds. Follows HL7 FHIR R4, section 2.3.0.2 (contained resources).
"""

import msgspec
from msgspec import Struct

from fhir_profiles.headers import Coding, Header, security_of
from fhir_profiles.json_scan import objects_in
from fhir_profiles.lenient_headers import lenient_header
from fhir_profiles.members import items_of, members_or_none, text_of
from fhir_profiles.spans import ResourceSpan

_HOLDERS = frozenset({"Bundle", "Parameters"})
_DECODE_HEADER = msgspec.json.Decoder(Header).decode


def contained_bodies(resource: ResourceSpan) -> tuple[bytes, ...]:
    """List the bytes of the resources inside this one."""
    try:
        return tuple(items_of(resource.header.contained))
    except msgspec.ValidationError:
        return ()


def contained_headers(resource: ResourceSpan) -> tuple[Header, ...]:
    """Give the headers of the resources inside this one; one that is no object is left out."""
    headers = (_header_of(body) for body in contained_bodies(resource))
    return tuple(header for header in headers if header is not None)


def _header_of(body: bytes) -> Header | None:
    try:
        return _DECODE_HEADER(body)
    except msgspec.ValidationError:
        members = members_or_none(body)
    if members is None:
        return None
    return lenient_header(body, text_of(members.get("resourceType")) or "")


def contained_security(resource: ResourceSpan) -> tuple[Coding, ...]:
    """List the security labels of the resources inside this one."""
    return tuple(coding for header in contained_headers(resource) for coding in security_of(header))


class Inside(Struct, frozen=True, gc=False):
    """What stands in a resource's `contained`: the headers, how many there are, and if they are all there is."""

    headers: tuple[Header, ...] = ()
    count: int = 0
    is_whole: bool = True


NOTHING_INSIDE = Inside()


def inside_of(resource: ResourceSpan) -> Inside:
    """Look at what a resource contains; equal bytes in `contained` give equal answers."""
    try:
        count = len(items_of(resource.header.contained))
    except msgspec.ValidationError:
        return Inside(is_whole=False)
    headers = contained_headers(resource)
    types = {header.resource_type for header in headers}
    is_whole = len(headers) == count and "" not in types and types.isdisjoint(_HOLDERS)
    return Inside(headers, count, is_whole)


def hides_resources(resource: ResourceSpan, inside: Inside) -> bool:
    """Tell whether resources stand in this one elsewhere than directly in `contained`, where nobody looks."""
    if not inside.is_whole:
        return True
    expected = 1 + inside.count
    if resource.body.count(b'"resourceType"') == expected:
        return False
    # The text may stand in a value: only the exact scan tells.
    found = [each for each in objects_in(resource.body) if each.member("resourceType")]
    return len(found) != expected
