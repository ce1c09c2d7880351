"""Hold what a view reads of its resources, and say it as the columns of DuckDB's JSON reader.

Only the elements that a path names are read: the reader passes over all else without decoding it. Types come
from FHIR's definitions and are never inferred (docs/decisions/0028).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_profiles.elements import is_primitive
from gateway.population.views.quoting import identifier

DECIMAL = "DECIMAL(28, 8)"
"""FHIRPath N1, 4.1.5: 28 digits, 8 of them behind the point, is what a Decimal holds at least."""
BINARY = "DOUBLE"
"""What DuckDB's JSON reader makes of every number with a point: 15 digits are sure in it."""
_TYPES = {
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "positiveInt": "BIGINT",
    "unsignedInt": "BIGINT",
}
_JSON = "JSON"
# Every element and every resource may have one: what to read of those of which only the presence matters.
_LEAST = "id"

Structure = str | list["Structure"] | dict[str, "Structure"]


@dataclass(slots=True)
class Shape:
    """What is read below one element; grows while paths are resolved.

    `is_raw` keeps the element as JSON: `repeat` walks it to a depth that no type can say. `choices` are the shapes
    that all types of one choice share which specialise the same, so that either can stand for the other.
    """

    parts: dict[str, "Part"] = field(default_factory=dict)
    choices: dict[str, "Shape"] = field(default_factory=dict)
    is_raw: bool = False

    def read(self, name: str, kind: str, *, is_list: bool, shape: "Shape | None" = None) -> "Part":
        """Read one more element, or the same again."""
        return self.parts.setdefault(name, Part(name, kind, is_list, shape or Shape()))

    def choice(self, name: str) -> "Shape":
        """Give the shape that the alternatives of a name share."""
        return self.choices.setdefault(name, Shape())


@dataclass(frozen=True, slots=True)
class Part:
    """One element that is read."""

    name: str
    kind: str
    is_list: bool
    shape: Shape

    @property
    def beside(self) -> str:
        """Give the name of what stands beside a primitive: its id and its extensions."""
        return f"_{self.name}"


def read_presence(shape: Shape, part: Part) -> None:
    """Read too what stands beside a primitive: one that has nothing else is there all the same."""
    if is_primitive(part.kind):
        # One shape for all: a type may stand for others, and so may what stands beside it.
        shared = shape.choice("beside")
        shape.read(part.beside, "Element", is_list=part.is_list, shape=shared)


def sql_type(part: Part) -> str:
    """Give the type that a part is read as."""
    return _one(part) + ("[]" if part.is_list else "")


def structure(shape: Shape) -> str:
    """Give the shape as DuckDB's `from_json` wants it told: JSON."""
    return json.dumps(_structure(shape))


def reader_columns(shape: Shape) -> Mapping[str, str]:
    """Give the type of each element that is read of a resource, by name."""
    return {name: sql_type(part) for name, part in shape.parts.items()}


def decimals(shape: Shape) -> frozenset[str]:
    """Give the names of all decimals that are read."""
    own = {part.name for part in shape.parts.values() if part.kind == "decimal"}
    return frozenset(own).union(*(decimals(part.shape) for part in shape.parts.values()))


def _one(part: Part) -> str:
    if is_primitive(part.kind):
        return BINARY if part.kind == "decimal" else _TYPES.get(part.kind, "VARCHAR")
    if part.shape.is_raw:
        return _JSON
    inside = (f"{identifier(one.name)} {sql_type(one)}" for one in part.shape.parts.values())
    return f"STRUCT({', '.join(inside) or f'{_LEAST} VARCHAR'})"


def _structure(shape: Shape) -> Structure:
    parts = {part.name: _structure_of(part) for part in shape.parts.values()}
    return parts or {_LEAST: "VARCHAR"}


def _structure_of(part: Part) -> Structure:
    if is_primitive(part.kind):
        # A decimal as text, as far as somebody has put it in quotes before.
        one: Structure = _TYPES.get(part.kind, "VARCHAR")
    else:
        one = _JSON if part.shape.is_raw else _structure(part.shape)
    return [one] if part.is_list else one
