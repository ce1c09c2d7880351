"""Leave of what the policy shows of a record the types that a token's scopes name.

Comes after the policy, which has its say on every copy of an item, so that fewer scopes never show more. SMART App Launch 2.2; docs/decisions/0014.
"""

from collections import Counter
from collections.abc import Sequence

from fhir_profiles.classify import CATEGORY_OF_TYPE
from gateway.access.scopes import EVERYTHING, Granted
from gateway.patient.items import Item, LabelledItem
from gateway.patient.narrow import Narrowed, Terms, referred_to
from gateway.patient.shown import ShownItem


def narrow_to_scope(
    items: Sequence[LabelledItem], by_policy: Narrowed, terms: Terms, granted: Granted
) -> Narrowed:
    """Leave of what the policy shows of `items` what may be told of, each as the policy shows it; order is kept."""
    left = [each for each in by_policy.kept if _is_told(each.item, granted)]
    kept = [each for each in left if each.item.category is not None]
    nobodys = [
        each for each in items if each.item.category is None and _is_told(each.item, granted)
    ]
    untold = len(by_policy.kept) - len(left)
    withheld = +Counter({**by_policy.withheld, "out-of-scope": untold})
    return Narrowed((*kept, *referred_to(kept, nobodys, terms)), withheld)


def listed(items: Sequence[ShownItem], granted: Granted) -> Sequence[ShownItem]:
    """Keep the items that may be found by looking for them, in order."""
    if granted == EVERYTHING:
        return items
    return tuple(each for each in items if granted.may_search(each.resource_type))


def _is_told(item: Item, granted: Granted) -> bool:
    # A clinical resource inside another is one of its own type; a product or a person inside is part of its holder.
    inside = (each.resource_type for each in item.worked.inner)
    clinical = (each for each in inside if each in CATEGORY_OF_TYPE)
    return all(map(granted.shows, (item.worked.type, *clinical)))
