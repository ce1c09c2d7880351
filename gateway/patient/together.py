"""Decide again about items whose labels came of others of their group, so that how they are shown tells of no hidden one.

Pure; knows no levels: what an item is shown as is asked of `shown`. docs/decisions/0011.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import structs

from gateway.patient.group import retracted_groups, ties_in_doubt
from gateway.patient.items import LabelledItem

Kept = TypeVar("Kept")


def own_by_themselves(
    items: Sequence[LabelledItem],
    kept: Mapping[int, Kept],
    shown: Callable[[LabelledItem], Kept | None],
) -> list[tuple[int, Kept | None]]:
    """Give, by position, the reader's own organisation's items by its own labels, where nobody else's of the group is told of.

    Its own label opens them where the same label hides the others, whose further labels would then show on them: also
    where these alone have a summary for it, so None says that its own leave nothing of one. What was retracted has no say:
    it lends nothing and ties nothing. Of a retraction, `lowered_by_others` has decided already.
    """
    if not any(items[position].lent for position in kept):
        return []
    tie_of = _ties_of_standing(items)
    standing = [position for position in kept if position in tie_of]
    others = {tie_of[position] for position in standing if not items[position].item.is_own}
    lent = (each for each in standing if items[each].lent and tie_of[each] not in others)
    return [(each, shown(_by_itself(items[each]))) for each in lent]


def _ties_of_standing(items: Sequence[LabelledItem]) -> Mapping[int, int]:
    """Number, by position, the one set of what stands that each standing item is tied into; of what was retracted, nothing is told."""
    unlabelled, groups = [each.item for each in items], [each.group for each in items]
    retracted = retracted_groups(unlabelled, groups)
    ties = ties_in_doubt(unlabelled, groups)
    return {
        position: tie
        for position, (group, each) in enumerate(zip(groups, ties, strict=True))
        if group not in retracted
        for tie in each
    }


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


def _by_itself(each: LabelledItem) -> LabelledItem:
    return structs.replace(each, labels=each.labels - each.lent)


def _alone(each: LabelledItem) -> LabelledItem:
    return structs.replace(each, labels=each.labels - each.of_others)
