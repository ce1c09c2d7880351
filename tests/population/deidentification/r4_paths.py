"""Name every place of a resource that a text may stand in, by HL7's own definitions of FHIR R4.

A path goes through each data type once: an extension in an extension is the same place again.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.required_parts import sample_data

FOLDER = sample_data() / "r4_definitions"
FILES = ("structuredefinitions-subset.json.gz", "profiles-types.json.gz")
IS_THERE = all((FOLDER / name).exists() for name in FILES)
ABSTRACT = {"Element", "BackboneElement"}
NUMBERS = {"decimal", "integer", "positiveInt", "unsignedInt"}
DEEPEST = 5


@dataclass(frozen=True)
class Place:
    """Where a value may stand: the names on the way there, which of them hold lists, and the primitive type."""

    resource_type: str
    names: tuple[str, ...]
    are_lists: tuple[bool, ...]
    primitive: str


@cache
def places_of(resource_type: str) -> tuple[Place, ...]:
    """Give every place of a type."""
    return tuple(_under(resource_type, resource_type, (), (), frozenset()))


@cache
def _definitions() -> dict[str, list[dict[str, Any]]]:
    elements = {}
    for name in FILES:
        for entry in json.loads(gzip.decompress((FOLDER / name).read_bytes()))["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "StructureDefinition":
                elements[resource["id"]] = resource["snapshot"]["element"]
    return elements


def _under(
    resource_type: str,
    path: str,
    names: tuple[str, ...],
    lists: tuple[bool, ...],
    seen: frozenset[str],
) -> Iterator[Place]:
    for name, is_list, kind, below in _children(path):
        way, are_lists = (*names, name), (*lists, is_list)
        if kind[0].islower() or kind.startswith("http") or kind == "Resource":
            yield Place(resource_type, way, are_lists, kind)
            if kind[0].islower() and len(way) < 3:
                sibling = (*names, f"_{name}", "extension", "valueString")
                yield Place(resource_type, sibling, (*are_lists, True, False), "string")
        elif below not in seen and len(way) < DEEPEST:
            yield from _under(resource_type, below, way, are_lists, seen | {below})


def _children(path: str) -> Iterator[tuple[str, bool, str, str]]:
    """Give name, whether it is a list, type, and where the type's own elements stand, of all that is directly inside."""
    for element in _definitions()[path.split(".")[0]]:
        start, _, name = element["path"].rpartition(".")
        if start != path:
            continue
        is_list = element["max"] != "1"
        if "contentReference" in element:
            below = element["contentReference"].lstrip("#")
            yield name, is_list, "BackboneElement", below
        for kind in element.get("type", ()):
            code = kind["code"]
            plain = name.replace("[x]", code[0].upper() + code[1:])
            yield plain, is_list, code, element["path"] if code in ABSTRACT else code
