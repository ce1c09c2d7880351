"""Documents: which addresses name one, and what a server's answer amounts to."""

import base64
import json
from uuid import UUID

import pytest

from adapters.binaries import document_in, path_of
from adapters.contract import Outcome, Reason
from adapters.document_contract import DocumentRequest
from adapters.fhir_documents import FhirDocuments
from adapters.transport import Fetched, Unfetched
from fhir_profiles.datatypes import Identifier, Reference
from tests.adapters.gp_practice import CALLER
from tests.adapters.stub_source import FHIR, answer, client_for, hangs, routes, stub_source

BASE = "https://a.example/fhir"
DEAR = base64.b64encode(b"Dear").decode()


@pytest.mark.parametrize(
    "address", ["Binary/1", f"{BASE}/Binary/1", f"{BASE}/Binary/a-B.9", f"Binary/{'x' * 64}"]
)
def test_an_address_below_the_sources_base_is_a_document(address):
    assert path_of(address, BASE) == "Binary/" + address.rpartition("/")[2]
    assert path_of(address, BASE + "/") == path_of(address, BASE)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "Binary/",
        "Binary/..",
        "Binary/1/_history/2",
        "Binary/1?x=1",
        "Binary/1%2e",
        "Patient/1",
        "/Binary/1",
        "//a.example/fhir/Binary/1",
        f"{BASE}x/Binary/1",
        f"{BASE}/Patient/1",
        f"{BASE}/../Binary/1",
        "https://b.example/fhir/Binary/1",
        "http://169.254.169.254/Binary/1",
        "file:///etc/passwd",
        f"Binary/{'x' * 65}",
    ],
)
def test_any_other_address_is_not(address):
    assert path_of(address, BASE) is None


def read(result, path="Binary/1"):
    return document_in(result, path, BASE)


def fetched(body, content_type=FHIR, status=200, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Fetched(status, content_type, data, headers=headers)


@pytest.mark.parametrize("element", ["data", "content"])
def test_a_binary_of_either_release_is_opened(element):
    context = {"reference": "Patient/1"}
    body = {
        "resourceType": "Binary",
        "contentType": "Text/Plain; charset=utf-8",
        "securityContext": context,
        element: DEAR[:3] + "\n" + DEAR[3:],
    }

    found = read(fetched(body))

    assert (found.outcome, found.content, found.content_type, found.whose) == (
        Outcome.DATA,
        b"Dear",
        "text/plain",
        Reference("Patient/1"),
    )
    assert "Dear" not in repr(found)


def test_a_binary_that_says_nothing_of_itself_is_bytes_of_nobody():
    found = read(fetched({"resourceType": "Binary", "data": DEAR}))

    assert (found.content_type, found.whose) == ("application/octet-stream", None)


@pytest.mark.parametrize(
    ("context", "whose"),
    [
        ({}, Reference()),
        ({"display": "Somebody"}, Reference(display="Somebody")),
        ({"identifier": {"value": "1"}}, Reference(identifier=Identifier(value="1"))),
        ({"reference": f"{BASE}/Patient/1"}, Reference("Patient/1")),
        ({"reference": f"{BASE}x/Patient/1"}, Reference(f"{BASE}x/Patient/1")),
    ],
)
def test_all_is_told_that_a_binary_says_of_whose_it_is(context, whose):
    body = {"resourceType": "Binary", "data": DEAR, "securityContext": context}

    assert read(fetched(body)).whose == whose


def test_a_server_that_gives_the_document_itself_may_say_whose_it_is():
    stated = {"x-security-context": f"{BASE}/Patient/2"}

    assert read(fetched(b"Dear", "text/plain", **stated)).whose == Reference("Patient/2")


@pytest.mark.parametrize(
    ("name", "outcome"), [("1", Outcome.DATA), ("2", Outcome.MALFORMED), ("", Outcome.MALFORMED)]
)
def test_a_binary_of_another_name_is_not_the_one_asked_for(name, outcome):
    body = {"resourceType": "Binary", "id": name, "data": DEAR}

    assert read(fetched(body)).outcome is outcome


@pytest.mark.parametrize(
    ("stated", "told"), [("image/png", "image/png"), ("", "application/octet-stream")]
)
def test_a_server_may_give_the_document_itself(stated, told):
    found = read(fetched(b"\x89PNG", stated))

    assert (found.content, found.content_type) == (b"\x89PNG", told)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"resourceType":"Binary","data":"\xff"}',
        {"resourceType": "OperationOutcome"},
        {"resourceType": "Binary"},
        {"resourceType": "Binary", "data": "***"},
        {"resourceType": "Binary", "data": "QQ"},
        {"resourceType": "Binary", "data": "é"},
        {"resourceType": "Binary", "data": 7},
        {"resourceType": "Binary", "data": ""},
        {"resourceType": "Binary", "data": DEAR, "securityContext": "Patient/1"},
    ],
)
def test_what_is_no_binary_is_no_document(body):
    assert read(fetched(body)).outcome is Outcome.MALFORMED


def test_an_empty_document_is_none():
    assert read(fetched(b"", "text/plain")).outcome is Outcome.MALFORMED


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (404, Outcome.REFUSED, Reason.NOT_FOUND),
        (410, Outcome.REFUSED, Reason.NOT_FOUND),
        (401, Outcome.REFUSED, Reason.UNAUTHORISED),
        (403, Outcome.REFUSED, Reason.UNAUTHORISED),
        (400, Outcome.FAILED, Reason.HTTP_STATUS),
        (500, Outcome.FAILED, Reason.HTTP_STATUS),
    ],
)
def test_a_refusal_is_told_from_a_fault(status, outcome, reason):
    found = read(fetched(b"", status=status))

    assert (found.outcome, found.reason, found.content) == (outcome, reason, b"")


def test_what_did_not_come_ends_as_it_did():
    found = read(Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE))

    assert (found.outcome, found.reason) == (Outcome.TIMED_OUT, Reason.DEADLINE)


def wanted(address):
    return DocumentRequest(address, CALLER, UUID(int=9))


async def test_a_server_is_asked_below_its_base_only(surroundings):
    behave = routes({"/fhir/Binary/1": {"resourceType": "Binary", "data": DEAR}})

    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        documents = FhirDocuments(client)
        found = await documents.open_document(wanted(f"{stub.url}/Binary/1"))
        foreign = await documents.open_document(wanted("http://127.0.0.1:9/fhir/Binary/1"))

    assert (found.content, foreign.outcome) == (b"Dear", Outcome.REFUSED)
    assert documents.holds("Binary/1")
    assert not documents.holds("http://127.0.0.1:9/fhir/Binary/1")
    assert stub.paths == ["/fhir/Binary/1"]


async def test_a_server_that_hangs_is_cut_off(surroundings):
    async with stub_source(hangs) as stub, client_for(stub.url, surroundings, 0.1) as client:
        found = await FhirDocuments(client).open_document(wanted("Binary/1"))

    assert found.outcome is Outcome.TIMED_OUT


async def test_a_document_that_never_ends_is_cut_at_the_cap(surroundings):
    large = answer(b"x" * (17 * 1024 * 1024), content_type="text/plain")
    async with stub_source(large) as stub, client_for(stub.url, surroundings, 5.0) as client:
        found = await FhirDocuments(client).open_document(wanted("Binary/1"))

    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.TOO_LARGE)
