"""Decide again about items whose labels came of others of their group, so that how they are shown tells of no hidden one.

Pure; knows no levels: what an item is shown as is asked of `shown`. docs/decisions/0011.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import structs

from gateway.patient.group import groups_in_doubt
from gateway.patient.items import LabelledItem

Kept = TypeVar("Kept")


def own_by_themselves(
    items: Sequence[LabelledItem],
    kept: Mapping[int, Kept],
    shown: Callable[[LabelledItem], Kept | None],
) -> list[tuple[int, Kept]]:
    """Give, by position, the reader's own organisation's items by its own labels, where nobody else's of the group is told of.

    Its own label opens them where the same label hides the others, whose further labels would then show on them.
    """
    lent = [position for position in kept if items[position].lent]
    if not lent:
        return []
    groups = _groups(items)
    others = {groups[position] for position in kept if not items[position].item.is_own}
    again = ((each, shown(_by_itself(items[each]))) for each in lent if groups[each] not in others)
    return [(position, found) for position, found in again if found is not None]


def lowered_by_others(
    items: Sequence[LabelledItem],
    kept: Mapping[int, Kept],
    shown: Callable[[LabelledItem], Kept | None],
    is_alike: Callable[[Kept, Kept | None], bool],
) -> list[int]:
    """Give the positions of retractions that are shown otherwise for the labels of other items.

    The stale copies of a retraction are shown to nobody: a label on one of them would show on what took its place.
    Nothing that stands is left out for this: what is not known to a reader may harm somebody.
    """
    lowered = [position for position in kept if items[position].of_others]
    alone = ((each, shown(_alone(items[each]))) for each in lowered)
    return [position for position, found in alone if not is_alike(kept[position], found)]


def retracted_groups(items: Iterable[LabelledItem]) -> frozenset[int]:
    """Name the groups of which something was retracted: what else is in them is stale."""
    return frozenset(each.group for each in items if each.item.is_retraction)


def _by_itself(each: LabelledItem) -> LabelledItem:
    return structs.replace(each, labels=each.labels - each.lent)


def _alone(each: LabelledItem) -> LabelledItem:
    return structs.replace(each, labels=each.labels - each.of_others)


def _groups(items: Iterable[LabelledItem]) -> list[int]:
    return groups_in_doubt([each.item for each in items])
