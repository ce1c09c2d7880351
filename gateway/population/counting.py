"""Protect one table of counts or costs in the light of all that was published before.

Pure. Settles the finest cells, sums them into margins, keeps back what would tell of a few people beside earlier cells, then
what totals would tell (docs/decisions/0030, sections 3 and 4).
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from gateway.population.dominance import Costs, PercentRule, is_mostly_of_few, protected_costs
from gateway.population.ledger import PublishedCell
from gateway.population.linked_tables import Linkable, linked_to
from gateway.population.settling import Remembered, is_as_told, isolations_of, settled
from gateway.population.shares import amounts_in
from gateway.population.small_numbers import SMALLEST_SHOWN, PublishedCount, Suppressed
from gateway.population.suppression import (
    DOUBT_OF_DIFFERENCE,
    FEWEST_VALUES,
    CannotProtect,
    Counted,
    Total,
    protected_counts,
)
from gateway.population.tables import CellName, CellNow, CountTable, summed


@dataclass(frozen=True, slots=True)
class ToldTable:
    """What may be published of a table; holds no true number.

    `finest` names its cells by the values of `dimensions`. `small` are those that are kept back because their count is 1
    to 7: it is taken that readers can tell which.
    """

    dimensions: tuple[str, ...]
    finest: Mapping[tuple[str, ...], CellName]
    totals: tuple[Total[CellName], ...]
    published: Mapping[CellName, PublishedCount | int]
    small: frozenset[CellName]


@dataclass(frozen=True, slots=True)
class GatedTable:
    """What may be published, and behind the gate what it was made of."""

    told: ToldTable
    remembered: tuple[PublishedCell, ...] = field(repr=False)
    are_costs: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Of each cell what it is taken to hold, and which readers have, must not have, or may."""

    cells: Mapping[CellName, CellNow]
    told: frozenset[CellName]
    kept_back: Mapping[CellName, int]


def gated_table(
    release: str, table: CountTable, published: tuple[PublishedCell, ...]
) -> GatedTable | CannotProtect[CellName]:
    """Protect a table. Raises ValueError for costs of one person in several cells of a table with margins."""
    remembered = Remembered(published)
    now = _with_emptied(table, published)
    settled_now = settled(now, remembered.last(now), table.left_out)
    finest = settled_now.cells
    totals = table.totals(finest)
    margins = {each.total: summed(finest[part] for part in each.parts) for each in totals}
    unsettled = dict.fromkeys(settled_now.kept_back, DOUBT_OF_DIFFERENCE)
    standing = _standing({**finest, **margins}, unsettled, totals, remembered)
    published_now = (
        _protected_counts(table, standing, totals, remembered)
        if table.rounded_to is None
        else _protected_costs(standing, totals, table.rounded_to)
    )
    if isinstance(published_now, CannotProtect):
        return published_now
    cells = tuple(
        PublishedCell(release, name, str(published_now[name]), cell)
        for name, cell in standing.cells.items()
    )
    small = frozenset(each.name for each in cells if _is_small(each.cell))
    names = {table.values_of(name): name for name in finest}
    told = ToldTable(table.dimensions, names, totals, published_now, small)
    return GatedTable(told, cells, are_costs=table.rounded_to is not None)


def _with_emptied(
    table: CountTable, published: tuple[PublishedCell, ...]
) -> dict[CellName, CellNow]:
    """Give the finest cells now, with those that were told before, of whatever period, and have nobody left."""
    emptied = {
        name: CellNow(0, frozenset(), each.cell.population)
        for each in published
        if table.has(name := table.in_its_period(each.name))
    }
    return {**emptied, **table.finest()}


def _standing(
    cells: Mapping[CellName, CellNow],
    unsettled: Mapping[CellName, int],
    totals: tuple[Total[CellName], ...],
    remembered: Remembered,
) -> _Standing:
    last = remembered.last(cells)
    told = frozenset(
        name
        for name, cell in cells.items()
        if is_as_told(cell, last.get(name)) and last[name].is_shown
    )
    new = {name: cell for name, cell in cells.items() if name not in told}
    kept_back = {
        **dict.fromkeys(remembered.kept_back(new), 0),
        **{
            name: FEWEST_VALUES - 1
            for name, cell in new.items()
            if 0 < cell.population < SMALLEST_SHOWN
        },
        **{name: _doubt_of(cell) for name, cell in new.items() if _is_mostly_ones(cell)},
        **unsettled,
    }
    hidden = {name for name, cell in new.items() if name in kept_back or _is_small(cell)}
    theirs = {each.total for each in totals if told.union(hidden).issuperset(each.parts)}
    again = {name.whenever: cells[name] for name in told}
    isolated = _isolated(new, again, theirs, remembered)
    return _Standing(cells, told, {**kept_back, **isolated})


def _is_mostly_ones(cell: CellNow) -> bool:
    """Say whether contacts are so much one person's that they tell how many these had; costs have rules of their own."""
    amounts = amounts_in(cell.told_apart).values()
    return not cell.largest and is_mostly_of_few(amounts, are_costs=False)


def _doubt_of(cell: CellNow) -> int:
    """Give in how much doubt such a cell must stay: as much as a cost would, and as any count."""
    most = max(amounts_in(cell.told_apart).values())
    return max(round(2 * most * PercentRule().percent / 100), FEWEST_VALUES - 1)


def _is_small(cell: CellNow) -> bool:
    return 0 < cell.count < SMALLEST_SHOWN


def _isolated(
    new: Mapping[CellName, CellNow],
    again: Mapping[CellName, CellNow],
    theirs: Set[CellName],
    remembered: Remembered,
) -> Mapping[CellName, int]:
    """Give the cells that earlier ones would make tell of a few people, and how much in doubt each must stay.

    Those that this table tells again stand in its sums, and are weighed there with all else. A total of `theirs`, which differs
    from itself alone and by parts that nobody is told, is in doubt by these: they are told apart from nothing, and so is it.
    """
    elsewhere = (
        each
        for each in remembered.published
        if each.name.whenever not in again or not is_as_told(again[each.name.whenever], each)
    )
    found = tuple(isolations_of(new, elsewhere))
    crossing = {
        each.cell
        for each in found
        if {other.whenever for other in each.beside} != {each.cell.whenever}
    }
    return {
        each.cell: FEWEST_VALUES - 1
        if each.cell in theirs and each.cell not in crossing
        else DOUBT_OF_DIFFERENCE
        for each in found
    }


def _protected_counts(
    table: CountTable,
    standing: _Standing,
    totals: tuple[Total[CellName], ...],
    remembered: Remembered,
) -> Mapping[CellName, PublishedCount] | CannotProtect[CellName]:
    """Protect counts together with all that readers can add them up from, or to."""
    finest = [name for name in standing.cells if table.has(name)]
    unsaid = {name for name in standing.kept_back if not standing.cells[name].count}
    beside = linked_to(standing.cells, finest, table.dimensions, remembered.published, unsaid)
    unsure = unsaid | {each.total for each in totals if not unsaid.isdisjoint(each.parts)}
    told = {(each.cell.count, each.cell.members) for each in remembered.published if each.is_shown}
    known = {
        name
        for name, cell in standing.cells.items()
        if name not in unsure and (cell.count, cell.members) in told
    }
    counts: dict[Linkable, Counted] = {
        name: _counted(name, standing, is_known=name in known) for name in standing.cells
    }
    sums: tuple[Total[Linkable], ...] = tuple(Total(each.total, each.parts) for each in totals)
    published = protected_counts(counts, sums, beside)
    if isinstance(published, CannotProtect):
        return CannotProtect(tuple(each for each in published.cells if isinstance(each, CellName)))
    return {name: published[name] for name in standing.cells}


def _protected_costs(
    standing: _Standing, totals: tuple[Total[CellName], ...], rounded_to: int
) -> Mapping[CellName, int | Suppressed] | CannotProtect[CellName]:
    costs = {name: _costs(name, standing) for name in standing.cells}
    return protected_costs(costs, totals, rounded_to)


def _costs(name: CellName, standing: _Standing) -> Costs:
    cell = standing.cells[name]
    return Costs(
        cell.count,
        len(cell.members),
        cell.largest,
        is_kept_back=name in standing.kept_back,
        is_told=name in standing.told,
    )


def _counted(name: CellName, standing: _Standing, *, is_known: bool) -> Counted:
    """Say what a cell counts; of one whose very people are told elsewhere nothing is in doubt, whatever is kept back."""
    cell, kept_back = standing.cells[name], standing.kept_back.get(name)
    return Counted(
        cell.count,
        len(cell.members),
        kept_back=0 if is_known and kept_back is not None else kept_back,
        is_told=is_known or name in standing.told,
    )
