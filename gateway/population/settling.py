"""Settle what each finest cell of a table is taken to hold, in the light of all that was published before.

Pure. A cell that was told before and since then changed by a few people is taken to hold what it held then, so that two
releases tell no difference of 1 to 7 people: nothing is refused, and nobody learns that anything changed. Totals are made
of settled cells, never counted anew, so that they cannot tell either (docs/decisions/0030, section 3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.population.differencing import (
    Isolation,
    Members,
    is_same_for_a_reader,
    isolates,
    isolations,
)
from gateway.population.ledger import PublishedCell
from gateway.population.tables import CellName, CellNow


@dataclass(frozen=True, slots=True)
class Remembered:
    """All that was ever published, in order."""

    published: tuple[PublishedCell, ...]

    def last(self) -> Mapping[CellName, PublishedCell]:
        """Give the last cell of each name of which readers have a number, else the last."""
        by_name = {each.name: each for each in self.published}
        return by_name | {each.name: each for each in self.published if each.is_shown}

    def kept_back(self, cells: Mapping[CellName, CellNow]) -> frozenset[CellName]:
        """Name the cells that hold what they held when they were once kept back."""
        before = {(each.name, _content(each.cell)) for each in self.published if not each.is_shown}
        return frozenset(name for name, cell in cells.items() if (name, _content(cell)) in before)


def settled(
    now: Mapping[CellName, CellNow], last: Mapping[CellName, PublishedCell]
) -> dict[CellName, CellNow]:
    """Settle each cell by what was last told of it; who might be in it is as it is now."""
    return {
        name: replace(last[name].cell, population=cell.population)
        if name in last and is_same_for_a_reader(cell.members, last[name].cell.members)
        else cell
        for name, cell in now.items()
    }


def is_as_told(cell: CellNow, last: PublishedCell | None) -> bool:
    """Say whether a settled cell is what it was when it was last told."""
    return last is not None and _content(last.cell) == _content(cell)


def _content(cell: CellNow) -> CellNow:
    """Give a cell but for who might be in it, which anybody can know."""
    return replace(cell, population=0)


def isolations_of(
    cells: Mapping[CellName, CellNow], published: Iterable[PublishedCell]
) -> tuple[Isolation[CellName], ...]:
    """Give what cells would tell of a few people beside what was published, release by release and kind by kind.

    A count of 1 to 7 is never shown, and from what was not shown nothing is subtracted.
    """
    by_kind: dict[tuple[str, ...], dict[CellName, Members]] = {}
    for each in published:
        if each.is_shown:
            kind = by_kind.setdefault((each.release, *each.name.kind), {})
            kind[each.name] = each.cell.members
    new = {name: each.members for name, each in cells.items() if not isolates(len(each.members))}
    return tuple(
        isolation for earlier in by_kind.values() for isolation in isolations(new, earlier)
    )
