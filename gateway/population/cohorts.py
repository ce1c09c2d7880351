"""Answer counts over groups that a reader puts together, from a table that has passed the gate and from nothing else.

Pure. A group is some values of each dimension. If it is a cell of the table, the answer is that cell; otherwise it is the
sum of what each finest cell is taken to hold: a number chosen once by key among those that its published form allows. So
all answers together, however many and however they overlap, tell no more than the table does (docs/decisions/0030, section 5).
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from gateway.population.counting import ToldTable
from gateway.population.small_numbers import (
    SUPPRESSED,
    PublishedCount,
    possible_counts,
    publishable_count,
)
from gateway.population.tables import CellName


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """The question is about what the table does not have: a dimension, or a value of one, or no value at all."""

    dimension: str


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """Answers over one table of counts; what a finest cell is taken to hold depends on the key and its published form."""

    told: ToldTable
    key: bytes = field(repr=False)

    def count(self, group: Mapping[str, frozenset[str]]) -> PublishedCount | UnknownGroup:
        """Count a group; a dimension that is not named may have any value."""
        unknown = self._unknown(group)
        if unknown is not None:
            return UnknownGroup(unknown)
        names = tuple(self._finest_of(group))
        as_told = self._as_told(frozenset(names))
        if as_told is not None:
            return as_told
        if any(self._is_unknown(name) for name in names):
            return SUPPRESSED
        return publishable_count(sum(self._taken_to_hold(name) for name in names))

    def _unknown(self, group: Mapping[str, frozenset[str]]) -> str | None:
        values = self._values()
        return next(
            (
                each
                for each, wanted in group.items()
                if not wanted or not wanted <= values.get(each, set())
            ),
            None,
        )

    def _values(self) -> Mapping[str, set[str]]:
        each = zip(*self.told.finest, strict=True)
        return {name: set(values) for name, values in zip(self.told.dimensions, each, strict=True)}

    def _finest_of(self, group: Mapping[str, frozenset[str]]) -> Iterator[CellName]:
        """Give the finest cells in the group; those that a table does not have are empty, and tell nothing."""
        values = self._values()
        chosen = [sorted(group.get(each, values[each])) for each in self.told.dimensions]
        names = self.told.finest
        return (names[each] for each in product(*chosen) if each in names)

    def _as_told(self, names: frozenset[CellName]) -> PublishedCount | None:
        if len(names) == 1:
            return self._published(next(iter(names)))
        same = (each.total for each in self.told.totals if frozenset(each.parts) == names)
        total = next(same, None)
        return None if total is None else self._published(total)

    def _is_unknown(self, name: CellName) -> bool:
        """Say whether a cell is kept back for another reason than that it is small: nothing stands for it."""
        return self._published(name) == SUPPRESSED and name not in self.told.small

    def _taken_to_hold(self, name: CellName) -> int:
        published = self._published(name)
        possible = possible_counts(published)
        message = f"{name}|{published}".encode()
        chosen = int.from_bytes(hmac.digest(self.key, message, "sha256")[:8], "big")
        return possible[chosen % len(possible)]

    def _published(self, name: CellName) -> PublishedCount:
        published = self.told.published[name]
        if isinstance(published, int):
            raise TypeError("groups are counted, not costed")
        return published
