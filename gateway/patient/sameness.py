"""Give the keys under which another source's copy of a resource would also stand.

Ties nothing together (`group` does). Depends on the resource alone, so it may be remembered with its bytes.
"""

from collections.abc import Hashable

from fhir_profiles.headers import Header, identifiers_of
from fhir_profiles.templates import Template

SHORTEST_IDENTIFIER = 3
"""Shorter values ("0", "NA") are placeholders more often than identifiers."""


def keys_of(header: Header, template: Template) -> tuple[Hashable, ...]:
    """Give every key: one for each business identifier, and one for the whole content."""
    kind = _kind(header)
    keys: list[Hashable] = [(kind, template.pieces)]
    for identifier in identifiers_of(header):
        value = (identifier.value or "").strip()
        if identifier.system and len(value) >= SHORTEST_IDENTIFIER:
            keys.append((kind, identifier.system, value))
    return tuple(keys)


def _kind(header: Header) -> Hashable:
    """Give what two resources must share beside a key to be the same thing.

    An ambulance contact and the attendance it led to share the incident's number, and are two encounters.
    """
    if header.resource_type != "Encounter":
        return header.resource_type
    classes = header.class_ if isinstance(header.class_, tuple) else (header.class_,)
    return (header.resource_type, *sorted(each.code or "" for each in classes if each is not None))
