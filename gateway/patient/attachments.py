"""Give the attachments that a reader may open addresses of ours, and no others any.

Fetches nothing. An attachment is opened only from an item that is shown whole, by a reader whose role may
open documents; its Binary id is made from the item's, so it needs no table. FHIR R4, Attachment and Binary.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct
from typing_extensions import override

from adapters.document_contract import DocumentSource
from fhir_profiles.headers import ENTERED_IN_ERROR
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.patient.ids import derived_id
from gateway.patient.narrow import Kept
from rbac.types import Act, Level

OPENED_TYPES = frozenset({"DiagnosticReport", "DocumentReference", "Media"})
"""Kinds of item whose attachments are part of the record; a photograph of a person is not."""


class Attachment(Struct, frozen=True, eq=False):
    """One attachment that may be opened: its Binary id here, and the address that its source gives.

    `in_view` gives the outward reference for what the source's reference names, None if it is not in view.
    """

    id: str
    address: str
    in_view: Callable[[str], bytes | None]

    @override
    def __repr__(self) -> str:
        return "Attachment(…)"


def attachments_of(
    kept: Kept,
    new_id: str,
    permit: Permit,
    documents: DocumentSource | None,
    in_view: Callable[[str], bytes | None],
) -> tuple[Attachment, ...]:
    """Name the attachments of one item that may be opened under a permit."""
    slots = kept.worked.template.attachment_slots
    if not slots or documents is None or not _may_open(kept, permit):
        return ()
    return tuple(
        Attachment(derived_id(permit.patient_id, (new_id, "attachment", address)), address, in_view)
        for address in dict.fromkeys(slot.url for slot in slots)
        if documents.holds(address)
    )


def addresses_of(attachments: tuple[Attachment, ...]) -> Mapping[str, bytes]:
    """Give our address for each address of the source's that may be told so."""
    return {each.address: f"Binary/{each.id}".encode() for each in attachments}


def _may_open(kept: Kept, permit: Permit) -> bool:
    is_whole = kept.level is Level.ALL and kept.worked is kept.item.worked
    return (
        is_whole
        and kept.worked.type in OPENED_TYPES
        # What its source has withdrawn may be another person's letter.
        and kept.worked.standing != ENTERED_IN_ERROR
        and (Act.OPEN_DOCUMENT, Category.DOCUMENTS) in permit.levels.acts
    )
