"""Count the cells of a dataset's declared tables, from its shaped rows, for the gate to protect.

Lets nothing pass. A cell counts whom the ledger knows by number; what it holds here is true.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import cast

import duckdb

from gateway.population.anonymity import listed
from gateway.population.contents.months import Months
from gateway.population.datasets import TableRule, Unit
from gateway.population.differencing import Members
from gateway.population.shares import shares_of
from gateway.population.tables import CellNow, CountTable
from gateway.population.views.quoting import identifier

_MONTH = "calendar_month"

Values = tuple[str, ...]


def count_tables(
    database: duckdb.DuckDBPyConnection, dataset: str, rules: Sequence[TableRule], months: Months
) -> tuple[CountTable, ...]:
    """Count every declared table over the months of a release."""
    return tuple(_Counting(database, rule).table(dataset, months) for rule in rules)


class _Counting:
    """One table."""

    def __init__(self, database: duckdb.DuckDBPyConnection, rule: TableRule) -> None:
        self._database, self._rule = database, rule
        described = database.execute("DESCRIBE people").fetchall()
        of_people = {str(name) for name, *_kind in described}
        self._of_people = tuple(each for each in rule.dimensions if each in of_people)

    def table(self, dataset: str, months: Months) -> CountTable:
        rule, counted, known = self._rule, dict(self._counted()), self._known()
        nobody = CellNow(0, frozenset(), 0)
        cells = {
            values: replace(counted.get(values, nobody), population=self._among(known, values))
            for values in self._every(counted)
        }
        return CountTable(
            f"{dataset}: {rule.name}",
            {"period": str(months)},
            rule.dimensions,
            cells,
            rule.margins,
            rule.rounded_to,
            self._left_out(),
            self._only(months),
        )

    def _left_out(self) -> Members:
        found = self._database.execute("SELECT member FROM left_out").fetchall()
        return frozenset(cast("int", member) for (member,) in found)

    def _only(self, months: Months) -> Mapping[str, frozenset[str]]:
        """Say which months are of the period: one that is no more is not empty, but gone."""
        return {each: frozenset(months.each()) for each in self._rule.dimensions if each == _MONTH}

    def _every(self, counted: Mapping[Values, CellNow]) -> Iterator[Values]:
        """Give every cell that the table has, also those that count nobody: a gap would tell as much as a 0."""
        seen = [sorted(set(each)) for each in zip(*counted, strict=True)]
        return product(*seen) if seen else iter(())

    def _counted(self) -> Iterator[tuple[Values, CellNow]]:
        costs = self._rule.unit is Unit.POUNDS
        dimensions = listed(self._rule.dimensions)
        amount = "coalesce(sum(pounds), 0)" if costs else "count(*)"
        by_person = (
            f"SELECT {dimensions}, member, CAST({amount} AS BIGINT) AS amount "  # noqa: S608 - names are quoted
            f"FROM {self._counted_rows()} JOIN subject USING (person_id) GROUP BY ALL"
        )
        rows = self._database.execute(
            f"SELECT {dimensions}, list((member, amount)) FROM ({by_person}) GROUP BY ALL ORDER BY ALL"  # noqa: S608
        ).fetchall()
        for *named, each in rows:
            shares = shares_of(dict(cast("list[tuple[int, int]]", each)))
            yield tuple(map(str, named)), CellNow.of(shares, 0, are_costs=costs)

    def _counted_rows(self) -> str:
        """Give the rows to count: of a cost a head also those who cost nothing, for they are heads.

        Without them a cell of costs would be one of heads less those few, and neither could be told beside the other.
        """
        of = identifier(self._rule.of)
        if not self._rule.per_head:
            return of
        return f"people LEFT JOIN (SELECT person_id, pounds FROM {of}) USING (person_id)"  # noqa: S608 - quoted

    def _known(self) -> Mapping[Values, int]:
        """Count who lives, or is registered, where a cell says so: anybody can know that they might be in it."""
        if not self._of_people:
            ((everybody,),) = self._database.execute("SELECT count(*) FROM people").fetchall()
            return {(): everybody}
        names = listed(self._of_people)
        rows = self._database.execute(f"SELECT {names}, count(*) FROM people GROUP BY ALL")  # noqa: S608
        return {tuple(map(str, named)): count for *named, count in rows.fetchall()}

    def _among(self, known: Mapping[Values, int], values: Values) -> int:
        named = dict(zip(self._rule.dimensions, values, strict=True))
        return known.get(tuple(named[each] for each in self._of_people), 0)
