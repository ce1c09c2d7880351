"""Find which sums of a table's cells readers have from other tables, and which of theirs it gives them: linked tables.

Pure, behind the gate. By names and by members: a reader knows from names what adds up to what, and whatever adds up in truth
they may know. What few people lie between is allowed for, so that no newcomer undoes a link (docs/decisions/0030, section 4).
Source: Hundepool and others, Handbook on Statistical Disclosure Control, 2nd edition, chapter 4 (linked tables).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, filterfalse, islice
from typing import TypeAlias

from gateway.population.differencing import Members
from gateway.population.dominance import is_mostly_of_few
from gateway.population.intervals import Interval, Sum
from gateway.population.ledger import PublishedCell
from gateway.population.profile import FEWEST_PEOPLE
from gateway.population.shares import what_is_left
from gateway.population.small_numbers import SMALLEST_SHOWN, Rounded, possible_counts
from gateway.population.suppression import FEWEST_VALUES, MOST, Beside, Cell, Counted, counted_cell
from gateway.population.tables import PERIOD, CellName, CellNow, summed


@dataclass(frozen=True, slots=True)
class Rest:
    """The few people who are in a cell and in none of its parts, or the other way round: nobody names them as a cell."""

    number: int


Linkable: TypeAlias = CellName | PublishedCell | Rest
"""A cell of the new table, or a margin of it that it does not tell; a cell of an earlier one; what is left between them."""


@dataclass(frozen=True, slots=True)
class _Named:
    node: CellName | PublishedCell
    name: CellName
    cell: CellNow
    where: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, node: CellName | PublishedCell, cell: CellNow) -> "_Named":
        name = node if isinstance(node, CellName) else node.name
        return cls(node, name, cell, frozenset(name.where))

    @property
    def release(self) -> str:
        """Which release it is of; the new table has none yet."""
        return "" if isinstance(self.node, CellName) else self.node.release

    @property
    def is_shown(self) -> bool:
        """Whether an earlier release shows it."""
        return isinstance(self.node, PublishedCell) and self.node.is_shown


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Cells of one kind, and everybody who is in them."""

    cells: tuple[_Named, ...]
    dimensions: frozenset[str]
    everybody: Members

    @classmethod
    def of(cls, cells: Iterable[_Named]) -> "_Sheet":
        kept = tuple(cells)
        dimensions = frozenset(key for each in kept[:1] for key, _value in each.where)
        return cls(kept, dimensions, _together(kept))

    def agreeing(self, name: CellName) -> tuple[_Named, ...]:
        """Give the cells that are called as a whole is, as far as that says the same of them, in whatever period."""
        shared = frozenset(
            each for each in name.where if each[0] in self.dimensions and each[0] != PERIOD
        )
        return tuple(each for each in self.cells if shared <= each.where)


_NONE = Interval(0, 0)
_CAME_AND_WENT = Interval(1 - FEWEST_PEOPLE, FEWEST_PEOPLE - 1)


@dataclass(frozen=True, slots=True)
class _Link:
    """One cell and those that make it up, but for a `rest` (below 0 where they have more), or for what came and went."""

    whole: _Named
    parts: tuple[_Named, ...]
    rest: int = 0
    slack: Interval = _NONE

    @property
    def nodes(self) -> frozenset[CellName | PublishedCell]:
        return frozenset(each.node for each in (self.whole, *self.parts))


def linked_to(
    cells: Mapping[CellName, CellNow],
    finest: Iterable[CellName],
    dimensions: Sequence[str],
    published: Iterable[PublishedCell],
    unsaid: Set[CellName] = frozenset(),
) -> Beside[Linkable]:
    """Give what readers have beside the cells of a table of counts, and how these and its cells add up.

    `unsaid` have nobody, which is kept back: a sum that has one adds up to another cell only for whoever knows that.
    """
    sheets = _sheets_of(published)
    new = _Sheet.of(_Named.of(name, cells[name]) for name in finest)
    margins = tuple(each for each in _margins(new, dimensions) if unsaid.isdisjoint(each.nodes))
    earlier = _told_apart(each for sheet in sheets for each in sheet.cells)
    ours = (*new.cells, *(each.whole for each in margins))
    links = [*_links(earlier, (new,)), *_links(ours, sheets)]
    linked = frozenset[CellName | PublishedCell]().union(*(each.nodes for each in links))
    links += [each for each in margins if each.whole.node in linked - cells.keys()]
    # What an earlier cell was made of then tells of what it is made of now.
    for sheet in sheets:
        releases = {each.release for each in sheet.cells}
        own = (each for each in earlier if each.node in linked and each.release in releases)
        links += _links(own, (sheet,))
    return _beside(links, cells)


def _told_apart(cells: Iterable[_Named]) -> tuple[_Named, ...]:
    """Give one cell of those that were told of the same people alike, release after release."""
    return tuple(
        {(each.is_shown, each.cell.count, each.cell.members): each for each in cells}.values()
    )


def _sheets_of(published: Iterable[PublishedCell]) -> tuple[_Sheet, ...]:
    """Lay earlier counts out by release and kind; what was told again just so is there once. Costs add up by themselves."""
    sheets: dict[tuple[str, ...], dict[CellName, PublishedCell]] = {}
    for each in published:
        sheet = sheets.setdefault((each.release, *map(str, each.attempt), *each.name.kind), {})
        if not each.cell.largest and (each.name not in sheet or each.is_shown):
            sheet[each.name] = each
    distinct = {
        frozenset(
            (name.whenever, each.told, each.cell.count, each.cell.members)
            for name, each in sheet.items()
        ): sheet
        for sheet in sheets.values()
    }
    return tuple(
        _Sheet.of(_Named.of(each, each.cell) for each in sheet.values())
        for sheet in distinct.values()
    )


def _margins(sheet: _Sheet, dimensions: Sequence[str]) -> Iterator[_Link]:
    """Give every margin of a table, declared or not, as the sum of finest cells."""
    for count in range(len(dimensions)):
        for dropped in combinations(dimensions, len(dimensions) - count):
            parts: dict[CellName, list[_Named]] = {}
            for each in sheet.cells:
                where = {key: value for key, value in each.name.where if key not in dropped}
                parts.setdefault(CellName.of(each.name.measure, where), []).append(each)
            for name, found in parts.items():
                yield _Link(_Named.of(name, summed(each.cell for each in found)), tuple(found))


def _links(wholes: Iterable[_Named], sheets: Sequence[_Sheet]) -> Iterator[_Link]:
    """Link cells with those that make them up; of fewer than 8 people nothing is told, nor of what they are made of."""
    for whole in wholes:
        if len(whole.cell.members) >= FEWEST_PEOPLE:
            for sheet in sheets:
                if _few_outside(whole.cell.members, sheet.everybody) < FEWEST_PEOPLE:
                    yield from islice(_fitting(whole, sheet), 1)


def _fitting(whole: _Named, sheet: _Sheet) -> Iterator[_Link]:
    """Try the cells whose names agree with the whole's, then all: values may be called otherwise elsewhere."""
    agreeing = sheet.agreeing(whole.name)
    for some in (agreeing, sheet.cells)[: 1 + (len(agreeing) < len(sheet.cells))]:
        parts = _parts(whole, some)
        if whole not in parts and (link := _link(whole, parts)) is not None:
            yield link


def _parts(whole: _Named, some: tuple[_Named, ...]) -> tuple[_Named, ...]:
    """Give all of some cells, if a whole has all of them, else those that it has by their people: nobody is everywhere."""
    people = whole.cell.members
    told = tuple(each for each in some if each.cell.members)
    within = tuple(each for each in told if _is_mostly_within(each.cell.members, people))
    return some if len(within) == len(told) else within


def _link(whole: _Named, parts: tuple[_Named, ...]) -> _Link | None:
    """Give the link of a cell with parts that hold its people, but for a few who are left, have come or have gone."""
    people = whole.cell.members
    if len(people) - sum(len(each.cell.members) for each in parts) >= FEWEST_PEOPLE:
        return None
    together = _together(parts)
    went, came = _few_outside(people, together), _few_outside(together, people)
    if max(went, came) >= FEWEST_PEOPLE or 2 * went > len(people):
        return None
    rest = whole.cell.count - sum(each.cell.count for each in parts)
    if not rest and not went and not came:
        return _Link(whole, parts)
    if (went and not came and rest > 0) or (came and not went and rest < 0):
        return _Link(whole, parts, rest) if _is_of_few(whole, parts) else None
    return _Link(whole, parts, slack=_CAME_AND_WENT) if abs(rest) < SMALLEST_SHOWN else None


def _is_of_few(whole: _Named, parts: tuple[_Named, ...]) -> bool:
    """Say whether what a whole has more or less than its parts is a few people's: of the same people others had a month more."""
    left = what_is_left(whole.cell.shares, (each.cell.shares for each in parts))
    return len(left) < FEWEST_PEOPLE or is_mostly_of_few(left.values(), are_costs=False)


def _together(cells: Iterable[_Named]) -> Members:
    return frozenset[int]().union(*(each.cell.members for each in cells))


def _is_mostly_within(people: Members, whole: Members) -> bool:
    if len(people) >= len(whole) + FEWEST_PEOPLE:
        return False
    outside = _few_outside(people, whole)
    return outside < FEWEST_PEOPLE and 2 * outside <= len(people)


def _few_outside(people: Members, whole: Members) -> int:
    """Count those of some people who are not in the whole, no further than matters: of nearly all pairs few are looked at."""
    if people <= whole:
        return 0
    return len(tuple(islice(filterfalse(whole.__contains__, people), FEWEST_PEOPLE)))


def _beside(links: Iterable[_Link], table: Mapping[CellName, CellNow]) -> Beside[Linkable]:
    cells, sums = dict[Linkable, Cell](), dict[frozenset[Linkable], Sum[Linkable]]()
    for number, each in enumerate(links):
        terms: dict[Linkable, int] = {
            each.whole.node: 1,
            **dict.fromkeys((part.node for part in each.parts), -1),
        }
        if each.nodes in sums:
            continue
        if each.rest:
            rest = Rest(number)
            terms[rest], cells[rest] = (-1 if each.rest > 0 else 1), _cell_of_rest(abs(each.rest))
        sums[each.nodes] = Sum(terms, each.slack)
        cells |= {
            one.node: _cell(one) for one in (each.whole, *each.parts) if one.node not in table
        }
    return Beside(cells, tuple(sums.values()))


def _cell(named: _Named) -> Cell:
    """Say what readers know of a cell that is told otherwise than by the new table, or never."""
    size, earlier = named.cell.count, named.node
    if isinstance(earlier, CellName):
        return Cell(size, _UNKNOWN, _UNKNOWN)
    if earlier.is_shown:
        possible = possible_counts(Rounded(int(earlier.told)))
        told = Interval(possible[0], possible[-1])
        return Cell(size, told, told)
    cell = counted_cell(Counted(size, len(named.cell.members)))
    # Also where there is nobody something may be kept back: a reader cannot tell.
    hidden = cell.hidden if size else _UNKNOWN
    return replace(cell, least_doubt=0) if cell.is_sensitive else Cell(size, hidden, hidden)


def _cell_of_rest(size: int) -> Cell:
    """Keep a few people, whom no cell names, in doubt as a cell of as few is; that they are few, readers may guess."""
    guessed = Interval(0, 2 * max(size, SMALLEST_SHOWN))
    doubt = size if size >= SMALLEST_SHOWN else FEWEST_VALUES - 1
    return Cell(size, guessed, guessed, is_sensitive=True, doubt=doubt, least_doubt=0)


_UNKNOWN = Interval(0, MOST)
