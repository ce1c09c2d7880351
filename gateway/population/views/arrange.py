"""Write a planned view as a chain of SQL queries, each on the rows of the one before.

The rows of a resource stay in one chain even through `unionAll`, whose branches are told apart by a number: so
resources are read once, whatever the view, and rows keep the order of the resources.
"""

from collections.abc import Iterable, Sequence

from gateway.population.views.plan import (
    Computed,
    Output,
    Plan,
    Rows,
    Single,
    Stage,
    Unnested,
    Walked,
)
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.render import exists, one, several, sql_of
from gateway.population.views.shapes import DECIMAL, Shape, reader_columns, structure
from gateway.population.views.snippets import TOO_MANY, count, without_nulls
from gateway.population.views.typed import Family, Typed, family_of

RESOURCES = "$resources"
"""What the first query reads from: one column for each element that the view reads."""
_SQL_TYPES = {Family.BOOLEAN: "BOOLEAN", Family.INTEGER: "BIGINT", Family.DECIMAL: DECIMAL}
_ORDER, _ROW, _ITEM, _PLACE, _LIST = map(identifier, ("$order", "$row", "$item", "$place", "$list"))


def sql_type_of(output: Output) -> str:
    """Give the type of a column; dates are texts, for they may be of a year or a month."""
    return _SQL_TYPES.get(family_of(output.kind), "VARCHAR") + (
        "[]" if output.is_collection else ""
    )


def arrange(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Give the queries in order, each with its name; the last gives the columns of the view.

    The first reads `RESOURCES`.
    """
    chain = _Chain(tuple(reader_columns(plan.shape)))
    chain.keep(plan.where)
    for stage in plan.stages:
        chain.stage(stage, None)
    chain.finish(plan.outputs)
    return chain.queries


class _Chain:
    def __init__(self, columns: Iterable[str]) -> None:
        self.queries: tuple[tuple[str, str], ...] = ()
        self._last = RESOURCES
        self._columns = tuple(columns)

    def keep(self, conditions: Sequence[Typed]) -> None:
        if conditions:
            self._add(f"SELECT * FROM {self._from}{_where(map(one, conditions))}")

    def stage(self, stage: Stage, active: str | None) -> None:
        """Apply a select; rows for which `active` is not true pass as they are."""
        active = self._rows(stage.rows, active)
        self._compute(stage.columns, active)
        for inner in stage.stages:
            self.stage(inner, active)
        if stage.unions:
            self._unite(stage, active)

    def finish(self, outputs: Sequence[Output]) -> None:
        columns = (f"{identifier(each.sql_name)} AS {identifier(each.name)}" for each in outputs)
        self._add(f"SELECT {', '.join(columns)} FROM {self._from}")

    def _rows(self, rows: Rows | None, active: str | None) -> str | None:
        """Make the rows of a select, and give the condition by which its columns are not null."""
        match rows:
            case Unnested():
                self._unnest(rows, active)
            case Single():
                self._ask(rows, active)
            case Walked():
                self._walk(rows, active)
            case _:
                return active
        there = None if isinstance(rows, Walked) else rows.there
        return active if there is None else identifier(there)

    def _ask(self, rows: Single, active: str | None) -> None:
        is_there = exists(rows.value)
        if rows.there is None:
            kept = f"({is_there} OR NOT ({active}))" if active else is_there
            self._add(f"SELECT * FROM {self._from} WHERE {kept}")
        else:
            column = f"{_when(active, is_there, 'FALSE')} AS {identifier(rows.there)}"
            self._add(f"SELECT *, {column} FROM {self._from}", rows.there)

    def _unnest(self, rows: Unnested, active: str | None) -> None:
        items = _when(active, sql_of(rows.items), "[NULL]" if rows.there is None else "[]")
        listed = f"SELECT *, {items} AS {_LIST} FROM {self._from}"
        names = [rows.name, rows.index]
        if rows.there is not None:
            is_there = f"{count(_LIST)} > 0"
            whole = f"CASE WHEN {is_there} THEN {_LIST} ELSE [NULL] END AS {_LIST}"
            there = f"{is_there} AS {identifier(rows.there)}"
            listed = f"SELECT * EXCLUDE ({_LIST}), {whole}, {there} FROM ({listed})"
            names.append(rows.there)
        self._add(
            f"SELECT * EXCLUDE ({_LIST}), unnest({_LIST}) AS {identifier(rows.name)}, "
            f"generate_subscripts({_LIST}, 1) - 1 AS {identifier(rows.index)} FROM ({listed})",
            *names,
        )

    def _compute(self, columns: Sequence[Computed], active: str | None) -> None:
        if columns:
            written = ", ".join(_column(column, active) for column in columns)
            names = (column.output.sql_name for column in columns)
            self._add(f"SELECT *, {written} FROM {self._from}", *names)

    def _unite(self, stage: Stage, active: str | None) -> None:
        branch = identifier(stage.branch)
        numbers = _when(active, f"range({len(stage.unions)})", "[-1]")
        self._add(f"SELECT *, unnest({numbers}) AS {branch} FROM {self._from}", stage.branch)
        for number, inner in enumerate(stage.unions):
            self.stage(inner, f"{branch} = {number}")
        columns = (
            f"CASE {branch} {_whens(each.branches)} {_else(each.output)} AS {identifier(each.output.sql_name)}"
            for each in stage.united
        )
        names = (each.output.sql_name for each in stage.united)
        self._add(f"SELECT *, {', '.join(columns)} FROM {self._from}", *names)

    def _walk(self, rows: Walked, active: str | None) -> None:
        kept = ", ".join(map(identifier, self._columns))
        self._add(f"SELECT {kept}, row_number() OVER () AS {_ROW} FROM {self._from}")
        starts = _when(active, _united_lists(rows.starts), "[CAST(NULL AS JSON)]")
        first = _placed(f"SELECT *, {starts} AS {_LIST} FROM {self._from}")
        itself = identifier(f"$s{len(self.queries)}")
        item = f"{_opened(rows.shape)} AS {identifier(rows.name)}"
        parents = f"SELECT *, {item} FROM {itself}"
        onward = f"SELECT *, {_united_lists(rows.onward)} AS {_LIST} FROM ({parents})"
        again = _placed(f"SELECT * EXCLUDE ({_ITEM}) FROM ({onward})")
        self._add(
            f"SELECT {kept}, {_ROW}, [{_PLACE}] AS {_ORDER}, {_ITEM} FROM ({first}) UNION ALL "
            f"SELECT {kept}, {_ROW}, list_append({_ORDER}, {_PLACE}), {_ITEM} FROM ({again})"
        )
        index = f"row_number() OVER (PARTITION BY {_ROW} ORDER BY {_ORDER}) - 1"
        self._add(
            f"SELECT {kept}, {item}, {index} AS {identifier(rows.index)} "
            f"FROM {self._from} ORDER BY {_ROW}, {_ORDER}",
            rows.name,
            rows.index,
        )

    def _add(self, query: str, *columns: str) -> None:
        self._last = f"$s{len(self.queries)}"
        self.queries = (*self.queries, (self._last, query))
        self._columns = (*self._columns, *columns)

    @property
    def _from(self) -> str:
        return identifier(self._last)


def _column(column: Computed, active: str | None) -> str:
    output = column.output
    if output.is_collection:
        value = without_nulls(f"coalesce({several(column.value)}, [])")
    else:
        value = one(column.value, f"{TOO_MANY}: column {output.name}")
    typed = f"CAST({value} AS {sql_type_of(output)})"
    if not output.is_index:
        typed = _when(active, typed, "NULL")
    return f"{typed} AS {identifier(output.sql_name)}"


def _else(output: Output) -> str:
    """A row of nulls has been of no branch; it counts all the same."""
    zero = f"CAST({'[0]' if output.is_collection else '0'} AS {sql_type_of(output)})"
    return f"ELSE {zero} END" if output.is_index else "END"


def _when(active: str | None, then: str, other: str) -> str:
    return then if active is None else f"CASE WHEN {active} THEN {then} ELSE {other} END"


def _whens(names: Iterable[str]) -> str:
    return " ".join(f"WHEN {number} THEN {identifier(name)}" for number, name in enumerate(names))


def _where(conditions: Iterable[str]) -> str:
    return " WHERE " + " AND ".join(f"({condition})" for condition in conditions)


def _united_lists(values: Sequence[Typed]) -> str:
    lists = [f"coalesce({several(value)}, [])" for value in values]
    return f"flatten([{', '.join(lists)}])" if lists else "CAST([] AS JSON[])"


def _placed(query: str) -> str:
    """Write a row for each item of the list of a query, with its place."""
    item, place = f"unnest({_LIST}) AS {_ITEM}", f"generate_subscripts({_LIST}, 1) AS {_PLACE}"
    return f"SELECT * EXCLUDE ({_LIST}), {item}, {place} FROM ({query})"


def _opened(shape: Shape) -> str:
    return f"from_json({_ITEM}, {text_literal(structure(shape))})"
