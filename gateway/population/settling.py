"""Settle what each finest cell of a table is taken to hold, in the light of all that was published before.

Pure. A cell that was told before and since then changed by a few people is taken to hold of them what it held then, so that two
releases tell no difference of 1 to 7 people, be they of one period or of two: nothing is refused, and nobody learns that
anything changed. Totals are made
of settled cells, never counted anew, so that they cannot tell either. What a cell held then is taken for nothing once it
has somebody who may not be counted any more: the cell is kept back (docs/decisions/0030, section 3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from gateway.population.differencing import (
    Isolation,
    Members,
    as_a_reader_may_see,
    isolates,
    isolations,
)
from gateway.population.dominance import is_mostly_of_few
from gateway.population.ledger import PublishedCell
from gateway.population.shares import Shares, what_is_left
from gateway.population.tables import CellName, CellNow


@dataclass(frozen=True, slots=True)
class Remembered:
    """All that was ever published, in order."""

    published: tuple[PublishedCell, ...]

    def last(self, names: Iterable[CellName]) -> Mapping[CellName, PublishedCell]:
        """Give what was last told of each cell of which anything was, of its own period if readers have a number there.

        Else it is the last cell of any period of which they have one, else the last.
        """
        shown = tuple(each for each in self.published if each.is_shown)
        of_its_own = {each.name: each for each in shown}
        of_any = {each.name.whenever: each for each in chain(self.published, shown)}
        found = ((name, of_its_own.get(name) or of_any.get(name.whenever)) for name in names)
        return {name: each for name, each in found if each is not None}

    def kept_back(self, cells: Mapping[CellName, CellNow]) -> frozenset[CellName]:
        """Name the cells that hold what they held when they were once kept back, in whatever period."""
        before = {
            (each.name.whenever, _content(each.cell))
            for each in self.published
            if not each.is_shown
        }
        return frozenset(
            name for name, cell in cells.items() if (name.whenever, _content(cell)) in before
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What cells are taken to hold, and which must not be shown: they changed by a few, and can be told neither way."""

    cells: Mapping[CellName, CellNow]
    kept_back: frozenset[CellName]


def settled(
    now: Mapping[CellName, CellNow], last: Mapping[CellName, PublishedCell], left_out: Members
) -> Settled:
    """Settle each cell by what was last told of it; who might be in it is as it is now."""
    held = {name: _held(cell, last[name].cell) for name, cell in now.items() if name in last}
    kept_back = frozenset(
        name
        for name, cell in held.items()
        if not left_out.isdisjoint(cell.members - now[name].members)
    )
    cells = {
        name: cell if name in kept_back else held.get(name, cell) for name, cell in now.items()
    }
    return Settled(cells, kept_back)


def _held(now: CellNow, before: CellNow) -> CellNow:
    """Give what a cell is taken to hold: what it holds, but for changes of a few, or mostly of one."""
    are_costs = bool(now.largest or before.largest)
    shares = as_a_reader_may_see(now.shares, before.shares)
    changes = what_is_left(shares, [before.shares])
    if shares == before.shares or is_mostly_of_few(changes.values(), are_costs=are_costs):
        return replace(before, population=now.population)
    if shares == now.shares:
        return now
    return CellNow.of(shares, now.population, are_costs=are_costs)


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
    by_kind: dict[tuple[str, ...], dict[CellName, Shares]] = {}
    for each in published:
        if each.is_shown:
            kind = by_kind.setdefault((each.release, *each.name.kind), {})
            kind[each.name] = each.cell.shares
    new = {name: each.shares for name, each in cells.items() if not isolates(len(each.members))}
    return tuple(
        isolation for earlier in by_kind.values() for isolation in isolations(new, earlier)
    )
