"""Say whether what is about to be published, less what was published before, would tell of fewer than 8 people.

Pure, over sets of members: keyed 64-bit hashes of people as the store knows them, so that what two projects were given is
compared too (docs/decisions/0030, section 2). Which sets those are is kept by gateway/population/ledger.py.
Source: Office for National Statistics, Policy on protecting confidentiality in tables of birth and death statistics
(disclosure by differencing); D. Denning, Cryptography and Data Security, 1982, chapter 6 (trackers).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeAlias

from gateway.population.intervals import Name
from gateway.population.profile import FEWEST_PEOPLE

Members: TypeAlias = frozenset[int]
MEMBER_BYTES = 8


def member_of(ledger_key: bytes, person: str) -> int:
    """Give what stands for a person of the store in the ledger; without the key it cannot be found again."""
    return int.from_bytes(
        blake2b(person.encode(), digest_size=MEMBER_BYTES, key=ledger_key).digest(), "big"
    )


def isolates(people: int) -> bool:
    """Say whether a set of this many people is somebody, and too few."""
    return 0 < people < FEWEST_PEOPLE


def is_same_for_a_reader(now: Set[int], before: Set[int]) -> bool:
    """Say whether a cell's change since it was published must not be seen: a few came, or a few went.

    A cell that did not change is the same too. What is told of it then is what was told before.
    """
    came, went = len(now - before), len(before - now)
    return isolates(came) or isolates(went) or came == went == 0


@dataclass(frozen=True, slots=True)
class Isolation(Generic[Name]):
    """A cell that, beside earlier ones of one kind, tells of a few people. Names only: they are public."""

    cell: Name
    beside: tuple[Name, ...]


def isolations(
    new: Mapping[Name, Members], earlier: Mapping[Name, Members]
) -> Iterator[Isolation[Name]]:
    """Give the new cells that a reader can subtract earlier ones of one kind from, or from them, and be left with a few.

    Looks at each pair of cells, at a cell less all that lie within it, and at all that a cell lies within less the cell.
    """
    cells_of = _cells_by_member(earlier)
    for name, people in new.items():
        shared = Counter(cell for member in people for cell in cells_of.get(member, ()))
        yield from (
            Isolation(name, (other,))
            for other, both in shared.items()
            if _is_pair_too_close(len(people) - both, len(earlier[other]) - both)
        )
        within = [other for other, both in shared.items() if both == len(earlier[other])]
        if len(within) > 1 and isolates(len(people - _union(earlier, within))):
            yield Isolation(name, tuple(within))
        around = _union(earlier, shared)
        if len(shared) > 1 and people <= around and isolates(len(around - people)):
            yield Isolation(name, tuple(shared))


def _is_pair_too_close(only_new: int, only_earlier: int) -> bool:
    """Say whether one cell lies in the other but for a few, or the two differ by a few on each side."""
    fewest, most = sorted((only_new, only_earlier))
    return isolates(most) and (fewest == 0 or isolates(fewest))


def _cells_by_member(cells: Mapping[Name, Members]) -> Mapping[int, list[Name]]:
    found: dict[int, list[Name]] = {}
    for name, people in cells.items():
        for member in people:
            found.setdefault(member, []).append(name)
    return found


def _union(cells: Mapping[Name, Members], names: Iterable[Name]) -> Members:
    return frozenset[int]().union(*(cells[name] for name in names))
