"""Settle what every path of a view means, and list every fault that shows by it.

Writes no SQL.
Source: SQL on FHIR v2, ViewDefinition and "Processing Algorithm" (2.1.0-pre, 2026).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from gateway.population.views.definition import (
    Column,
    Expression,
    Iteration,
    Select,
    ViewDefinition,
)
from gateway.population.views.faults import Fault, PathError, UnusableViewError
from gateway.population.views.meanings import boolean, with_presence
from gateway.population.views.plan import (
    Computed,
    Output,
    Plan,
    Rows,
    Single,
    Stage,
    United,
    Unnested,
    Walked,
)
from gateway.population.views.resolve import resolve
from gateway.population.views.scope import Noted, Scope
from gateway.population.views.shapes import Shape, decimals
from gateway.population.views.typed import (
    NOTHING,
    Bound,
    Choice,
    Family,
    Guarded,
    Resource,
    RowIndex,
    Typed,
    family_of,
)

_DATES_AS_TEXT = frozenset({Family.DATE, Family.DATE_TIME, Family.TIME})
_NEVER_A_COLUMN = frozenset({Family.STRUCTURE, Family.CHOICE})


def plan_view(view: ViewDefinition) -> Plan:
    """Settle a view.

    Raises UnusableViewError with every fault.
    """
    planning = _Planning()
    plan = planning.plan(view)
    faults = (*planning.faults, *_named_twice(plan.outputs))
    if faults:
        raise UnusableViewError(faults)
    return plan


def _named_twice(outputs: Iterable[Output]) -> Iterator[Fault]:
    """Two names that differ in case alone are one name in SQL."""
    for name, times in Counter(output.name.lower() for output in outputs).items():
        if times > 1:
            yield Fault("select", f"gives the column {name!r} {times} times")


class _Planning:
    def __init__(self) -> None:
        self.faults: tuple[Fault, ...] = ()
        self._numbers = count()
        self._noted = Noted()
        self._walked_shapes: tuple[Shape, ...] = ()

    def plan(self, view: ViewDefinition) -> Plan:
        shape = Shape()
        root = Typed(Resource(), view.resource, shape=shape)
        scope = Scope(root, view.constants, self._noted)
        where = tuple(self._condition(one, scope) for one in view.where)
        stages = tuple(self._stage(one, scope) for one in view.selects)
        walked = frozenset[str]().union(*map(decimals, self._walked_shapes))
        # DuckDB writes JSON that it keeps with numbers as it has read them: they must not be numbers then.
        needs_digits = self._noted.needs_digits or bool(walked)
        unknown, read = self._noted.unknown, walked | decimals(shape)
        return Plan(view.name, view.resource, shape, where, stages, unknown, needs_digits, read)

    def _condition(self, given: Expression, scope: Scope) -> Typed:
        value = self._resolve(given, scope)
        try:
            return boolean(value, "to keep a resource by")
        except PathError as error:
            self._fault(given.place, str(error))
            return NOTHING

    def _stage(self, select: Select, scope: Scope) -> Stage:
        rows, inside = self._rows(select, scope)
        columns = tuple(self._column(column, inside) for column in select.columns)
        stages = tuple(self._stage(each, inside) for each in select.selects)
        unions = tuple(self._stage(each, inside) for each in select.unions)
        united = tuple(self._united(unions, select.place))
        return Stage(rows, columns, stages, unions, united, self._name("b"))

    def _rows(self, select: Select, scope: Scope) -> tuple[Rows | None, Scope]:
        values = tuple(self._resolve(path, scope) for path in select.paths)
        if select.iteration is None or not values:
            return None, scope
        if any(isinstance(value.node, Choice) for value in values):
            self._fault(select.place, "needs ofType() to make rows of one of several types")
            return None, scope
        if select.iteration is Iteration.REPEAT:
            return self._walked(select, values, scope)
        keeps_empty = select.iteration is Iteration.FOR_EACH_OR_NULL
        return self._rows_of(values[0], scope, keeps_empty=keeps_empty)

    def _rows_of(
        self, value: Typed, scope: Scope, *, keeps_empty: bool
    ) -> tuple[Rows | None, Scope]:
        there = self._name("t") if keeps_empty else None
        if value.is_list:
            name, index = self._name("e"), self._name("i")
            item = Typed(Bound(name, there), value.kind, shape=value.shape)
            inside = replace(scope, context=item, row_index=index)
            return Unnested(value, name, index, there), inside
        # Only rows with the value are asked about it: they need not ask again whether it is there.
        context = value.node.of if isinstance(value.node, Guarded) else value
        inside = replace(scope, context=context, row_index=None)
        return Single(with_presence(value), there), inside

    def _walked(
        self, select: Select, starts: tuple[Typed, ...], scope: Scope
    ) -> tuple[Rows | None, Scope]:
        kinds = sorted({start.kind for start in starts if start.kind})
        if not kinds:
            return Single(NOTHING), replace(scope, context=NOTHING, row_index=None)
        shape, name, index = Shape(), self._name("e"), self._name("i")
        item = Typed(Bound(name), kinds[0], shape=shape)
        inside = replace(scope, context=item, row_index=index)
        onward = tuple(self._resolve(path, inside) for path in select.paths)
        reached = {each.kind for each in onward if each.kind} | set(kinds)
        if len(reached) > 1 or item.family is not Family.STRUCTURE:
            self._fault(
                select.place, f"repeats over {', '.join(sorted(reached))}, not one structure"
            )
            return None, scope
        for value in (*starts, *onward):
            if value.shape is not None:
                value.shape.is_raw = True
        self._walked_shapes += (shape, *(one.shape for one in starts if one.shape is not None))
        return Walked(_there(starts), _there(onward), shape, name, index), inside

    def _column(self, column: Column, scope: Scope) -> Computed:
        value = self._resolve(column.expression, scope)
        value = with_presence(value) if column.is_collection else value
        kind = value.kind or column.kind or "string"
        if value.family in _NEVER_A_COLUMN:
            self._fault(column.expression.place, f"gives {value.family}, which is no column")
        elif column.kind is not None:
            kind = self._declared(column, column.kind, value)
        is_index = isinstance(value.node, RowIndex)
        output = Output(
            self._name("c"),
            column.name,
            kind,
            column.is_collection,
            is_index,
            column.description,
        )
        return Computed(output, value)

    def _declared(self, column: Column, kind: str, value: Typed) -> str:
        said = family_of(kind)
        if said in _NEVER_A_COLUMN:
            self._fault(column.expression.place, "declares a type that is no primitive of FHIR")
        elif not _may_be_called(said, value.family):
            self._fault(column.expression.place, f"declares {said} and gives {value.family}")
        return kind

    def _united(self, unions: tuple[Stage, ...], place: str) -> Iterator[United]:
        if not unions:
            return
        first, *others = (stage.outputs for stage in unions)
        alike = [
            [(one.name, family_of(one.kind), one.is_collection) for one in outputs]
            for outputs in (first, *others)
        ]
        if any(each != alike[0] for each in alike):
            self._fault(place, "unites selects that do not give the same columns in the same order")
            return
        for at, output in enumerate(first):
            branches = tuple(stage.outputs[at].sql_name for stage in unions)
            yield United(replace(output, sql_name=self._name("c")), branches)

    def _resolve(self, given: Expression, scope: Scope) -> Typed:
        try:
            return resolve(given.path, scope)
        except PathError as error:
            self._fault(given.place, str(error))
            return NOTHING

    def _name(self, letter: str) -> str:
        """Make a name that no element and no column has: theirs have no `$`."""
        return f"${letter}{next(self._numbers)}"

    def _fault(self, place: str, says: str) -> None:
        self.faults = (*self.faults, Fault(place, says))


def _there(values: tuple[Typed, ...]) -> tuple[Typed, ...]:
    return tuple(value for value in values if value.kind)


def _may_be_called(said: Family, given: Family) -> bool:
    if given is Family.NOTHING or said is given:
        return True
    if said is Family.DECIMAL:
        return given is Family.INTEGER
    return said is Family.TEXT and given in _DATES_AS_TEXT
