"""Protect one table of counts or costs in the light of all that was published before.

Pure. Settles the finest cells, sums them into margins, keeps back what would tell of a few people beside earlier cells, then
what totals would tell (docs/decisions/0030, sections 3 and 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.population.dominance import Costs, protected_costs
from gateway.population.ledger import PublishedCell
from gateway.population.settling import Remembered, is_as_told, isolations_of, settled
from gateway.population.small_numbers import SMALLEST_SHOWN, PublishedCount
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
    last = remembered.last()
    finest = settled(_with_emptied(table, last), last)
    totals = table.totals(finest)
    margins = {each.total: summed(finest[part] for part in each.parts) for each in totals}
    standing = _standing({**finest, **margins}, remembered)
    published_now = _protected(table, standing, totals)
    if isinstance(published_now, CannotProtect):
        return published_now
    cells = tuple(
        PublishedCell(release, name, str(published_now[name]), cell)
        for name, cell in standing.cells.items()
    )
    small = frozenset(each.name for each in cells if 0 < each.cell.count < SMALLEST_SHOWN)
    names = {table.values_of(name): name for name in finest}
    told = ToldTable(table.dimensions, names, totals, published_now, small)
    return GatedTable(told, cells, are_costs=table.rounded_to is not None)


def _with_emptied(
    table: CountTable, last: Mapping[CellName, PublishedCell]
) -> dict[CellName, CellNow]:
    """Give the finest cells now, with those that were told before and have nobody left."""
    emptied = {
        name: CellNow(0, frozenset(), each.cell.population)
        for name, each in last.items()
        if table.has(name)
    }
    return {**emptied, **table.finest()}


def _standing(cells: Mapping[CellName, CellNow], remembered: Remembered) -> _Standing:
    last = remembered.last()
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
        **dict.fromkeys(_isolated(new, told, remembered), DOUBT_OF_DIFFERENCE),
    }
    return _Standing(cells, told, kept_back)


def _isolated(
    new: Mapping[CellName, CellNow], told: frozenset[CellName], remembered: Remembered
) -> set[CellName]:
    """Name the cells that earlier ones would make tell of a few people.

    Those that this table tells again stand in its sums, and are weighed there with all else.
    """
    last = remembered.last()
    elsewhere = (
        each
        for each in remembered.published
        if each.name not in told or each.cell != last[each.name].cell
    )
    return {each.cell for each in isolations_of(new, elsewhere)}


def _protected(
    table: CountTable, standing: _Standing, totals: tuple[Total[CellName], ...]
) -> Mapping[CellName, PublishedCount | int] | CannotProtect[CellName]:
    if table.rounded_to is not None:
        costs = {name: _costs(name, standing) for name in standing.cells}
        return protected_costs(costs, totals, table.rounded_to)
    return protected_counts({name: _counted(name, standing) for name in standing.cells}, totals)


def _costs(name: CellName, standing: _Standing) -> Costs:
    cell = standing.cells[name]
    return Costs(
        cell.count,
        len(cell.members),
        cell.largest,
        is_kept_back=name in standing.kept_back,
        is_told=name in standing.told,
    )


def _counted(name: CellName, standing: _Standing) -> Counted:
    cell = standing.cells[name]
    return Counted(
        cell.count,
        len(cell.members),
        kept_back=standing.kept_back.get(name),
        is_told=name in standing.told,
    )
