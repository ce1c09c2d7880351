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
_TYPES = {
    "boolean": "BOOLEAN",
    "decimal": DECIMAL,
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

    `is_raw` keeps the element as JSON: `repeat` walks it to a depth that no type can say.
    """

    parts: dict[str, "Part"] = field(default_factory=dict)
    is_raw: bool = False

    def read(self, name: str, kind: str, *, is_list: bool) -> "Part":
        """Read one more element, or the same again."""
        return self.parts.setdefault(name, Part(name, kind, is_list))


@dataclass(slots=True)
class Part:
    """One element that is read; `as_text` keeps a decimal as written, where its digits count."""

    name: str
    kind: str
    is_list: bool
    as_text: bool = False
    shape: Shape = field(default_factory=Shape)


def sql_type(part: Part) -> str:
    """Give the type that a part is read as."""
    return _one(part) + ("[]" if part.is_list else "")


def structure(shape: Shape) -> str:
    """Give the shape as DuckDB's `from_json` wants it told: JSON."""
    return json.dumps(_structure(shape))


def reader_columns(shape: Shape) -> Mapping[str, str]:
    """Give the type of each element that is read of a resource, by name."""
    return {name: sql_type(part) for name, part in shape.parts.items()}


def _one(part: Part) -> str:
    if is_primitive(part.kind):
        return _scalar(part)
    if part.shape.is_raw:
        return _JSON
    inside = (f"{identifier(one.name)} {sql_type(one)}" for one in part.shape.parts.values())
    return f"STRUCT({', '.join(inside) or f'{_LEAST} VARCHAR'})"


def _scalar(part: Part) -> str:
    return "VARCHAR" if part.as_text else _TYPES.get(part.kind, "VARCHAR")


def _structure(shape: Shape) -> Structure:
    parts = {part.name: _structure_of(part) for part in shape.parts.values()}
    return parts or {_LEAST: "VARCHAR"}


def _structure_of(part: Part) -> Structure:
    if is_primitive(part.kind):
        one: Structure = _scalar(part)
    else:
        one = _JSON if part.shape.is_raw else _structure(part.shape)
    return [one] if part.is_list else one
