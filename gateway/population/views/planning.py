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
from gateway.population.views.meanings import boolean
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
from gateway.population.views.scope import Scope
from gateway.population.views.shapes import Shape
from gateway.population.views.typed import (
    NOTHING,
    Bound,
    Choice,
    Family,
    Guarded,
    Resource,
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

    def plan(self, view: ViewDefinition) -> Plan:
        shape, unknown = Shape(), set[str]()
        scope = Scope(Typed(Resource(), view.resource, shape=shape), view.constants, unknown)
        where = tuple(self._condition(one, scope) for one in view.where)
        stages = tuple(self._stage(one, scope) for one in view.selects)
        return Plan(view.name, view.resource, shape, where, stages, tuple(sorted(unknown)))

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
        if value.is_list:
            name, index = self._name("e"), self._name("i")
            item = Typed(Bound(name), value.kind, shape=value.shape)
            inside = replace(scope, context=item, row_index=index)
            return Unnested(value, name, index, keeps_empty), inside
        if keeps_empty:
            return None, replace(scope, context=value, row_index=None)
        # Rows without the value are gone: what is left need not ask again.
        context = value.node.of if isinstance(value.node, Guarded) else value
        return Single(value), replace(scope, context=context, row_index=None)

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
        return Walked(_there(starts), _there(onward), shape, name, index), inside

    def _column(self, column: Column, scope: Scope) -> Computed:
        value = self._resolve(column.expression, scope)
        kind = value.kind or column.kind or "string"
        if value.family in _NEVER_A_COLUMN:
            self._fault(column.expression.place, f"gives {value.family}, which is no column")
        elif column.kind is not None:
            kind = self._declared(column, column.kind, value)
        output = Output(
            self._name("c"), column.name, kind, column.is_collection, column.description
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
