"""Fetching the document behind an attachment: whole, of a kind that is served, of this person, or not at all."""

import asyncio
from uuid import UUID

import pytest

from adapters.contract import Outcome, Reason
from adapters.document_contract import DocumentAnswer
from fhir_profiles.vocabulary import Category
from gateway.errors import NotFoundError, UnavailableError, UnservableDocumentError
from gateway.patient.directory import SourceDirectory
from gateway.patient.documents import DOCUMENT_BYTES_AT_MOST, Documents
from rbac.types import Act, Levels
from tests.patient.factories import (
    PATIENT_ID,
    answer,
    joined,
    known_source,
    levels,
    resource,
)

LETTER = DocumentAnswer(Outcome.DATA, content=b"Dear", content_type="text/plain")
ATTACHED = [{"attachment": {"contentType": "text/plain", "url": "Binary/1"}}]
MAY_OPEN = Levels(levels().view, levels().acts | {(Act.OPEN_DOCUMENT, Category.DOCUMENTS)})


class Shelf:
    """A source with one document."""

    def __init__(self, given):
        self.given = given
        self.asked = []

    def holds(self, address):
        return address.startswith("Binary/")

    async def open_document(self, request):
        self.asked.append(request)
        return self.given


class Reported:
    """An adapter that keeps what is reported to it."""

    def __init__(self):
        self.wrong_patients = 0

    def report_wrong_patient(self):
        self.wrong_patients += 1


def opening(given, reported=None):
    shelf, reported = Shelf(given), reported or Reported()
    directory = SourceDirectory(
        (known_source("hospital", documents_for=lambda _: shelf, adapter_for=lambda _: reported),)
    )
    content = resource("DocumentReference", "d", content=ATTACHED)
    view = joined(answer(content), directory=directory, levels=MAY_OPEN)
    [item] = [each for each in view.items if each.attachments]
    documents = Documents(directory, lambda: UUID(int=7))
    return shelf, view, item, documents


def fetch(given, **other):
    _shelf, view, item, documents = opening(given, **other)
    return asyncio.run(documents.fetch(view, item.attachments[0].id))


def test_a_document_comes_whole_with_the_item_that_it_is_attached_to():
    document = fetch(LETTER)

    assert (document.content, document.content_type) == (b"Dear", "text/plain")
    assert document.item.resource_type == "DocumentReference"
    assert b"Dear" not in repr(document).encode()


def test_the_source_is_asked_in_the_callers_name_for_the_address_it_gave():
    shelf, view, item, documents = opening(LETTER)

    asyncio.run(documents.fetch(view, item.attachments[0].id))

    [asked] = shelf.asked
    assert (asked.address, asked.caller.user_id, asked.trace_id) == ("Binary/1", "u1", UUID(int=7))
    assert "Binary/1" not in repr(asked)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.WITHHELD, Outcome.NOT_ASKED])
def test_a_document_that_its_source_does_not_give_is_not_there(outcome):
    with pytest.raises(NotFoundError):
        fetch(DocumentAnswer(outcome, Reason.NOT_FOUND))


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.FAILED, Outcome.MALFORMED])
def test_a_source_that_does_not_give_it_whole_gives_nothing(outcome):
    with pytest.raises(UnavailableError):
        fetch(DocumentAnswer(outcome, Reason.CONNECTION, content=b"De"))


@pytest.mark.parametrize(
    "given",
    [
        DocumentAnswer(Outcome.DATA, content=b"<p>", content_type="text/html"),
        DocumentAnswer(Outcome.DATA, content=b"<x/>", content_type="image/svg+xml"),
        DocumentAnswer(Outcome.DATA, content=b"{}", content_type="application/fhir+json"),
        DocumentAnswer(Outcome.DATA, content=b"", content_type=""),
        DocumentAnswer(
            Outcome.DATA, content=bytes(DOCUMENT_BYTES_AT_MOST + 1), content_type="text/plain"
        ),
    ],
)
def test_what_a_browser_could_run_or_is_too_large_is_not_served(given):
    with pytest.raises(UnservableDocumentError):
        fetch(given)


def test_a_document_may_be_as_large_as_the_cap():
    content = bytes(DOCUMENT_BYTES_AT_MOST)

    assert len(fetch(DocumentAnswer(Outcome.DATA, Reason.NONE, content, "image/tiff")).content)


@pytest.mark.parametrize("whose", ["Patient/p1", "DocumentReference/d", None])
def test_a_document_that_says_that_it_is_of_this_person_or_item_is_given(whose):
    given = DocumentAnswer(Outcome.DATA, Reason.NONE, b"Dear", "text/plain", whose)

    assert fetch(given).content == b"Dear"


@pytest.mark.parametrize(("whose", "reports"), [("Patient/other", 1), ("Encounter/x", 0), ("", 0)])
def test_a_document_of_somebody_else_is_not_there_and_its_source_is_noted(whose, reports):
    reported = Reported()
    given = DocumentAnswer(Outcome.DATA, Reason.NONE, b"Dear", "text/plain", whose)

    with pytest.raises(NotFoundError):
        fetch(given, reported=reported)
    assert reported.wrong_patients == reports


@pytest.mark.parametrize("binary_id", ["x", PATIENT_ID + "0" * 26, "a" * 62])
def test_an_id_that_no_attachment_has_is_not_there(binary_id):
    _shelf, view, _item, documents = opening(LETTER)

    with pytest.raises(NotFoundError):
        asyncio.run(documents.fetch(view, binary_id))


def test_an_item_is_not_opened_by_its_own_id():
    _shelf, view, item, documents = opening(LETTER)

    with pytest.raises(NotFoundError):
        asyncio.run(documents.fetch(view, item.id))


def test_a_source_that_no_longer_gives_documents_gives_none():
    _shelf, view, item, _documents = opening(LETTER)
    closed = Documents(SourceDirectory((known_source("hospital"),)), lambda: UUID(int=7))

    with pytest.raises(NotFoundError):
        asyncio.run(closed.fetch(view, item.attachments[0].id))
