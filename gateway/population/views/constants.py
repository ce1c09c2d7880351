"""Type the constants of a view.

Source: SQL on FHIR v2, ViewDefinition.constant; FHIR R4 2.24.0.1 (primitive types) for what each may look like.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from gateway.population.views.faults import PathError
from gateway.population.views.quoting import is_text

# What DuckDB's BIGINT and the decimals of a view hold (gateway/population/views/shapes.py).
_LARGEST = {int: Decimal(2**63 - 1), Decimal: Decimal(10**20 - 1)}
_Number = TypeVar("_Number", int, Decimal)
RESERVED = frozenset({"rowIndex", "context", "resource", "rootResource", "ucum", "sct", "loinc"})
_YEAR, _MONTH, _DAY = r"[0-9]{4}", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TEXTS = ["base64Binary", "canonical", "code", "id", "oid", "string", "uri", "url", "uuid"]
_INTEGERS = ["integer", "integer64", "positiveInt", "unsignedInt"]
_PATTERNS = {
    "date": re.compile(rf"{_YEAR}(-{_MONTH}(-{_DAY})?)?"),
    "dateTime": re.compile(rf"{_YEAR}(-{_MONTH}(-{_DAY}(T{_CLOCK}{_ZONE})?)?)?"),
    "instant": re.compile(rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}"),
    "time": re.compile(_CLOCK),
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant: `kind` is its FHIR type."""

    name: str
    kind: str
    value: str | bool | int | Decimal


def constant_of(name: str, values: Mapping[str, Any]) -> Constant:
    """Type the one `value[x]` among the fields of a constant.

    Raises PathError if there is not exactly one, or it is not what its type says.
    """
    if name in RESERVED:
        raise PathError(f"%{name} already means something in every path")
    if len(values) != 1:
        raise PathError("needs exactly one value[x]")
    ((key, value),) = values.items()
    kind = key.removeprefix("value")
    kind = kind[:1].lower() + kind[1:]
    if key != f"value{kind[:1].upper()}{kind[1:]}":
        raise PathError("needs exactly one value[x]")
    return Constant(name, kind, _checked(kind, value))


def _checked(kind: str, value: object) -> str | bool | int | Decimal:
    match value:
        case bool() if kind == "boolean":
            return value
        case int() if kind in _INTEGERS and not isinstance(value, bool):
            return in_range(value)
        case int() | float() | Decimal() if kind == "decimal" and not isinstance(value, bool):
            return in_range(Decimal(str(value)))
        case str() if kind in _TEXTS or kind in _PATTERNS:
            return _as_its_type(kind, value)
        case _:
            raise PathError(
                "has a value that is not of its type, or of a type that a view cannot have"
            )


def in_range(number: _Number) -> _Number:
    """Give a number back.

    Raises PathError if it is one that a view cannot reckon with.
    """
    if not Decimal(number).is_finite() or abs(number) > _LARGEST[type(number)]:
        raise PathError("has a number that is too large, or is none")
    return number


def _as_its_type(kind: str, value: str) -> str:
    pattern = _PATTERNS.get(kind)
    if not is_text(value) or (pattern and not pattern.fullmatch(value)):
        raise PathError(f"has a value that is no {kind}")
    return value
