"""Say what each element of FHIR R4 may hold.

Does not say what a profile asks for: `fhir_profiles/uk_core.py`. Source: `definitions/elements.json`, made by
`fhir_profiles/extract_elements.py` from HL7's own definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_DEFINITIONS = Path(__file__).parent / "definitions" / "elements.json"
_RESOURCE_BASES = frozenset({"DomainResource", "Resource"})


@dataclass(frozen=True, slots=True)
class Element:
    """What one element may hold; more than one type means that its JSON name ends in the type's."""

    types: tuple[str, ...]
    is_list: bool


def element_of(kind: str, name: str) -> Element | None:
    """Give the element of a type, of one of its bases, or of a backbone by its path; `None` if it has none."""
    defined = _definitions()["types"].get(kind)
    if defined is None:
        return None
    held = defined["has"].get(name)
    if held is None:
        return element_of(defined["is"], name)
    types = held.removesuffix("*").split("|")
    return Element(tuple(one.removeprefix("@") for one in types), held.endswith("*"))


def is_primitive(kind: str) -> bool:
    """Say whether a type is written as one JSON value."""
    return kind in _definitions()["primitives"]


def base_of(kind: str) -> str:
    """Give the type that a type specialises, empty for a backbone and what is not known."""
    primitive = _definitions()["primitives"].get(kind)
    if primitive is not None:
        return str(primitive)
    return str(_definitions()["types"].get(kind, {}).get("is", ""))


def is_kind_of(kind: str, wanted: str) -> bool:
    """Say whether a type is another or specialises it, as a code is a string and an age a quantity."""
    return bool(kind) and (kind == wanted or is_kind_of(base_of(kind), wanted))


def is_resource(kind: str) -> bool:
    """Say whether a type may stand by itself."""
    defined: Mapping[str, Any] = _definitions()["types"].get(kind, {})
    return "." not in kind and defined.get("is") in _RESOURCE_BASES and kind not in _RESOURCE_BASES


@cache
def _definitions() -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(_DEFINITIONS.read_bytes())
    return found
