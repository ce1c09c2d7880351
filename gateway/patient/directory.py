"""Name the sources to ask about a person.

Which are asked depends on configuration alone; of the person only the registered practice is used, to
choose the one GP endpoint behind the one line `gp` (docs/decisions/0007, section 6).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.contract import SourceAdapter, Stage
from adapters.document_contract import DocumentSource
from fhir_profiles.vocabulary import Category

AdapterFor = Callable[[str | None], SourceAdapter]
"""Gives the adapter for a registered practice; sources that are not GP ignore the practice."""

DocumentsFor = Callable[[str | None], DocumentSource | None]
"""Gives where a source's attachments are opened, in the same way; None where they cannot be."""


def no_documents(_practice: str | None) -> DocumentSource | None:
    """Open no attachment of a source."""
    return None


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One configured source. `organisation` is who writes there; None means the registered practice.

    `supplies` names the categories that it can hold, so that a role which sees none of them does not ask.
    """

    source_id: str
    organisation: str | None
    stage: Stage
    supplies: frozenset[Category]
    adapter_for: AdapterFor
    documents_for: DocumentsFor = no_documents

    def written_by(self, practice: str | None) -> str | None:
        """Name the organisation whose own items these are."""
        return self.organisation or practice


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
