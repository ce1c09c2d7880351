"""Ask `gateway/access` whether a release may be made now, and for what of whose records.

Decides nothing itself: what a dataset is made of follows from the views that its rows come of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fhir_profiles.vocabulary import Category
from gateway.access.feeding import FeedAccess, FeedPermit, FeedWanted
from gateway.population.datasets import Dataset
from gateway.store.releases import Release
from rbac.types import Purpose

CATEGORIES_OF_VIEWS: Mapping[str, frozenset[Category]] = MappingProxyType(
    {
        # Judgement: of a person a release has bands of age and area alone, and no part of their demographics.
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
        views = () if known is None else known.views
        categories = frozenset[Category]().union(
            *(CATEGORIES_OF_VIEWS.get(each, frozenset(Category)) for each in views)
        )
        return FeedWanted(dataset, project, recipient, purpose_of_use, categories)
