"""Fetching the document behind an attachment: whole, of a kind that is served, of this person, or not at all."""

import asyncio
import base64
import hashlib
from dataclasses import replace
from uuid import UUID

import pytest

from adapters.contract import Outcome, Reason
from adapters.document_contract import DocumentAnswer
from fhir_profiles.headers import Identifier, Reference
from fhir_profiles.vocabulary import Category
from gateway.access.sharing import Sharing
from gateway.errors import NotFoundError, UnavailableError, UnservableDocumentError
from gateway.patient.directory import SourceDirectory
from gateway.patient.documents import DOCUMENT_BYTES_AT_MOST, Documents
from gateway.patient.receipt import SourceEnd
from gateway.patient.whose import MisfiledDocumentError
from rbac.types import Act, Levels
from tests.patient.factories import (
    NUMBER,
    OTHER_NUMBER,
    PATIENT_ID,
    SHARED,
    WITHOUT_IMAGES,
    answer,
    joined,
    known_source,
    levels,
    resource,
)

LETTER = DocumentAnswer(Outcome.DATA, content=b"Dear", content_type="text/plain")
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


def opening(given, sharing=SHARED, **stated):
    shelf = Shelf(given)
    directory = SourceDirectory((known_source("hospital", documents_for=lambda _: shelf),))
    attached = {"contentType": "text/plain", "url": "Binary/1", **stated}
    another = {"contentType": "text/plain", "url": "Binary/2", "size": 99}
    held = [{"attachment": attached}, {"attachment": another}]
    content = resource("DocumentReference", "d", content=held)
    view = joined(answer(content), directory=directory, levels=MAY_OPEN, sharing=sharing)
    [item] = [each for each in view.items if each.attachments]
    documents = Documents(directory, lambda: UUID(int=7))
    return shelf, view, item, documents


def fetch(given, **stated):
    _shelf, view, item, documents = opening(given, **stated)
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
        DocumentAnswer(Outcome.DATA, content=b"?", content_type=""),
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


NHS = "https://fhir.nhs.uk/Id/nhs-number"


def numbered(number, **more):
    return Reference(identifier=Identifier(system=NHS, value=number), **more)


@pytest.mark.parametrize(
    "whose",
    [
        Reference("Patient/p1"),
        Reference("DocumentReference/d"),
        numbered(NUMBER.digits),
        numbered(NUMBER.digits, reference="Patient/p1"),
        Reference(f"Patient?identifier={NHS}|{NUMBER.digits}"),
        None,
    ],
)
def test_a_document_that_says_that_it_is_of_this_person_or_item_is_given(whose):
    given = DocumentAnswer(Outcome.DATA, Reason.NONE, b"Dear", "text/plain", whose)

    assert fetch(given).content == b"Dear"


FOREIGN = (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT)
UNPROVEN = (Outcome.MALFORMED, Reason.UNPROVEN)


@pytest.mark.parametrize(
    ("whose", "ending"),
    [
        (Reference("Patient/other"), FOREIGN),
        (numbered(OTHER_NUMBER.digits), FOREIGN),
        (numbered(OTHER_NUMBER.digits, reference="Patient/p1"), FOREIGN),
        (Reference(f"Patient?identifier={NHS}|{OTHER_NUMBER.digits}"), FOREIGN),
        (Reference("https://elsewhere.example/Patient/p1"), UNPROVEN),
        (Reference("Encounter/x"), UNPROVEN),
        (Reference(""), UNPROVEN),
        (Reference(), UNPROVEN),
        (Reference(display="Somebody"), UNPROVEN),
        (Reference("Patient?identifier=urn:x|1"), UNPROVEN),
        (numbered("123", reference="Patient/p1"), UNPROVEN),
        (numbered(None), UNPROVEN),
        (Reference(identifier=Identifier(system="urn:x", value=NUMBER.digits)), UNPROVEN),
    ],
)
def test_a_document_that_is_not_proven_to_be_theirs_is_not_there(whose, ending):
    given = DocumentAnswer(Outcome.DATA, Reason.NONE, b"Dear", "text/plain", whose)

    with pytest.raises(MisfiledDocumentError) as caught:
        fetch(given)
    assert isinstance(caught.value, NotFoundError)
    assert caught.value.end == SourceEnd("hospital", *ending)


SHA_1 = base64.b64encode(hashlib.sha1(b"Dear").digest()).decode()


@pytest.mark.parametrize(
    "stated",
    [{"size": 4}, {"hash": SHA_1}, {"size": 4, "hash": SHA_1}, {"title": "size"}],
)
def test_a_document_that_is_what_its_item_says_is_whole(stated):
    assert fetch(LETTER, **stated).content == b"Dear"


@pytest.mark.parametrize(
    "stated",
    [{"size": 5}, {"size": "4"}, {"size": None}, {"size": [4]}, {"hash": SHA_1[:-1]}, {"hash": 1}],
)
def test_a_document_that_is_not_what_its_item_says_is_not_whole(stated):
    with pytest.raises(UnavailableError):
        fetch(LETTER, **stated)


def test_an_empty_document_is_not_whole():
    with pytest.raises(UnavailableError):
        fetch(DocumentAnswer(Outcome.DATA, content=b"", content_type="text/plain"))


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


@pytest.mark.parametrize(
    ("content_type", "is_picture"),
    [("image/png", True), ("application/octet-stream", True), ("application/pdf", False)],
)
def test_an_image_is_opened_only_by_an_agreement_on_images(content_type, is_picture):
    given = DocumentAnswer(Outcome.DATA, content=b"x", content_type=content_type)
    shown = {"contentType": content_type}

    assert fetch(given, **shown).content == b"x"
    if is_picture:
        with pytest.raises(NotFoundError):
            fetch(given, sharing=WITHOUT_IMAGES, **shown)
    else:
        assert fetch(given, sharing=WITHOUT_IMAGES, **shown).content == b"x"


def test_a_source_that_no_agreement_binds_any_more_gives_no_image():
    given = DocumentAnswer(Outcome.DATA, content=b"x", content_type="image/png")
    _shelf, view, item, documents = opening(given, contentType="image/png")
    unbound = replace(view, permit=replace(view.permit, sharing=Sharing()))

    with pytest.raises(NotFoundError):
        asyncio.run(documents.fetch(unbound, item.attachments[0].id))
