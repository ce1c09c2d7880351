"""Name the sources to ask about a person.

Which are asked depends on configuration alone; of the person only the registered practice is used, to
choose the one GP endpoint behind the one line `gp` (docs/decisions/0007, section 6).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from adapters.contract import SourceAdapter, Stage
from adapters.document_contract import DocumentSource
from fhir_profiles.vocabulary import Category
from gateway.identity import Principal

SAFETY_CATEGORIES = frozenset({Category.ALLERGIES, Category.ALERTS, Category.MEDICATIONS})
"""What a source at the stage `safety` may contribute."""

AdapterFor = Callable[[str | None], SourceAdapter]
"""Gives the adapter for a registered practice; sources that are not GP ignore the practice."""

DocumentsFor = Callable[[str | None], DocumentSource | None]
"""Gives where a source's attachments are opened, in the same way; None where they cannot be."""


def no_documents(_practice: str | None) -> DocumentSource | None:
    """Open no attachment of a source."""
    return None


@dataclass(frozen=True, slots=True)
class Pilot:
    """Whom a source at the stage `pilot` is for: whoever is of all that is named; None names nothing."""

    roles: frozenset[str] | None = None
    organisations: frozenset[str] | None = None

    def includes(self, reader: Principal) -> bool:
        """Say whether a reader is of it; where nothing is named nobody is."""
        named = [
            (self.roles, reader.role),
            (self.organisations, reader.organisation),
        ]
        fits = [word in words for words, word in named if words is not None]
        return bool(fits) and all(fits)


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One configured source. `organisation` is who writes there; None means the registered practice.

    `supplies` names the categories that it can hold, so that a role which sees none of them does not ask.
    `pilot` counts at that stage alone.
    """

    source_id: str
    organisation: str | None
    stage: Stage
    supplies: frozenset[Category]
    adapter_for: AdapterFor
    documents_for: DocumentsFor = no_documents
    pilot: Pilot = Pilot()

    def written_by(self, practice: str | None) -> str | None:
        """Name the organisation whose own items these are."""
        return self.organisation or practice

    def shows_to(self, reader: Principal) -> frozenset[Category]:
        """Name the categories that a reader may see of it at its stage of release; configuration alone decides."""
        match self.stage:
            case Stage.SHADOW:
                return frozenset()
            case Stage.SAFETY:
                return self.supplies & SAFETY_CATEGORIES
            case Stage.PILOT:
                return self.supplies if self.pilot.includes(reader) else frozenset()
            case Stage.OPEN:
                return self.supplies
            case _:
                assert_never(self.stage)


@dataclass(frozen=True, slots=True)
class SourceDirectory:
    """Every source of the deployment, in configuration order; receipts list them in this order."""

    sources: tuple[KnownSource, ...]

    def report_wrong_patient(self, source_id: str, practice: str | None) -> None:
        """Tell a source's breaker that it answered about somebody else."""
        self.by_id()[source_id].adapter_for(practice).report_wrong_patient()

    def by_id(self) -> Mapping[str, KnownSource]:
        """Give the sources by their ids."""
        return {source.source_id: source for source in self.sources}
