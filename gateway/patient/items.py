"""Name one item of the joined record as it goes from proven to shown."""

from msgspec import Struct

from fhir_profiles.headers import ENTERED_IN_ERROR
from fhir_profiles.vocabulary import Category, Label
from gateway.patient.work import Worked

_RETRACTED = frozenset({ENTERED_IN_ERROR, "cancelled"})


class Item(Struct, frozen=True, eq=False, gc=False):
    """One proven resource of one source; `is_own` when the caller's own organisation wrote it."""

    source_id: str
    worked: Worked
    is_own: bool

    @property
    def category(self) -> Category | None:
        """Give what kind of information it is; None for people, places and products it refers to."""
        return self.worked.category

    @property
    def is_retraction(self) -> bool:
        """Say whether it says of itself that it does not stand."""
        return self.worked.standing in _RETRACTED


class LabelledItem(Struct, frozen=True, eq=False, gc=False):
    """An item, the strictest labels of its group, and the number of its group.

    `attributed` are labels that only the names of those who wrote the item have; `unattributed` is the item
    without those names, None where there are none. `lent` are labels that an item of the reader's own organisation
    has of others' items alone; `of_others` those that a retraction has of any other item alone.
    """

    item: Item
    labels: frozenset[Label]
    group: int
    attributed: frozenset[Label] = frozenset()
    unattributed: Worked | None = None
    lent: frozenset[Label] = frozenset()
    of_others: frozenset[Label] = frozenset()
