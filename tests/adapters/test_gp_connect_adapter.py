"""The GP adapter over real HTTP on loopback: what it sends, and how every kind of answer ends."""

import json
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest

from adapters.contract import Notice, NoticeKind, Outcome, Reason, ServedKind, SourceRequest
from adapters.gp_connect import GpDirectory
from adapters.gp_headers import GpEndpoint
from adapters.source_clients import open_source_client
from adapters.source_config import AuthKind, SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER, CONSUMER, outcome
from tests.adapters.stu3_records import GPC, PATIENT, bundle, record_list
from tests.adapters.stub_source import PATIENT_SECONDS, answer, hangs, stub_source

PROBLEMS = record_list("717711000000103")
PROBLEM = {"resourceType": "Condition", "id": "1", "subject": {"reference": "Patient/2"}}
ASKED = frozenset({Category.PROBLEMS, Category.DEMOGRAPHICS})
REQUEST = SourceRequest(NhsNumber("9990000018"), CALLER, ASKED - {Category.RESULTS}, UUID(int=99))


@asynccontextmanager
async def practice(behave, surroundings, deadline=PATIENT_SECONDS):
    async with stub_source(behave) as stub:
        base = stub.url.replace("/fhir", "/F84004/STU3/1/gpconnect/structured/fhir")

        def open_client(endpoint):
            config = SourceConfig(
                "gp", SourceDialect.GP_CONNECT, endpoint.base_url, "F84004", deadline
            )
            assert config.auth.kind is AuthKind.NONE
            return open_source_client(config, surroundings)

        endpoints = {"F84004": GpEndpoint(base, "918999198993")}
        directory = GpDirectory("gp", endpoints, CONSUMER, open_client, surroundings.now)
        try:
            yield directory, stub
        finally:
            await directory.aclose()


async def ask(behave, surroundings, request=REQUEST, deadline=PATIENT_SECONDS):
    async with practice(behave, surroundings, deadline) as (directory, _):
        return await directory.adapter_for("F84004").ask(request)


async def test_a_practice_is_asked_once_by_post_and_never_by_a_number_in_the_address(surroundings):
    behave = answer(bundle(PATIENT, PROBLEMS, PROBLEM))

    async with practice(behave, surroundings) as (directory, stub):
        await directory.adapter_for("F84004").ask(REQUEST)

    [sent] = stub.asked
    assert sent.method == "POST"
    assert sent.target.endswith(
        "/F84004/STU3/1/gpconnect/structured/fhir/Patient/$gpc.getstructuredrecord"
    )
    assert sent.headers["ssp-to"] == "918999198993"
    assert sent.headers["authorization"].endswith(".")
    assert [one["name"] for one in json.loads(sent.body)["parameter"]] == [
        "patientNHSNumber",
        "includeProblems",
    ]


async def test_every_request_has_its_own_spine_trace_id(surroundings):
    async with practice(answer(bundle(PATIENT, PROBLEMS)), surroundings) as (directory, stub):
        await directory.adapter_for("F84004").ask(REQUEST)
        await directory.adapter_for("F84004").ask(REQUEST)

    first, second = (one.headers["ssp-traceid"] for one in stub.asked)
    assert first != second


async def test_a_record_is_given_in_r4_with_its_originals(surroundings):
    given = await ask(answer(bundle(PATIENT, PROBLEMS, PROBLEM)), surroundings)

    assert (given.outcome, given.reason) == (Outcome.DATA, Reason.NONE)
    assert given.kind is ServedKind.MAPPED
    [body] = given.bodies
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(body)["entry"]]
    assert kinds == ["Patient", "List", "Condition"]
    assert json.loads(given.originals[("Condition", "1")]) == PROBLEM


@pytest.mark.parametrize("media_type", ["application/fhir+json", "application/json+fhir"])
async def test_both_media_types_are_taken(media_type, surroundings):
    behave = answer(bundle(PATIENT, PROBLEMS, PROBLEM), content_type=f"{media_type};charset=utf-8")

    assert (await ask(behave, surroundings)).outcome is Outcome.DATA


def warned(code):
    return record_list(
        "717711000000103", extension=[{"url": f"{GPC}ListWarningCode-1", "valueCode": code}]
    )


SWITCHED_OFF = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "warning",
            "details": {"coding": [{"code": "NOT_IMPLEMENTED"}]},
            "diagnostics": "includeProblems",
        }
    ],
}


@pytest.mark.parametrize(
    ("resources", "ending"),
    [
        ([PATIENT, PROBLEMS], (Outcome.EMPTY, Reason.NONE)),
        ([PATIENT, warned("confidential-items")], (Outcome.WITHHELD, Reason.NONE)),
        ([PATIENT, warned("data-in-transit")], (Outcome.DATA, Reason.NONE)),
        ([PATIENT, SWITCHED_OFF], (Outcome.WITHHELD, Reason.AREA_SWITCHED_OFF)),
        ([PATIENT], (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        ([PROBLEMS, PROBLEM], (Outcome.MALFORMED, Reason.UNPROVEN)),
        ([PATIENT, PROBLEMS, {"resourceType": "New"}], (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        ([], (Outcome.MALFORMED, Reason.UNPROVEN)),
    ],
)
async def test_a_record_without_items_is_empty_only_if_nothing_speaks_against_it(
    resources, ending, surroundings
):
    given = await ask(answer(bundle(*resources)), surroundings)

    assert (given.outcome, given.reason) == ending
    # The Patient is needed to prove whose empty record it is.
    assert len(given.bodies) == 1


async def test_a_patient_is_data_when_nothing_else_was_asked_for(surroundings):
    request = replace(REQUEST, categories=frozenset({Category.DEMOGRAPHICS}))

    assert (await ask(answer(bundle(PATIENT)), surroundings, request)).outcome is Outcome.DATA


async def test_an_area_that_was_asked_for_and_has_no_list_is_named(surroundings):
    request = replace(REQUEST, categories=frozenset({Category.PROBLEMS, Category.ALLERGIES}))

    given = await ask(answer(bundle(PATIENT, PROBLEMS, PROBLEM)), surroundings, request)

    assert given.outcome is Outcome.DATA
    assert given.notices == (Notice(NoticeKind.UNREADABLE_PART, Category.ALLERGIES),)


@pytest.mark.parametrize(
    ("behave", "ending"),
    [
        (answer(outcome("NO_PATIENT_CONSENT"), 403), (Outcome.WITHHELD, Reason.NO_CONSENT)),
        (answer(outcome("PATIENT_NOT_FOUND"), 404), (Outcome.REFUSED, Reason.NOT_FOUND)),
        (answer(outcome("PATIENT_NOT_FOUND")), (Outcome.REFUSED, Reason.NOT_FOUND)),
        (answer(outcome("UNHEARD_OF")), (Outcome.MALFORMED, Reason.NOT_A_BUNDLE)),
        (answer(b"<html>Sign in", content_type="text/html"), (Outcome.FAILED, Reason.CONTENT_TYPE)),
        (answer(b"<html>Sign in"), (Outcome.MALFORMED, Reason.UNREADABLE)),
        (answer(b'{"resourceType":"Bundle","entry":['), (Outcome.MALFORMED, Reason.UNREADABLE)),
        (answer(PATIENT), (Outcome.MALFORMED, Reason.NOT_A_BUNDLE)),
        (answer(b"", 204), (Outcome.FAILED, Reason.HTTP_STATUS)),
        (answer(b"", 302, location="https://elsewhere.example"), (Outcome.FAILED, Reason.REDIRECT)),
        (answer(outcome("INTERNAL_SERVER_ERROR"), 500), (Outcome.FAILED, Reason.HTTP_STATUS)),
    ],
)
async def test_what_is_no_record_is_never_empty(behave, ending, surroundings):
    given = await ask(behave, surroundings)

    assert (given.outcome, given.reason) == ending
    assert given.bodies == ()


async def test_a_practice_that_hangs_times_out(surroundings):
    given = await ask(hangs, surroundings, deadline=0.1)

    assert (given.outcome, given.reason) == (Outcome.TIMED_OUT, Reason.DEADLINE)


@pytest.mark.parametrize("registered_with", [None, "A12345"])
async def test_without_a_known_practice_nobody_is_asked(registered_with, surroundings):
    async with practice(answer(bundle(PATIENT)), surroundings) as (directory, stub):
        adapter = directory.adapter_for(registered_with)
        given = await adapter.ask(REQUEST)
        adapter.report_wrong_patient()

    assert (given.source_id, given.outcome) == ("gp", Outcome.NOT_ASKED)
    assert stub.asked == []


async def test_a_user_whose_organisation_has_no_asid_does_not_ask(surroundings):
    request = replace(REQUEST, caller=replace(CALLER, organisation="ZZZ"))

    async with practice(answer(bundle(PATIENT)), surroundings) as (directory, stub):
        given = await directory.adapter_for("F84004").ask(request)

    assert (given.outcome, given.reason) == (Outcome.NOT_ASKED, Reason.UNAUTHORISED)
    assert stub.asked == []


async def test_answers_about_somebody_else_open_the_practices_breaker(surroundings):
    async with practice(answer(bundle(PATIENT, PROBLEMS)), surroundings) as (directory, _):
        for _ in range(5):
            directory.adapter_for("F84004").report_wrong_patient()
        given = await directory.adapter_for("F84004").ask(REQUEST)

    assert (given.outcome, given.reason) == (Outcome.FAILED, Reason.BREAKER_OPEN)
