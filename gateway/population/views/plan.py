"""Name the parts of a view whose every path is settled, in the order in which they make rows.

Holds no rule: `planning.py` builds it, `arrange.py` writes it as SQL.
"""

from dataclasses import dataclass

from gateway.population.views.shapes import Shape
from gateway.population.views.typed import Typed


@dataclass(frozen=True, slots=True)
class Unnested:
    """A row for each item of a list.

    With `there`, an empty list makes one row whose columns are null, and a column of that name tells it from others.
    """

    items: Typed
    name: str
    index: str
    there: str | None


@dataclass(frozen=True, slots=True)
class Single:
    """The row as it is if the value is there, or with `there` in any case, as for a list."""

    value: Typed
    there: str | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """A row for each item reached from the starts, or from an item so reached, however deep; parents first."""

    starts: tuple[Typed, ...]
    onward: tuple[Typed, ...]
    shape: Shape
    name: str
    index: str


Rows = Unnested | Single | Walked


@dataclass(frozen=True, slots=True)
class Output:
    """A column that is given: `sql_name` is what it is called until the end.

    `is_index` tells a column that counts rows: in a row of nulls it is 0.
    """

    sql_name: str
    name: str
    kind: str
    is_collection: bool
    is_index: bool
    description: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A column with the value that it has in each row."""

    output: Output
    value: Typed


@dataclass(frozen=True, slots=True)
class United:
    """One column of a union: what it is called, and what it was in each branch."""

    output: Output
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What one select does to the rows before it; `branch` is the column that tells which of `unions` a row is of."""

    rows: Rows | None
    columns: tuple[Computed, ...]
    stages: tuple["Stage", ...]
    unions: tuple["Stage", ...]
    united: tuple[United, ...]
    branch: str

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Give the columns in the order of the specification: own, nested, united."""
        nested = (output for stage in self.stages for output in stage.outputs)
        own = (column.output for column in self.columns)
        return (*own, *nested, *(one.output for one in self.united))


@dataclass(frozen=True, slots=True)
class Plan:
    """A view: what is read of which resources, which are kept, and what rows they give."""

    name: str | None
    resource: str
    shape: Shape
    where: tuple[Typed, ...]
    stages: tuple[Stage, ...]
    unknown: frozenset[str]
    needs_digits: bool
    decimals: frozenset[str]

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Give every column of the view in order."""
        return tuple(output for stage in self.stages for output in stage.outputs)
