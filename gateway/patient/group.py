"""Find the same real-world item: versions in one source; across sources, same identifier or same content.

Joins nothing together: members stay whole and apart, and a group only says that they belong together.
No match, shown separately. The order of sources never matters (patient-record brief, joining).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.patient.items import Item


@dataclass(slots=True)
class _Sets:
    """Union-find over item positions; the smallest position names a set."""

    parents: list[int] = field(default_factory=list)

    def root(self, position: int) -> int:
        while self.parents[position] != position:
            self.parents[position] = self.parents[self.parents[position]]
            position = self.parents[position]
        return position

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self.parents[high] = low


def groups_of(items: Sequence[Item]) -> list[int]:
    """Give each item's group, in the items' order; an item alone is a group of its own."""
    sets = _Sets(list(range(len(items))))
    resources = [_resource_of(item, position) for position, item in enumerate(items)]
    for positions in _shared(items, resources):
        if _is_one_thing([resources[position] for position in positions]):
            for other in positions[1:]:
                sets.join(positions[0], other)
    return [sets.root(position) for position in range(len(items))]


def _shared(items: Sequence[Item], resources: Sequence[Hashable]) -> Iterable[list[int]]:
    """Give the positions of the items that have a key in common, for each such key."""
    first_holders: dict[Hashable, int] = {}
    holders: dict[Hashable, list[int]] = {}
    for position, item in enumerate(items):
        for key in (resources[position], *item.worked.sameness):
            first = first_holders.setdefault(key, position)
            if first != position:
                # Most keys are held once: only the others are worth a list.
                holders.setdefault(key, [first]).append(position)
    return holders.values()


def _resource_of(item: Item, position: int) -> tuple[str, str | int]:
    """Name the resource that an item is a version of; without an id it is the only one."""
    return (item.source_id, item.worked.local_name or position)


def _is_one_thing(resources: Sequence[tuple[str, str | int]]) -> bool:
    """Say whether a key names one resource, in one source or in several.

    A key that two resources of one source have is a placeholder or a true repeat: it says nothing.
    """
    distinct = set(resources)
    return len({source_id for source_id, _name in distinct}) == len(distinct)
