"""Say what a source whose documents can be opened takes and gives.

Holds no transport and knows no roles; `contract` says the same of records.
"""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from adapters.contract import Caller, Outcome, Reason
from fhir_profiles.datatypes import Reference


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """One document of a proven item, by the address that the item's own attachment gives.

    Built only by `gateway/patient/documents.py`, from a permit.
    """

    address: str = field(repr=False)
    caller: Caller
    trace_id: UUID


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """One document, whole, when the outcome is `data`; else why there is none.

    `whose` is what the source says that its content belongs to, None only where it says nothing; what is below
    the source's own base is named relative to it.
    """

    outcome: Outcome
    reason: Reason = Reason.NONE
    content: bytes = field(default=b"", repr=False)
    content_type: str = ""
    whose: Reference | None = field(default=None, repr=False)


class DocumentSource(Protocol):
    """A source whose attachments can be opened."""

    def holds(self, address: str) -> bool:
        """Say whether an attachment's address names a document of this very source."""
        ...

    async def open_document(self, request: DocumentRequest) -> DocumentAnswer:
        """Fetch one document; every failure is an outcome, only cancellation is raised."""
        ...
