"""A practice's documents: how they are asked for, and what becomes of each kind of answer."""

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from adapters.contract import Notice, NoticeKind, Outcome, Reason, SourceRequest
from adapters.document_contract import DocumentRequest
from adapters.gp_connect import GpDirectory
from adapters.gp_documents import MANDATORY
from adapters.gp_headers import FIND_DOCUMENTS, FIND_PATIENT, READ_DOCUMENT, GpEndpoint
from adapters.source_client import SourceClient
from adapters.source_clients import open_source_client
from adapters.source_config import SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER, CONSUMER, outcome
from tests.adapters.stu3_records import bundle, record_list
from tests.adapters.stub_source import answer, deadline_for, hangs, routes, stub_source

RECORD = "/F84004/STU3/1/gpconnect/structured/fhir"
DOCUMENTS = "/F84004/STU3/1/gpconnect/documents/fhir"
OPERATION = f"{RECORD}/Patient/$gpc.getstructuredrecord"
FIND = f"{DOCUMENTS}/Patient"
LIST = f"{DOCUMENTS}/Patient/2/DocumentReference"
PERSON = {
    "resourceType": "Patient",
    "id": "2",
    "identifier": [{"system": NHS_NUMBER, "value": "9990000018"}],
}
LETTER = {
    "resourceType": "DocumentReference",
    "id": "7",
    "subject": {"reference": "Patient/2"},
    "content": [{"attachment": {"url": "Binary/7"}}],
}


def found(*resources, **head):
    return bundle(*resources, **{"type": "searchset", **head})


EMPTY = record_list("717711000000103")
MISSING = tuple(
    Notice(NoticeKind.UNREADABLE_PART, each)
    for each in (Category.DOCUMENTS, Category.END_OF_LIFE, Category.SOCIAL_CARE)
)
REQUEST = SourceRequest(
    NhsNumber("9990000018"),
    CALLER,
    frozenset({Category.PROBLEMS, Category.DOCUMENTS}),
    UUID(int=99),
)


def usual(**changed):
    table = {
        OPERATION: bundle(PERSON, EMPTY),
        FIND: found(PERSON),
        LIST: found(PERSON, LETTER),
    }
    return routes({**table, **changed})


@asynccontextmanager
async def practice(behave, surroundings, deadline=30.0, *, has_documents=True):
    async with stub_source(behave) as stub:
        host = stub.url.removesuffix("/fhir")

        def open_client(endpoint) -> SourceClient:
            config = SourceConfig(
                "gp", SourceDialect.GP_CONNECT, endpoint.base_url, "F84004", deadline
            )
            return open_source_client(config, surroundings)

        documents = host + DOCUMENTS if has_documents else None
        endpoints = {"F84004": GpEndpoint(host + RECORD, "918999198993", documents)}
        directory = GpDirectory("gp", endpoints, CONSUMER, open_client, surroundings.now)
        try:
            yield directory, stub
        finally:
            await directory.aclose()


async def ask(behave, surroundings, request=REQUEST, **other):
    async with practice(behave, surroundings, **other) as (directory, stub):
        return await directory.adapter_for("F84004").ask(request), stub


def types_in(given):
    return [
        entry["resource"]["resourceType"]
        for body in given.bodies
        for entry in json.loads(body)["entry"]
    ]


async def test_documents_are_found_and_listed_beside_the_record(surroundings):
    given, stub = await ask(usual(), surroundings)

    assert (given.outcome, given.notices) == (Outcome.DATA, ())
    assert types_in(given) == ["Patient", "List", "DocumentReference"]
    assert ("DocumentReference", "7") in given.originals
    assert sorted(stub.paths) == [FIND, LIST, OPERATION]


async def test_each_search_says_what_it_is_and_who_asks(surroundings):
    _, stub = await ask(usual(), surroundings)

    sent = {one.path: one for one in stub.asked}
    searched, listed = sent[FIND], sent[LIST]
    assert searched.headers["ssp-interactionid"] == FIND_PATIENT.id
    assert listed.headers["ssp-interactionid"] == FIND_DOCUMENTS.id
    assert searched.headers["ssp-traceid"] != listed.headers["ssp-traceid"]
    assert searched.query == {"identifier": [f"{NHS_NUMBER}|9990000018"]}
    assert tuple(parse_qsl(urlsplit(listed.target).query)) == MANDATORY


async def test_a_token_is_made_out_to_the_documents_interface(surroundings):
    _, stub = await ask(usual(), surroundings)

    [searched] = [one for one in stub.asked if one.path == FIND]
    claims = searched.headers["authorization"].split(".")[1]
    decoded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert decoded["aud"].endswith(DOCUMENTS)


@pytest.mark.parametrize(
    ("request_", "has_documents"),
    [
        (replace(REQUEST, categories=frozenset({Category.PROBLEMS})), True),
        (REQUEST, False),
    ],
)
async def test_documents_are_not_asked_for_where_no_rule_could_show_them_or_there_are_none(
    surroundings, request_, has_documents
):
    given, stub = await ask(usual(), surroundings, request_, has_documents=has_documents)

    assert stub.paths == [OPERATION]
    assert given.notices == ()


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({FIND: found()}, NoticeKind.UNREADABLE_PART),
        ({FIND: found(PERSON, {**PERSON, "id": "3"})}, NoticeKind.UNREADABLE_PART),
        ({FIND: found({**PERSON, "id": "../1"})}, NoticeKind.UNREADABLE_PART),
        ({FIND: answer(b"{", 200)}, NoticeKind.UNREADABLE_PART),
        ({FIND: answer(b"<p>", 200, "text/html")}, NoticeKind.UNREADABLE_PART),
        ({FIND: outcome("INTERNAL_SERVER_ERROR")}, NoticeKind.UNREADABLE_PART),
        ({LIST: answer(outcome("PATIENT_NOT_FOUND"), 404)}, NoticeKind.UNREADABLE_PART),
        ({LIST: answer({"resourceType": "Bundle", "entry": {}}, 200)}, NoticeKind.UNREADABLE_PART),
        ({LIST: answer(outcome("ACCESS_DENIED"), 403)}, NoticeKind.AREA_SWITCHED_OFF),
        ({FIND: answer(outcome("NO_ORGANISATION_CONSENT"), 403)}, NoticeKind.AREA_SWITCHED_OFF),
        ({LIST: answer(outcome("NO_PATIENT_CONSENT"), 403)}, NoticeKind.CONFIDENTIAL_ITEMS),
        ({LIST: hangs}, NoticeKind.UNREADABLE_PART),
    ],
)
async def test_documents_that_do_not_come_leave_a_notice_and_the_record(
    surroundings, changed, kind
):
    # The record has to come meanwhile.
    seconds = deadline_for(*changed.values(), of_silence=2.0)
    given, _ = await ask(usual(**changed), surroundings, deadline=seconds)

    assert given.outcome is Outcome.DATA
    assert types_in(given) == ["Patient", "List"]
    assert given.notices == tuple(Notice(kind, one.category) for one in MISSING)


async def test_documents_come_although_the_record_does_not(surroundings):
    given, _ = await ask(usual(**{OPERATION: answer(b"", 500)}), surroundings)

    assert given.outcome is Outcome.FAILED
    assert types_in(given) == ["Patient", "DocumentReference"]


@pytest.mark.parametrize("code", ["NO_PATIENT_CONSENT", "PATIENT_NOT_FOUND"])
async def test_of_a_record_that_is_refused_no_documents_are_given(surroundings, code):
    given, _ = await ask(usual(**{OPERATION: answer(outcome(code), 403)}), surroundings)

    assert given.outcome in {Outcome.WITHHELD, Outcome.REFUSED}
    assert given.bodies == ()


async def test_a_record_without_items_and_without_documents_is_empty(surroundings):
    none = found(PERSON)

    given, _ = await ask(usual(**{LIST: none}), surroundings)

    assert given.outcome is Outcome.EMPTY


async def test_a_document_that_cannot_be_read_makes_the_answer_malformed(surroundings):
    odd = found(PERSON, {"resourceType": "Unheard", "id": "1"})

    given, _ = await ask(usual(**{LIST: odd}), surroundings)

    assert (given.outcome, given.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)


@pytest.mark.parametrize(
    ("copy", "is_kept"),
    [
        ({**PERSON, "telecom": [{"value": "1"}], "meta": {"versionId": "2"}}, False),
        ({**PERSON, "identifier": []}, True),
        ({**PERSON, "birthDate": "2001-01-01"}, True),
        ({**PERSON, "meta": {"security": [{"code": "R"}]}}, True),
    ],
)
async def test_a_patient_told_twice_is_kept_twice_when_the_two_differ_in_who_it_is(
    surroundings, copy, is_kept
):
    given, _ = await ask(usual(**{LIST: found(copy, LETTER)}), surroundings)

    assert types_in(given).count("Patient") == 1 + is_kept


@pytest.mark.parametrize(
    ("copy", "is_kept"),
    [
        ({**LETTER, "meta": {"versionId": "2"}, "text": {"status": "empty"}}, False),
        ({**LETTER, "securityLabel": [{"text": "R"}]}, True),
        ({**LETTER, "meta": {"security": [{"code": "R"}]}}, True),
        ({**LETTER, "meta": {"tag": [{"code": "x"}]}}, True),
        ({**LETTER, "meta": "odd"}, True),
    ],
)
async def test_a_document_told_twice_is_kept_twice_when_the_two_differ(surroundings, copy, is_kept):
    record = bundle(PERSON, EMPTY, LETTER)

    given, _ = await ask(usual(**{OPERATION: record, LIST: found(PERSON, copy)}), surroundings)

    assert types_in(given).count("DocumentReference") == 1 + is_kept


async def test_a_clinician_worded_otherwise_is_told_once(surroundings):
    one = {"resourceType": "Practitioner", "id": "9", "name": [{"family": "Jones"}]}
    record = bundle(PERSON, EMPTY, one)
    other = found(PERSON, LETTER, {**one, "telecom": [{"value": "1"}]})

    given, _ = await ask(usual(**{OPERATION: record, LIST: other}), surroundings)

    assert types_in(given).count("Practitioner") == 1
    assert "repeated" in {one.reason for one in given.listed}


def wanted(address, caller=CALLER):
    return DocumentRequest(address, caller, UUID(int=9))


BINARY = {"resourceType": "Binary", "contentType": "text/plain", "content": "RGVhcg=="}


async def test_a_document_is_fetched_with_its_own_interaction(surroundings):
    behave = usual(**{f"{DOCUMENTS}/Binary/7": BINARY})
    async with practice(behave, surroundings) as (directory, stub):
        documents = directory.documents_for("F84004")
        given = await documents.open_document(wanted("Binary/7"))
        whole = await documents.open_document(wanted(stub.url[:-5] + DOCUMENTS + "/Binary/7"))

    assert given.content == whole.content == b"Dear"
    assert {one.headers["ssp-interactionid"] for one in stub.asked} == {READ_DOCUMENT.id}


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/Binary/7", "Patient/2", "Binary/../Patient/2"]
)
async def test_no_other_address_is_fetched(surroundings, address):
    async with practice(usual(), surroundings) as (directory, stub):
        documents = directory.documents_for("F84004")
        given = await documents.open_document(wanted(address))

    assert (given.outcome, documents.holds(address), stub.paths) == (Outcome.REFUSED, False, [])


async def test_nobody_in_particular_opens_no_document_and_lists_none(surroundings):
    nobody = replace(CALLER, family_name=" ")
    async with practice(usual(), surroundings) as (directory, stub):
        given = await directory.documents_for("F84004").open_document(wanted("Binary/7", nobody))
        listed = await directory.adapter_for("F84004").ask(replace(REQUEST, caller=nobody))

    assert (given.outcome, listed.outcome) == (Outcome.NOT_ASKED, Outcome.NOT_ASKED)
    assert stub.paths == []


@pytest.mark.parametrize("code", [None, "X99999"])
async def test_a_practice_that_is_not_known_has_no_documents(surroundings, code):
    async with practice(usual(), surroundings) as (directory, _):
        assert directory.documents_for(code) is None
