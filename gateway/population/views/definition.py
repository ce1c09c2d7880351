"""Name the parts of a ViewDefinition, every path parsed and every constant typed.

Holds no rule: `gateway/population/views/parsing.py`.
Source: SQL on FHIR v2, StructureDefinition ViewDefinition (2.1.0-pre, 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.population.views.constants import Constant
from gateway.population.views.fhirpath import Path


class Iteration(StrEnum):
    """What a select makes a row of."""

    FOR_EACH = "forEach"
    FOR_EACH_OR_NULL = "forEachOrNull"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Expression:
    """A path as parsed, with its place in the definition."""

    place: str
    path: Path


@dataclass(frozen=True, slots=True)
class Column:
    """One column as defined; `kind` is the type that it says, a name without FHIR's base, or `None`."""

    name: str
    expression: Expression
    kind: str | None
    is_collection: bool
    description: str


@dataclass(frozen=True, slots=True)
class Select:
    """Columns, what is selected below them and what is united; `paths` belong to the iteration, if any."""

    place: str
    iteration: Iteration | None
    paths: tuple[Expression, ...]
    columns: tuple[Column, ...]
    selects: tuple["Select", ...]
    unions: tuple["Select", ...]


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """A view as defined, every path parsed and every constant typed."""

    name: str | None
    resource: str
    constants: Mapping[str, Constant]
    selects: tuple[Select, ...]
    where: tuple[Expression, ...]
