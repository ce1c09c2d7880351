"""Fetch the document behind an attachment of a shown item, whole or not at all.

Decides no access: an attachment that may not be opened is not in the view. Nothing is kept, and nothing is
told apart: a document that its source does not give is as if it were not there. FHIR R4, Binary.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from adapters.contract import Outcome
from adapters.document_contract import DocumentAnswer, DocumentRequest
from gateway.errors import NotFoundError, UnavailableError, UnservableDocumentError
from gateway.patient.attachments import Attachment
from gateway.patient.directory import SourceDirectory
from gateway.patient.gather import caller_of
from gateway.patient.ids import item_of
from gateway.patient.join import View
from gateway.patient.shown import ShownItem
from gateway.patient.wholeness import is_whole
from gateway.patient.whose import MisfiledDocumentError, Whose, end_of, whose_is

DOCUMENT_BYTES_AT_MOST: Final = 10 * 1024 * 1024
"""The largest document in GP Connect's published examples is 7 MiB; in base64 this fits a source's cap."""

SERVED_TYPES: Final = frozenset(
    {
        "application/msword",
        "application/octet-stream",
        "application/pdf",
        "application/rtf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "text/plain",
        "text/richtext",
        "text/rtf",
    }
)
"""What a clinician's letters, scans and pictures come as; nothing that a browser would run."""

_ANYTHING = "application/octet-stream"

_GIVES_NO_DOCUMENT = frozenset({Outcome.REFUSED, Outcome.WITHHELD, Outcome.NOT_ASKED})


@dataclass(frozen=True, slots=True)
class Document:
    """One document, as it leaves: `item` is what it is attached to."""

    item: ShownItem
    content: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Documents:
    """Open documents at the deployment's sources."""

    directory: SourceDirectory
    new_id: Callable[[], UUID]

    async def fetch(self, view: View, binary_id: str) -> Document:
        """Fetch the document of this id from the source of the item that it is attached to.

        Raises NotFoundError when there is none for this reader, and MisfiledDocumentError, which looks the same,
        when it is not proven to be this person's; UnservableDocumentError when it is of a kind or a size that is
        not served, UnavailableError when its source did not give it whole.
        """
        item, attachment = _find(view, binary_id)
        answer = await self._ask(view, item, attachment)
        if answer.outcome in _GIVES_NO_DOCUMENT:
            raise NotFoundError("The source does not give this document.")
        if answer.outcome is not Outcome.DATA:
            raise UnavailableError("The source did not give the document whole.")
        whose = whose_is(answer.whose, view.permit, attachment.in_view)
        if whose is not Whose.THEIRS:
            raise MisfiledDocumentError(end_of(whose, item.source_id or ""))
        if not is_whole(attachment, answer.content):
            raise UnavailableError("The source did not give the document whole.")
        if _may_be_image(answer) and not self._shares_images(view, item):
            raise NotFoundError("No agreement lets images through.")
        return _served(item, answer)

    def _shares_images(self, view: View, item: ShownItem) -> bool:
        practice = view.permit.person.practice
        writer = self.directory.by_id()[item.source_id or ""].written_by(practice)
        shared = view.permit.sharing.with_organisation(writer)
        return shared is not None and shared.has_images

    async def _ask(self, view: View, item: ShownItem, attachment: Attachment) -> DocumentAnswer:
        source = self.directory.by_id()[item.source_id or ""]
        documents = source.documents_for(view.permit.person.practice)
        if documents is None:
            raise NotFoundError("The source gives no documents.")
        request = DocumentRequest(attachment.address, caller_of(view.permit), self.new_id())
        return await documents.open_document(request)


def _find(view: View, binary_id: str) -> tuple[ShownItem, Attachment]:
    # An id made under an older key differs only in the patient's part, which has been opened already.
    wanted = item_of(binary_id)
    for item in view.items:
        for attachment in item.attachments:
            if item_of(attachment.id) == wanted is not None:
                return item, attachment
    raise NotFoundError("There is no such document in this view.")


def _may_be_image(answer: DocumentAnswer) -> bool:
    # What is declared as nothing in particular may be one.
    return answer.content_type.startswith("image/") or answer.content_type == _ANYTHING


def _served(item: ShownItem, answer: DocumentAnswer) -> Document:
    if answer.content_type not in SERVED_TYPES:
        raise UnservableDocumentError("Documents of this kind are not served.")
    if len(answer.content) > DOCUMENT_BYTES_AT_MOST:
        raise UnservableDocumentError("Documents of this size are not served.")
    return Document(item, answer.content, answer.content_type)
