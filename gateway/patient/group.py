"""Find the same real-world item: versions in one source; across sources, same identifier or same content.

Joins nothing together: members stay whole and apart, and a group only says that they belong together.
No match, shown separately. The order of sources never matters (docs/decisions/0007, section 3).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence, Set
from itertools import chain

from gateway.patient.items import Item
from gateway.patient.ties import Ties


def groups_of(items: Sequence[Item]) -> list[int]:
    """Give each item's group, in the items' order; an item alone is a group of its own."""
    sets = Ties(len(items))
    resources = [_resource_of(item, position) for position, item in enumerate(items)]
    for positions in _shared(items, resources):
        if _is_one_thing([resources[position] for position in positions]):
            for other in positions[1:]:
                sets.join(positions[0], other)
    return [sets.root(position) for position in range(len(items))]


def retracted_groups(items: Iterable[Item], groups: Iterable[int]) -> frozenset[int]:
    """Name the groups of which something was retracted: what else is in them is stale."""
    return frozenset(group for item, group in zip(items, groups, strict=True) if item.is_retraction)


def ties_in_doubt(items: Sequence[Item], groups: Sequence[int]) -> list[Set[int]]:
    """Give each item's ties: the sets there were if all that stands and has a key in common were one thing.

    What stands is in one such set, with its whole group. A retraction, and a stale copy of one, is of each set that it
    has a key in common with, perhaps of none: what was retracted ties nothing together.
    """
    retracted = retracted_groups(items, groups)
    sets = Ties(len(items))
    met: dict[int, list[int]] = defaultdict(list)
    resources = [_resource_of(item, position) for position, item in enumerate(items)]
    for positions in _shared(items, resources):
        standing = [each for each in positions if groups[each] not in retracted]
        for other in standing[1:]:
            sets.join(standing[0], other)
        for stale in positions if standing else ():
            if groups[stale] in retracted:
                met[stale].append(standing[0])
    return [
        {sets.root(each) for each in (met[position] if group in retracted else [position])}
        for position, group in enumerate(groups)
    ]


def _shared(items: Sequence[Item], resources: Sequence[Hashable]) -> Iterable[list[int]]:
    """Give the positions of the items that have a key in common, for each such key."""
    named = Counter(resources)
    hashes = [item.worked.sameness_hashes for item in items]
    # Most keys are held once, and their hashes settle it: only the others are worth a list.
    held = Counter(chain.from_iterable(hashes))
    shared = {key_hash for key_hash, count in held.items() if count > 1}
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for position, own in enumerate(hashes):
        if named[resources[position]] > 1:
            holders[resources[position]].append(position)
        if not shared.isdisjoint(own):
            for key in set(items[position].worked.sameness):
                holders[key].append(position)
    return [positions for positions in holders.values() if len(positions) > 1]


def _resource_of(item: Item, position: int) -> tuple[str, str | int]:
    """Name the resource that an item is a version of; without an id it is the only one."""
    return (item.source_id, item.worked.local_name or position)


def _is_one_thing(resources: Sequence[tuple[str, str | int]]) -> bool:
    """Say whether a key names one resource, in one source or in several.

    A key that two resources of one source have is a placeholder or a true repeat: it says nothing.
    """
    distinct = set(resources)
    return len({source_id for source_id, _name in distinct}) == len(distinct)
