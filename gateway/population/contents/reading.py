"""Read from the store the rows that one release may have: the newest of each, of nobody who is left out.

Decides by the dataset's rule and by what the rows themselves say (flags, labels, deaths); who objected or is not on the
national list comes with the order. Whoever is left out is left out here, before anything is counted.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.population.opt_outs import Objections, Population, RowFacts
from gateway.population.pull_checkpoint import PATIENT
from gateway.population.pulled import current_rows, patient_rows
from gateway.population.release_order import ReleaseOrder, StoreSource, pulls_of
from gateway.population.rows_at_rest import Row, read_row
from gateway.population.said_at_rest import said_in


class Reader:
    """Reads the rows that a release may have. Makes up its mind about people once, from the Patients of all sources."""

    def __init__(self, order: ReleaseOrder) -> None:
        """Learn who is flagged and who has died, in whichever source it is said. Raises AlteredPartitionError."""
        self._order = order
        rule = order.dataset.opt_out_rule
        self._said = said_in(order.store, pulls_of(order.sources), rule)
        flagged = {each: each in self._said.flagged for each in self._said.everybody}
        objections = Objections(frozenset(), order.left_out, flagged)
        self._population = Population(rule, objections, None)
        self._left_out = set(order.left_out)

    @property
    def left_out(self) -> frozenset[str]:
        """Whoever is left out, and whose rows were, of all that was written so far."""
        return frozenset(self._left_out)

    def write(self, source: StoreSource, resource_type: str, into: Path) -> None:
        """Write the rows of one source and type to a file, one a line."""
        with into.open("wb") as file:
            file.writelines(line + b"\n" for line in self._kept(source, resource_type))

    def _kept(self, source: StoreSource, resource_type: str) -> Iterator[bytes]:
        may_leave = self._population.why_left_out
        for row, line in self._theirs(source, resource_type):
            if may_leave(self._facts(row)) is None:
                yield line
            else:
                self._left_out.add(row.owner)

    def _theirs(self, source: StoreSource, resource_type: str) -> Iterator[tuple[Row, bytes]]:
        """Yield what stands of those whom the source still calls what it called them when it gave the row."""
        folder, through = self._order.store / source.name, source.through
        if resource_type != PATIENT:
            return self._named(source, current_rows(folder, resource_type, through))
        # Of two Patients who are one person, one may be nobody's by now.
        return _one_of_each(self._named(source, patient_rows(folder, through)))

    def _named(self, source: StoreSource, lines: Iterable[bytes]) -> Iterator[tuple[Row, bytes]]:
        known, gone = self._said.names[source.name], self._order.gone
        for line in lines:
            row = read_row(line)
            if row.name in known and (source.name, row.name) not in gone:
                yield row, line

    def _facts(self, row: Row) -> RowFacts:
        return RowFacts(
            row.owner,
            is_from_gp=None,
            is_dead=row.owner in self._said.dead,
            is_confidential=row.is_restricted,
            is_deleted=False,
            labels=row.labels,
        )


def _one_of_each(rows: Iterable[tuple[Row, bytes]]) -> Iterator[tuple[Row, bytes]]:
    seen = set[str]()
    for row, line in rows:
        if row.id not in seen:
            seen.add(row.id)
            yield row, line
