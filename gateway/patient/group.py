"""Find the same real-world item: versions in one source; across sources, same identifier or same content.

Joins nothing together: members stay whole and apart, and a group only says that they belong together.
No match, shown separately. The order of sources never matters (patient-record brief, joining).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from fhir_profiles.headers import identifiers_of
from gateway.patient.items import Item

SHORTEST_IDENTIFIER = 3
"""Shorter values ("0", "NA") are placeholders more often than identifiers."""


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
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for position, item in enumerate(items):
        holders[resources[position]].append(position)
        for key in keys_of(item):
            holders[key].append(position)
    for positions in holders.values():
        if len(positions) > 1 and _is_one_thing([resources[position] for position in positions]):
            for other in positions[1:]:
                sets.join(positions[0], other)
    return [sets.root(position) for position in range(len(items))]


def _resource_of(item: Item, position: int) -> tuple[str, str | int]:
    """Name the resource that an item is a version of; without an id it is the only one."""
    return (item.source_id, item.worked.local_name or position)


def _is_one_thing(resources: Sequence[tuple[str, str | int]]) -> bool:
    """Say whether a key names one resource, in one source or in several.

    A key that two resources of one source have is a placeholder or a true repeat: it says nothing.
    """
    distinct = set(resources)
    return len({source_id for source_id, _name in distinct}) == len(distinct)


def keys_of(item: Item) -> Iterable[Hashable]:
    """Give every key under which another source's copy of the item would also stand."""
    worked = item.worked
    if worked.category is None:
        return
    kind = _kind(item)
    for identifier in identifiers_of(worked.header):
        value = (identifier.value or "").strip()
        if identifier.system and len(value) >= SHORTEST_IDENTIFIER:
            yield (kind, identifier.system, value)
    yield (kind, worked.template.pieces)


def _kind(item: Item) -> Hashable:
    """Give what two items must share beside a key to be the same thing.

    An ambulance contact and the attendance it led to share the incident's number, and are two encounters.
    """
    header = item.worked.header
    if header.resource_type != "Encounter":
        return header.resource_type
    classes = header.class_ if isinstance(header.class_, tuple) else (header.class_,)
    return (header.resource_type, *sorted(each.code or "" for each in classes if each is not None))
