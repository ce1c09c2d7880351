"""Ask `gateway/access` whether a release may be made now, and for what of whose records.

Decides nothing itself: what a dataset is made of follows from the views that its rows come of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fhir_profiles.vocabulary import Category
from gateway.access.feeding import FeedAccess, FeedPermit, FeedWanted
from gateway.population.datasets import Dataset, Role
from gateway.store.releases import Release
from rbac.types import Purpose

CATEGORIES_OF_VIEWS: Mapping[str, frozenset[Category]] = MappingProxyType(
    {
        "person": frozenset(),
        "contact": frozenset({Category.ENCOUNTERS}),
        "assault": frozenset({Category.ENCOUNTERS}),
    }
)


@dataclass(frozen=True, slots=True)
class AgreedReleases:
    """Permits for releases, by agreements that name them."""

    access: FeedAccess
    datasets: Mapping[str, Dataset]

    async def why_not(self, release: Release) -> str | None:
        """Say why a release may not be made now.

        Raises UnavailableError.
        """
        asked = release.request
        wanted = self.wanted(asked.dataset, asked.project, asked.recipient, asked.purpose_of_use)
        by, approved_by = asked.requested_by, release.approved_by or ""
        found = await self.access.release_permit(wanted, by, approved_by)
        if not isinstance(found, FeedPermit):
            return f"It is not permitted now: {found.reason}."
        if found.agreement != asked.agreement:
            return "Another agreement permits it than the one that it was asked for under."
        return None

    def wanted(
        self, dataset: str, project: str, recipient: str, purpose_of_use: Purpose
    ) -> FeedWanted:
        """Say what a release would give; of a dataset that is not known, nothing."""
        known = self.datasets.get(dataset)
        categories = frozenset[Category]() if known is None else categories_of(known)
        return FeedWanted(dataset, project, recipient, purpose_of_use, categories)


def categories_of(dataset: Dataset) -> frozenset[Category]:
    """Say of which categories a dataset is made; of a view that is not known, of all.

    Judgement: what tells of a person is demographics where rows of one person can be put together by their pseudonym;
    bands of age and area of an event that names nobody are a part of the event.
    """
    found = [CATEGORIES_OF_VIEWS.get(each, frozenset(Category)) for each in dataset.views]
    tells_people_apart = any(each.role is Role.PERSON and each.given for each in dataset.columns)
    if tells_people_apart:
        found.append(frozenset({Category.DEMOGRAPHICS}))
    return frozenset[Category]().union(*found)
