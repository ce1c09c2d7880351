"""Put together what is tied, directly or through others.

Knows nothing of what the members are. Union by smallest position, with halved paths: near linear.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise


class Ties:
    """Sets of positions; the smallest position names a set."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, position: int) -> int:
        """Name the set that a position is in."""
        parents = self._parents
        while parents[position] != position:
            parents[position] = parents[parents[position]]
            position = parents[position]
        return position

    def join(self, one: int, other: int) -> None:
        """Make one set of the sets of two positions."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low


def tied(count: int, ties: Iterable[Sequence[int]]) -> list[list[int]]:
    """Give the sets of two and more positions, each in ascending order, by their smallest."""
    sets = Ties(count)
    for tie in ties:
        for one, other in pairwise(tie):
            sets.join(one, other)
    members: dict[int, list[int]] = defaultdict(list)
    for position in range(count):
        members[sets.root(position)].append(position)
    return [found for found in members.values() if len(found) > 1]
