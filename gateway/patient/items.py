"""Name one item of the joined record as it goes from proven to shown."""

from dataclasses import dataclass

from fhir_profiles.vocabulary import Category, Label
from gateway.patient.work import Worked


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One proven resource of one source; `is_own` when the caller's own organisation wrote it."""

    source_id: str
    worked: Worked
    is_own: bool

    @property
    def category(self) -> Category | None:
        """Give what kind of information it is; None for people, places and products it refers to."""
        return self.worked.category


@dataclass(frozen=True, slots=True, eq=False)
class LabelledItem:
    """An item, the strictest labels of its group, and the number of its group."""

    item: Item
    labels: frozenset[Label]
    group: int
