"""Make the rows of a release: those of whom enough are alike, and of nobody who came or went among too few.

Lets nothing pass: gateway/population/gate.py does, and the ledger's rule for rows (gateway/population/contents/increments.py)
is asked once more of what came of it.
"""

from dataclasses import dataclass, replace
from typing import cast

import duckdb
import pyarrow as pa

from gateway.population.anonymity import listed
from gateway.population.climbing import Climb, climb
from gateway.population.contents.increments import (
    RowsBefore,
    rows_before,
    rows_cell,
    too_few_differ,
    waiting,
)
from gateway.population.contents.once import OnceInLedger
from gateway.population.datasets import Dataset
from gateway.population.differencing import Members
from gateway.population.gate import GatedRows, Refusal, RowsRefusal, gate_rows
from gateway.population.profile import DisclosureProfile
from gateway.population.release_order import ReleaseOrder
from gateway.population.views.quoting import identifier

RELEASED = "released"
_CAME = "came"
"""Whether somebody was in the project's last rows: a reader of both can tell, so it counts as known of everybody."""

_OF_DISTANCE = 0.9
"""Classes climb by their distance from all rows; the gate measures it from those that are left. Judgement."""


@dataclass(frozen=True, slots=True)
class RowMaking:
    """What rows are made of: the shaped rows of one database, and what was published before."""

    database: duckdb.DuckDBPyConnection
    order: ReleaseOrder
    ledger: OnceInLedger

    def gated(self) -> GatedRows | Refusal:
        """Give the rows that may leave, in the order of their pseudonyms, and have the ledger take note of them."""
        order = self.order
        before = tuple(rows_before(self.ledger.published(), order.dataset.name))
        self._candidates(before)
        self._in_order(self._climbed())
        members = self._members_in(RELEASED)
        if too_few_differ(members, before):
            return RowsRefusal(
                ("1 to 7 people have come or gone since earlier rows of this dataset",)
            )
        gated = gate_rows(
            order.declaration, order.dataset.profile, self.database, RELEASED, order.today
        )
        if isinstance(gated, Refusal):
            # Whatever it is for, so that planners cannot tell it from people who have gone.
            return RowsRefusal(gated.reasons)
        release = order.declaration.release
        cell = rows_cell(release, order.dataset.name, order.project, members)
        self.ledger.remember([cell])
        return gated

    def _candidates(self, before: tuple[RowsBefore, ...]) -> None:
        """Make the table of rows that do not wait, each with whether its person came since the project's last rows."""
        now = self._members_in("facts")
        away = waiting(now, before)
        own = [each.members for each in before if each.project == self.order.project]
        self._set("away", away)
        self._set("stayed", own[-1] if own else now)
        self.database.execute(
            f"""CREATE TABLE candidates AS
            SELECT facts.*, member NOT IN (SELECT member FROM stayed) AS {_CAME}
            FROM facts JOIN subject USING (person_id)
            WHERE NOT is_kept_back AND member NOT IN (SELECT member FROM away)"""  # noqa: S608 - constants
        )

    def _members_in(self, table: str) -> Members:
        found = self.database.execute(
            f"SELECT DISTINCT member FROM {table} JOIN subject USING (person_id) WHERE NOT is_kept_back"  # noqa: S608
        )
        return frozenset(cast("int", member) for (member,) in found.fetchall())

    def _set(self, name: str, members: Members) -> None:
        rows = pa.table({"member": pa.array(sorted(members), pa.uint64())})
        self.database.register(f"all {name}", rows)
        self.database.execute(f'CREATE TABLE {name} AS FROM "all {name}"')

    def _climbed(self, table: str = "candidates", climbs: int = 0) -> str:
        """Name the table of rows that are fit to be seen, also beside each other alone.

        Rows that are left out change how far all others are from the whole, so the rest climbs again.
        """
        dataset, into, rest = self.order.dataset, f"climbed {climbs}", f"candidates {climbs}"
        told = {each.column for each in dataset.ladders}
        others = (*(each for each in dataset.profile.columns if each not in told), _CAME)
        plan = Climb(table, into, dataset.ladders, others)
        climb(self.database, plan, _climbing_profile(dataset))
        if self._rows_in(into) == self._rows_in(table):
            return into
        of_both = listed(dataset.profile.identifiers)
        self.database.execute(
            f"CREATE TABLE {identifier(rest)} AS FROM {identifier(table)} "
            f"SEMI JOIN {identifier(into)} USING ({of_both})"
        )
        return self._climbed(rest, climbs + 1)

    def _rows_in(self, table: str) -> int:
        ((rows,),) = self.database.execute(
            f"SELECT count(*) FROM {identifier(table)}"  # noqa: S608 - the name is quoted
        ).fetchall()
        return cast("int", rows)

    def _in_order(self, table: str) -> None:
        columns = listed(self.order.dataset.profile.columns)
        self.database.execute(
            f"CREATE TABLE {RELEASED} AS SELECT {columns} FROM {identifier(table)} ORDER BY ALL"  # noqa: S608 - quoted
        )


def _climbing_profile(dataset: Dataset) -> DisclosureProfile:
    """Give what classes keep to while they climb; which rung it was, the value itself says, and is not told again."""
    rungs = (each.rung_column for each in dataset.ladders)
    known = (*dataset.profile.quasi_identifiers, *rungs, _CAME)
    nearer = dataset.profile.furthest * _OF_DISTANCE
    return replace(dataset.profile, quasi_identifiers=known, furthest=nearer)
