"""Decide again about items whose labels came of others of their group, so that how they are shown tells of no hidden one.

Pure; knows no levels: what an item is shown as is asked of `shown`. docs/decisions/0011.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

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


def _by_itself(each: LabelledItem) -> LabelledItem:
    return msgspec.structs.replace(each, labels=each.labels - each.lent)


def _groups(items: Iterable[LabelledItem]) -> list[int]:
    return groups_in_doubt([each.item for each in items])
