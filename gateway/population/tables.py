"""Say what a table of counts or costs is made of: its finest cells, and the margins that are their sums.

Pure data behind the gate: the numbers here are true ones.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import chain

from typing_extensions import override

from gateway.population.differencing import Members
from gateway.population.shares import Shares, amounts_in, members_in, shares_of
from gateway.population.suppression import Total

PERIOD = "period"
"""The dimension that says when: what was told of a cell before was told of another period, and is compared all the same."""
LARGEST_KEPT = 2
"""Contributors that the rules of gateway/population/dominance.py look at."""


@dataclass(frozen=True, slots=True)
class CellName:
    """What a cell is called by everybody who means the same: the measure, and what each dimension must be.

    `where` is sorted by dimension; the period and the population are dimensions like any other.
    """

    measure: str
    where: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, measure: str, where: Mapping[str, str]) -> "CellName":
        """Name a cell, in whatever order its dimensions come."""
        return cls(measure, tuple(sorted(where.items())))

    @property
    def kind(self) -> tuple[str, ...]:
        """The measure and the dimensions: what the cells of one table, or of one of its margins, have in common."""
        return self.measure, *(dimension for dimension, _value in self.where)

    @property
    def whenever(self) -> "CellName":
        """The name that the cell has in every period."""
        return CellName(self.measure, tuple(each for each in self.where if each[0] != PERIOD))

    @override
    def __str__(self) -> str:
        return json.dumps([self.measure, dict(self.where)], separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class CellNow:
    """Whom a cell counts, and how many: more than there are people where contacts are counted.

    `population` is how many people a reader knows might be in it. Of costs `count` is the whole in pounds, and `largest`
    what its two dearest people cost.
    """

    count: int
    members: Members = field(repr=False)
    population: int
    largest: tuple[int, ...] = ()
    told_apart: Shares = field(default=frozenset(), repr=False)
    """How much is whose; empty where everybody counts once."""

    @classmethod
    def of(cls, shares: Shares, population: int, *, are_costs: bool = False) -> "CellNow":
        """Make a cell of what is each person's."""
        members = members_in(shares)
        amounts = sorted(amounts_in(shares).values(), reverse=True)
        largest = tuple(amounts[:LARGEST_KEPT]) if are_costs else ()
        told_apart = frozenset[int]() if shares == members else shares
        return cls(sum(amounts), members, population, largest, told_apart)

    @property
    def shares(self) -> Shares:
        """Give what is each person's."""
        return self.told_apart or self.members


@dataclass(frozen=True, slots=True)
class CountTable:
    """Finest cells by the values of `dimensions`, each event or pound in one cell; `fixed` is what all have in common.

    A margin names the dimensions that it keeps; `()` is the whole. `rounded_to` is set, in pounds, where costs are told.
    `only` has the values that a dimension can have in this period, where that depends on it.
    `left_out` are those who may be in no count any more, whoever they were counted by before: who opted out, objected, is
    marked or has died.
    """

    measure: str
    fixed: Mapping[str, str]
    dimensions: tuple[str, ...]
    cells: Mapping[tuple[str, ...], CellNow]
    margins: tuple[tuple[str, ...], ...] = ()
    rounded_to: int | None = None
    left_out: Members = field(default=frozenset(), repr=False)
    only: Mapping[str, Set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = [each for each in self.cells if len(each) != len(self.dimensions)]
        named = {*self.dimensions, *self.fixed}
        kept = set(chain.from_iterable(self.margins))
        is_clear = len(named) == len(self.dimensions) + len(self.fixed)
        if (
            wrong
            or not is_clear
            or not kept <= set(self.dimensions)
            or self.dimensions in self.margins
        ):
            raise ValueError(
                "a table has a value for each dimension, each named once, and margins of these"
            )

    def finest(self) -> dict[CellName, CellNow]:
        """Name the finest cells."""
        return {self._name(self.dimensions, values): cell for values, cell in self.cells.items()}

    def totals(self, finest: Iterable[CellName]) -> tuple[Total[CellName], ...]:
        """Give the cells of the margins, each as the sum of finest cells."""
        names = tuple(finest)
        return tuple(chain.from_iterable(self._margin(each, names) for each in self.margins))

    def values_of(self, name: CellName) -> tuple[str, ...]:
        """Give the values by which a finest cell is laid out."""
        where = dict(name.where)
        return tuple(where[each] for each in self.dimensions)

    def has(self, name: CellName) -> bool:
        """Say whether a finest cell of this name would be one of this table's."""
        where = dict(name.where)
        kind = self.measure, *sorted((*self.dimensions, *self.fixed))
        return (
            name.kind == kind
            and all(where[each] == self.fixed[each] for each in self.fixed)
            and all(where[each] in values for each, values in self.only.items())
        )

    def in_its_period(self, name: CellName) -> CellName:
        """Give the name that a cell of any period has in this table's."""
        now = (
            (each, self.fixed.get(each, was) if each == PERIOD else was) for each, was in name.where
        )
        return CellName(name.measure, tuple(now))

    def _margin(
        self, kept: tuple[str, ...], finest: tuple[CellName, ...]
    ) -> Iterator[Total[CellName]]:
        parts: dict[CellName, list[CellName]] = {}
        for name in finest:
            where = dict(name.where)
            margin = self._name(kept, tuple(where[each] for each in kept))
            parts.setdefault(margin, []).append(name)
        return (Total(name, tuple(members)) for name, members in parts.items())

    def _name(self, dimensions: tuple[str, ...], values: tuple[str, ...]) -> CellName:
        return CellName.of(
            self.measure, {**self.fixed, **dict(zip(dimensions, values, strict=True))}
        )


def summed(cells: Iterable[CellNow]) -> CellNow:
    """Give the cell that is the sum of others.

    Raises ValueError for costs of one person in two cells, whose share nobody can tell from the largest of each.
    """
    parts = tuple(cells)
    members = frozenset[int]().union(*(each.members for each in parts))
    are_apart = len(members) == sum(len(each.members) for each in parts)
    largest = sorted((cost for each in parts for cost in each.largest), reverse=True)[:LARGEST_KEPT]
    if largest and not are_apart:
        raise ValueError("a person's costs are in one cell of a table that has margins")
    shares = frozenset[int]().union(*(each.shares for each in parts))
    if not are_apart:
        shares = _added(each.shares for each in parts)
    whole, population = sum(each.count for each in parts), max(each.population for each in parts)
    told_apart = frozenset[int]() if shares == members else shares
    return CellNow(whole, members, population, tuple(largest), told_apart)


def _added(cells: Iterable[Shares]) -> Shares:
    amounts = Counter[int]()
    for each in cells:
        amounts.update(amounts_in(each))
    return shares_of(amounts)
