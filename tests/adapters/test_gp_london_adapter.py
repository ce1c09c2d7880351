"""The London adapter over real HTTP on loopback: what it sends, and how every kind of answer ends."""

import json
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from adapters.contract import Outcome, Reason, ServedKind, SourceRequest
from adapters.gp_london import GpLondonAdapter
from adapters.source_clients import open_source_client
from adapters.source_config import Auth, AuthKind, SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER
from tests.adapters.stu3_records import GPC, PATIENT, bundle, record_list
from tests.adapters.stub_source import PATIENT_SECONDS, answer, deadline_for, hangs, stub_source

NUMBER = NhsNumber("9990000018")
WHOLE = SourceRequest(NUMBER, CALLER, frozenset(Category), UUID(int=99))
ONLY_WHO = SourceRequest(NUMBER, CALLER, frozenset({Category.DEMOGRAPHICS}), UUID(int=99))
PROBLEMS = record_list("717711000000103")
PROBLEM = {"resourceType": "Condition", "id": "1", "subject": {"reference": "Patient/2"}}
HELD_BACK = record_list(
    "717711000000103",
    extension=[{"url": f"{GPC}ListWarningCode-1", "valueCode": "confidential-items"}],
)
BEARER = Auth(AuthKind.BEARER, secret="issued-by-the-tenant")


@asynccontextmanager
async def service(behave, surroundings, deadline=PATIENT_SECONDS):
    async with stub_source(behave) as stub:
        base = stub.url.replace("/fhir", "/api/STU3")
        config = SourceConfig("gp", SourceDialect.GP_LONDON, base, "", deadline, auth=BEARER)
        client = open_source_client(config, surroundings)
        try:
            yield GpLondonAdapter(client), stub
        finally:
            await client.aclose()


async def ask(behave, surroundings, request=WHOLE, deadline=PATIENT_SECONDS):
    async with service(behave, surroundings, deadline) as (adapter, _):
        return await adapter.ask(request)


async def sent_for(request, surroundings):
    async with service(answer(bundle(PATIENT, PROBLEMS)), surroundings) as (adapter, stub):
        await adapter.ask(request)
    [sent] = stub.asked
    return sent


async def test_the_service_is_asked_once_by_post_in_its_own_words(surroundings):
    sent = await sent_for(WHOLE, surroundings)

    assert (sent.method, sent.target) == ("POST", "/api/STU3/Patient/$getstructuredrecord")
    assert sent.headers["authorization"] == "Bearer issued-by-the-tenant"
    assert not [name for name in sent.headers if name.startswith("ssp-")]
    identifier = {"system": NHS_NUMBER, "value": NUMBER.digits}
    assert json.loads(sent.body)["parameter"] == [
        {"name": "patientNHSNumber", "valueIdentifier": identifier}
    ]


async def test_a_role_that_sees_demographics_alone_asks_for_no_more(surroundings):
    sent = await sent_for(ONLY_WHO, surroundings)

    assert json.loads(sent.body)["parameter"][1:] == [
        {
            "name": "demographicsOnly",
            "part": [{"name": "includeDemographicsOnly", "valueBoolean": True}],
        }
    ]


async def test_a_record_is_given_in_r4_with_its_originals(surroundings):
    given = await ask(answer(bundle(PATIENT, PROBLEMS, PROBLEM)), surroundings)

    assert (given.outcome, given.reason) == (Outcome.DATA, Reason.NONE)
    assert given.kind is ServedKind.MAPPED
    [body] = given.bodies
    kinds = [entry["resource"]["resourceType"] for entry in json.loads(body)["entry"]]
    assert kinds == ["Patient", "List", "Condition"]
    assert json.loads(given.originals[("Condition", "1")]) == PROBLEM


async def test_the_nhs_number_is_given_under_the_one_system_that_is_written(surroundings):
    theirs = {"system": "https://fhir.hl7.org.uk/Id/nhs-number", "value": NUMBER.digits}
    behave = answer(bundle({**PATIENT, "identifier": [theirs]}, PROBLEMS))

    [body] = (await ask(behave, surroundings)).bodies

    [patient, _list] = json.loads(body)["entry"]
    assert patient["resource"]["identifier"] == [{**theirs, "system": NHS_NUMBER}]


async def test_local_keys_are_kept(surroundings):
    key = {"system": "https://fhir.hl7.org.uk/Id/dds", "value": "41"}
    behave = answer(bundle(PATIENT, PROBLEMS, {**PROBLEM, "identifier": [key]}))

    [body] = (await ask(behave, surroundings)).bodies

    assert json.loads(body)["entry"][2]["resource"]["identifier"] == [key]


@pytest.mark.parametrize(
    ("resources", "ending"),
    [
        ([PATIENT, PROBLEMS], (Outcome.EMPTY, Reason.NONE)),
        ([PATIENT, HELD_BACK], (Outcome.WITHHELD, Reason.NONE)),
        ([PATIENT, PROBLEM], (Outcome.DATA, Reason.NONE)),
        ([PATIENT], (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        ([PROBLEMS, PROBLEM], (Outcome.MALFORMED, Reason.UNPROVEN)),
        ([PATIENT, PROBLEMS, {"resourceType": "New"}], (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        ([], (Outcome.MALFORMED, Reason.UNPROVEN)),
    ],
)
async def test_a_record_is_empty_only_if_its_lists_say_so(resources, ending, surroundings):
    given = await ask(answer(bundle(*resources)), surroundings)

    assert (given.outcome, given.reason) == ending


async def test_demographics_alone_are_data_when_nothing_else_was_asked(surroundings):
    given = await ask(answer(bundle(PATIENT)), surroundings, ONLY_WHO)

    assert given.outcome is Outcome.DATA


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (401, (Outcome.REFUSED, Reason.UNAUTHORISED)),
        (403, (Outcome.REFUSED, Reason.UNAUTHORISED)),
        (404, (Outcome.REFUSED, Reason.NOT_FOUND)),
        (500, (Outcome.FAILED, Reason.HTTP_STATUS)),
        (400, (Outcome.FAILED, Reason.HTTP_STATUS)),
        (204, (Outcome.FAILED, Reason.HTTP_STATUS)),
    ],
)
async def test_an_answer_that_is_no_record_is_never_empty(status, ending, surroundings):
    given = await ask(answer(b"", status=status), surroundings)

    assert (given.outcome, given.reason) == ending
    assert (given.bodies, given.http_status) == ((), status)


@pytest.mark.parametrize("media_type", ["application/fhir+json", "application/json"])
async def test_json_of_either_name_is_taken(media_type, surroundings):
    behave = answer(bundle(PATIENT, PROBLEMS, PROBLEM), content_type=media_type)

    assert (await ask(behave, surroundings)).outcome is Outcome.DATA


@pytest.mark.parametrize(
    ("behave", "ending"),
    [
        (answer(b"<html>", content_type="text/html"), (Outcome.FAILED, Reason.CONTENT_TYPE)),
        (answer(b"{"), (Outcome.MALFORMED, Reason.UNREADABLE)),
        (answer({"resourceType": "OperationOutcome"}), (Outcome.MALFORMED, Reason.NOT_A_BUNDLE)),
        (hangs, (Outcome.TIMED_OUT, Reason.DEADLINE)),
    ],
)
async def test_what_is_no_bundle_in_time_is_told_apart(behave, ending, surroundings):
    given = await ask(behave, surroundings, deadline=deadline_for(behave))

    assert (given.outcome, given.reason) == ending
    assert given.bodies == ()


async def test_answers_about_somebody_else_count_against_the_service(surroundings):
    async with service(answer(bundle(PATIENT, PROBLEMS)), surroundings) as (adapter, stub):
        for _ in range(5):
            adapter.report_wrong_patient()
        given = await adapter.ask(WHOLE)

    assert (given.outcome, given.reason) == (Outcome.FAILED, Reason.BREAKER_OPEN)
    assert stub.asked == []
