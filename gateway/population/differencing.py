"""Say whether what is about to be published, less what was published before, would tell of fewer than 8 people.

Pure, over sets of members, or of their shares of contacts and costs: keyed 64-bit hashes of people as the store knows them,
so that what two projects were given is compared too (docs/decisions/0030, section 2). Which sets those are is kept by gateway/population/ledger.py.
Source: Office for National Statistics, Policy on protecting confidentiality in tables of birth and death statistics
(disclosure by differencing); D. Denning, Cryptography and Data Security, 1982, chapter 6 (trackers).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeAlias

from gateway.population.intervals import Name
from gateway.population.profile import FEWEST_PEOPLE
from gateway.population.shares import Shares, member_in, members_in, what_is_left

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


def as_a_reader_may_see(now: Shares, before: Shares) -> Shares:
    """Give the shares now, but for changes since `before` that must not be seen: a few came, or a few went.

    Whoever has another amount has both come and gone. Of those few it is taken that nothing has changed; so what is told
    differs from what was told by nobody or by eight people and more, each way.
    """
    came, went = now - before, before - now
    few = came if isolates(len(came)) else went
    if not isolates(len(few)):
        return now
    unseen = members_in(few)
    seen = {share for share in now if member_in(share) not in unseen}
    back = {share for share in before if member_in(share) in unseen}
    return as_a_reader_may_see(frozenset(seen | back), before)


@dataclass(frozen=True, slots=True)
class Isolation(Generic[Name]):
    """A cell that, beside earlier ones of one kind, tells of a few people. Names only: they are public."""

    cell: Name
    beside: tuple[Name, ...]


def isolations(
    new: Mapping[Name, Shares], earlier: Mapping[Name, Shares]
) -> Iterator[Isolation[Name]]:
    """Give the new cells that a reader can subtract earlier ones of one kind from, or them from, and be left with a few.

    Looks at each pair of cells, at a cell less all that lie within it, and at all that a cell lies within less the cell.
    Nobody is left of whom as much is in the one as in the others.
    """
    people_of = {name: members_in(shares) for name, shares in earlier.items()}
    with_share, with_person = _cells_by(earlier), _cells_by(people_of)
    for name, shares in new.items():
        people = members_in(shares)
        alike = Counter(cell for share in shares for cell in with_share.get(share, ()))
        yield from (
            Isolation(name, (other,))
            for other, both in alike.items()
            if _is_pair_too_close(len(shares) - both, len(earlier[other]) - both)
        )
        shared = Counter(cell for member in people for cell in with_person.get(member, ()))
        within = [other for other, both in shared.items() if both == len(people_of[other])]
        if _leave_a_few(shares, earlier, within, len(people - _union(people_of, within))):
            yield Isolation(name, tuple(within))
        around = _union(people_of, shared)
        if people <= around and _leave_a_few(shares, earlier, shared, len(around - people)):
            yield Isolation(name, tuple(shared))


def _leave_a_few(
    shares: Shares, earlier: Mapping[Name, Shares], others: Collection[Name], in_one: int
) -> bool:
    """Say whether a few are left when several are taken away; at least those who are in the one or the others alone."""
    if len(others) < 2 or in_one >= FEWEST_PEOPLE:
        return False
    return isolates(len(what_is_left(shares, (earlier[each] for each in others))))


def _is_pair_too_close(only_new: int, only_earlier: int) -> bool:
    """Say whether one cell lies in the other but for a few, or the two differ by a few on each side."""
    fewest, most = sorted((only_new, only_earlier))
    return isolates(most) and (fewest == 0 or isolates(fewest))


def _cells_by(cells: Mapping[Name, Set[int]]) -> Mapping[int, list[Name]]:
    found: dict[int, list[Name]] = {}
    for name, each in cells.items():
        for one in each:
            found.setdefault(one, []).append(name)
    return found


def _union(cells: Mapping[Name, Members], names: Iterable[Name]) -> Members:
    return frozenset[int]().union(*(cells[name] for name in names))
