"""Keep back further cells of a table with totals until no total tells what a kept-back cell holds.

Pure. The choice of cells is a rule of thumb (the smallest neighbour first); that it is enough is not: what a reader
can work out is computed by gateway/population/intervals.py, for a reader who knows every rule here.
Source: Hundepool and others, Handbook on Statistical Disclosure Control, 2nd edition, chapter 4 (secondary suppression).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Generic

from gateway.population.intervals import (
    ImpossibleError,
    Interval,
    Known,
    Name,
    Sum,
    narrow_intervals,
)
from gateway.population.small_numbers import (
    SMALLEST_SHOWN,
    SUPPRESSED,
    PublishedCount,
    possible_counts,
    publishable_count,
    publishable_count_of_people,
)

FEWEST_VALUES = 5
"""A kept-back count is in doubt by at least as many values as a count that is rounded to the nearest 5. Judgement."""
DOUBT_OF_DIFFERENCE = 2 * SMALLEST_SHOWN
"""A cell that differs from another by a few people may be eight away from it on either side. Judgement."""
MOST = 10_000_000.0
"""No count here is above this, as anybody knows: London has fewer people."""


@dataclass(frozen=True, slots=True)
class Total(Generic[Name]):
    """One cell that is the exact sum of others."""

    total: Name
    parts: tuple[Name, ...]

    @property
    def as_sum(self) -> Sum[Name]:
        """Say so of the cell less the others."""
        return Sum({self.total: 1, **dict.fromkeys(self.parts, -1)}, Interval(0, 0))


@dataclass(frozen=True, slots=True)
class Cell:
    """What a reader knows of one cell when it is shown, and when it is not; `doubt` is how wide that must stay.

    Where readers know more whatever is kept back now, it need stay no wider than that, if `least_doubt` is no wider.
    """

    size: float
    shown: Interval
    hidden: Interval
    is_sensitive: bool = False
    doubt: float = 0.0
    least_doubt: float = inf


@dataclass(frozen=True, slots=True)
class Counted:
    """A true count, and of how many people: a few people may have had many contacts.

    `kept_back`: it must not be shown, for a reason outside this table, and must stay in doubt by so many. `is_told`:
    readers have it from before.
    """

    count: int
    people: int
    kept_back: int | None = None
    is_told: bool = False

    @classmethod
    def of_people(cls, count: int) -> "Counted":
        """Count people themselves."""
        return cls(count, count)


@dataclass(frozen=True, slots=True)
class Beside(Generic[Name]):
    """What readers have beside a table: cells that nothing here can hide or show, and sums of these and the table's."""

    cells: Mapping[Name, Cell]
    sums: tuple[Sum[Name], ...]


@dataclass(frozen=True, slots=True)
class CannotProtect(Generic[Name]):
    """Some cells can be worked out whatever else is kept back; which ones is for those behind the gate."""

    cells: tuple[Name, ...]


def protected_counts(
    counts: Mapping[Name, Counted],
    totals: tuple[Total[Name], ...],
    beside: Beside[Name] | None = None,
) -> dict[Name, PublishedCount] | CannotProtect[Name]:
    """Give what may be published of each count, with what totals tell taken into account, and what readers have already.

    Shape: the same cells in the same order. Raises ImpossibleError when a total is not the sum of its parts.
    """
    cells = {name: counted_cell(each) for name, each in counts.items()}
    hidden = kept_back(cells, totals, beside)
    if isinstance(hidden, CannotProtect):
        return hidden
    return {
        name: SUPPRESSED if name in hidden else publishable_count(each.count)
        for name, each in counts.items()
    }


def kept_back(
    cells: Mapping[Name, Cell],
    totals: tuple[Total[Name], ...],
    beside: Beside[Name] | None = None,
    *,
    are_whole: bool = True,
) -> frozenset[Name] | CannotProtect[Name]:
    """Name the cells to keep back: the sensitive ones, and as many others as these need.

    Raises ImpossibleError when a total is not the sum of its parts.
    """
    _refuse_wrong_totals(cells, totals)
    known = beside or Beside({}, ())
    sums = (*(each.as_sum for each in totals), *known.sums)
    all_cells = _in_what_doubt_they_can_be({**cells, **known.cells}, sums)
    hidden = frozenset(name for name, cell in cells.items() if cell.is_sensitive)
    while exposed := exposed_cells(all_cells, sums, hidden, are_whole=are_whole):
        further = {_next_to(name, all_cells, sums, hidden) for name in exposed} - {None}
        if not further:
            return CannotProtect(exposed)
        hidden |= {name for name in further if name is not None}
    return hidden


def _in_what_doubt_they_can_be(
    cells: Mapping[Name, Cell], sums: tuple[Sum[Name], ...]
) -> dict[Name, Cell]:
    """Ask no more doubt of a cell than is left of it when all is kept back that can be, where that may do."""
    doubts = {
        name: cell.doubt
        for name, cell in cells.items()
        if cell.is_sensitive and cell.least_doubt < cell.doubt
    }
    known = what_is_known(cells, sums, frozenset(cells), are_whole=True)
    narrow = narrow_intervals(known, doubts) if doubts and sums else {}
    left = {
        name: max(each.most - each.least, cells[name].least_doubt) for name, each in narrow.items()
    }
    return {name: replace(cell, doubt=left.get(name, cell.doubt)) for name, cell in cells.items()}


def exposed_cells(
    cells: Mapping[Name, Cell],
    sums: tuple[Sum[Name], ...],
    hidden: frozenset[Name],
    *,
    are_whole: bool = True,
) -> tuple[Name, ...]:
    """Name the sensitive cells that a reader knows too closely while just these cells are hidden."""
    doubts = {name: cell.doubt for name, cell in cells.items() if cell.is_sensitive}
    # Without whole numbers a reader knows less, and is computed much faster: whoever is exposed then is exposed.
    known = what_is_known(cells, sums, hidden, are_whole=False)
    exposed = tuple(narrow_intervals(known, doubts))
    return (
        exposed
        if exposed or not are_whole
        else tuple(narrow_intervals(replace(known, are_whole=True), doubts))
    )


def what_is_known(
    cells: Mapping[Name, Cell],
    sums: tuple[Sum[Name], ...],
    hidden: frozenset[Name],
    *,
    are_whole: bool,
) -> Known[Name]:
    """Give all that a reader knows who has the table and these rules, and can tell why each cell is kept back."""
    bounds = {name: cell.hidden if name in hidden else cell.shown for name, cell in cells.items()}
    return Known(bounds, sums, are_whole)


def _next_to(
    exposed: Name,
    cells: Mapping[Name, Cell],
    sums: tuple[Sum[Name], ...],
    hidden: frozenset[Name],
) -> Name | None:
    """Choose what to hide for an exposed cell: the smallest shown cell in a sum with it, else in the next sums, else none."""
    shown = [
        name for name, cell in cells.items() if name not in hidden and cell.hidden != cell.shown
    ]
    near, wider = set[Name](), {exposed}
    while len(wider) > len(near):
        near = wider
        wider = near.union(*(each.terms for each in sums if not near.isdisjoint(each.terms)))
        if choices := [name for name in shown if name in wider]:
            # A total serves more readers than a part, and is larger than each of its parts.
            return min(choices, key=lambda name: cells[name].size)
    return None


def _refuse_wrong_totals(cells: Mapping[Name, Cell], totals: tuple[Total[Name], ...]) -> None:
    for each in totals:
        if abs(cells[each.total].size - sum(cells[name].size for name in each.parts)) > _TOLERANCE:
            raise ImpossibleError("a total is not the sum of its parts")


_TOLERANCE = 0.005
"""Half a penny: costs are added in floating point."""


def counted_cell(each: Counted) -> Cell:
    """Say what a reader knows of a count, who can tell by which rule it is kept back."""
    if _is_small(each):
        small = Interval(1, SMALLEST_SHOWN - 1)
        return Cell(each.count, small, small, is_sensitive=True, doubt=FEWEST_VALUES - 1)
    alone, unknown = publishable_count_of_people(each.count, each.people), Interval(0, MOST)
    if alone == SUPPRESSED:
        # About how many contacts a few people had is too much: what can be worked out is as wide as the count. Judgement.
        return Cell(each.count, unknown, unknown, is_sensitive=True, doubt=each.count)
    if each.kept_back is not None:
        least = min(each.kept_back, FEWEST_VALUES - 1)
        return Cell(
            each.count, unknown, unknown, is_sensitive=True, doubt=each.kept_back, least_doubt=least
        )
    possible = possible_counts(alone)
    shown = Interval(possible[0], possible[-1])
    # Hiding what is known anyway protects nothing: that no contact was had is told everywhere.
    is_known = each.is_told or not each.count
    return Cell(each.count, shown, shown if is_known else Interval(SMALLEST_SHOWN, MOST))


def _is_small(each: Counted) -> bool:
    return 0 < each.count < SMALLEST_SHOWN
