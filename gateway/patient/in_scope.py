"""Leave of a record the types that a token's scopes name, as if the sources held no others.

Comes after labels, which every copy of an item has a say in. SMART App Launch 2.2; docs/decisions/0014.
"""

from collections import Counter
from collections.abc import Sequence

from fhir_profiles.classify import CATEGORY_OF_TYPE
from gateway.access.scopes import EVERYTHING, Granted
from gateway.patient.items import Item, LabelledItem
from gateway.patient.narrow import Narrowed, Terms, narrow
from gateway.patient.shown import ShownItem


def narrow_to_scope(items: Sequence[LabelledItem], terms: Terms, granted: Granted) -> Narrowed:
    """Narrow a record of which nothing is left but what may be told of; order is kept."""
    left = tuple(each for each in items if _is_told(each.item, granted))
    narrowed = narrow(left, terms)
    withheld = +Counter({**narrowed.withheld, "out-of-scope": len(items) - len(left)})
    return Narrowed(narrowed.kept, withheld)


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
