"""A person is read from PDS whole or not at all, and a replaced number is followed with care."""

import json

import pytest

from adapters.contract import AddressUse, Reason, TraceOutcome
from adapters.demographics import PdsAdapter
from fhir_profiles.nhs_number import NhsNumber
from tests.adapters.demographics.pds_answers import (
    FIVE,
    FOUR,
    ODS,
    ONE,
    SYSTEM,
    THREE,
    TWO,
    patient,
    refusal,
)
from tests.adapters.stub_source import (
    PATIENT_SECONDS,
    answer,
    client_for,
    deadline_for,
    hangs,
    routes,
    stub_source,
)


def at(number):
    return f"/fhir/Patient/{number.digits}"


async def read(table, surroundings, number=ONE, deadline=PATIENT_SECONDS):
    table = {at(key) if isinstance(key, NhsNumber) else key: value for key, value in table.items()}
    async with (
        stub_source(routes(table)) as stub,
        client_for(stub.url, surroundings, deadline) as client,
    ):
        adapter = PdsAdapter(client)
        trace = await adapter.read(number)
        await adapter.aclose()
    return trace, stub


async def test_a_person_is_read_with_the_current_name_and_home(surroundings):
    trace, stub = await read({ONE: patient()}, surroundings)

    assert trace.outcome is TraceOutcome.FOUND
    [person] = trace.people
    assert (person.nhs_number, person.superseded) == (ONE, ())
    assert (person.family_name, person.given_names, person.prefix) == ("Shah", ("Asha", "R"), "Dr")
    assert (person.gender, person.born_on, person.died_at) == ("female", "1980-02-29", None)
    assert (person.address_lines, person.postcode) == (("1 High Street", "London"), "E1 6AN")
    assert (person.practice, person.address_use) == ("F84004", AddressUse.UNRESTRICTED)
    assert json.loads(person.body) == patient()
    assert len(stub.asked[0].headers["x-request-id"]) == 36


async def test_a_person_with_hardly_anything_recorded_is_read(surroundings):
    bare = {key: patient()[key] for key in ("resourceType", "id", "meta", "identifier")}
    trace, _ = await read({ONE: bare}, surroundings)

    [person] = trace.people
    assert (person.family_name, person.born_on, person.practice) == ("", None, None)


@pytest.mark.parametrize(
    "security",
    [
        [],
        [{"code": "R"}],
        [{"code": "V"}],
        [{"code": "REDACTED"}],
        [{"code": "U"}, {"code": "R"}],
        [{"code": "new"}],
    ],
)
async def test_whereabouts_are_restricted_unless_pds_says_that_they_are_not(surroundings, security):
    trace, _ = await read({ONE: patient(meta={"security": security})}, surroundings)

    assert trace.people[0].address_use is AddressUse.RESTRICTED


async def test_a_death_is_told_as_pds_tells_it(surroundings):
    trace, _ = await read(
        {ONE: patient(deceasedDateTime="2025-01-02T03:04:05+00:00")}, surroundings
    )

    assert trace.people[0].died_at == "2025-01-02T03:04:05+00:00"


@pytest.mark.parametrize("code", ["RESOURCE_NOT_FOUND", "INVALIDATED_RESOURCE"])
async def test_a_number_that_is_nobodys_is_not_found(surroundings, code):
    trace, _ = await read({ONE: refusal(code, 404)}, surroundings)

    assert (trace.outcome, trace.people) == (TraceOutcome.NOT_FOUND, ())


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (answer(b"<html>", 404, "text/html"), Reason.NOT_FOUND),
        (answer(patient(), 404), Reason.NOT_FOUND),
        (refusal("INVALID_RESOURCE_ID", 400), Reason.HTTP_STATUS),
        (refusal("ACCESS_DENIED", 401), Reason.UNAUTHORISED),
        (refusal("ACCESS_DENIED", 403), Reason.UNAUTHORISED),
        (answer(b"", 408), Reason.HTTP_STATUS),
        (answer(b"", 429), Reason.HTTP_STATUS),
        (answer(b"", 500), Reason.HTTP_STATUS),
        (answer(b"", 302, location="http://127.0.0.1:1/"), Reason.REDIRECT),
        (answer(b"<html>", content_type="text/html"), Reason.CONTENT_TYPE),
        (answer(b"{"), Reason.UNREADABLE),
        (answer(b"[" * 100_000), Reason.UNREADABLE),
        (refusal("ANYTHING", 200), Reason.UNREADABLE),
        (hangs, Reason.DEADLINE),
    ],
    ids=[
        "404 page",
        "404 patient",
        "400",
        "401",
        "403",
        "408",
        "429",
        "500",
        "302",
        "sign-in page",
        "cut",
        "deep",
        "refusal",
        "hangs",
    ],
)
async def test_a_failure_is_unavailable_and_never_not_found(surroundings, behave, reason):
    trace, _ = await read({ONE: behave}, surroundings, deadline=deadline_for(behave))

    assert (trace.outcome, trace.reason, trace.people) == (TraceOutcome.UNAVAILABLE, reason, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "9990000019"},
        {"id": 9990000018},
        {"resourceType": "Person"},
        {"identifier": []},
        {"identifier": [{"system": "https://other", "value": ONE.digits}]},
        {"identifier": [{"system": SYSTEM, "value": TWO.digits}]},
        {"identifier": [{"system": SYSTEM, "value": one.digits} for one in (ONE, TWO)]},
        {"meta": None},
        {"gender": "F"},
        {"birthDate": "29/02/1980"},
        {"deceasedDateTime": "yesterday"},
        {"name": [{"family": ["Shah"]}]},
        {"generalPractitioner": [{"identifier": {"system": ODS, "value": "f84 004"}}]},
        {"generalPractitioner": [{"identifier": {"system": ODS, "value": "F84004"}}] * 2},
    ],
)
async def test_a_person_is_never_trusted_in_part(surroundings, changes):
    trace, _ = await read({ONE: patient(**changes)}, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.UNREADABLE)


async def test_a_superseded_number_leads_to_its_replacement(surroundings):
    table = {ONE: patient(TWO), TWO: patient(THREE), THREE: patient(THREE)}
    trace, _ = await read(table, surroundings)

    [person] = trace.people
    assert (person.nhs_number, person.superseded) == (THREE, (ONE, TWO))


async def test_a_number_replaced_more_than_three_times_is_a_fault(surroundings):
    chain = {ONE: patient(TWO), TWO: patient(THREE), THREE: patient(FOUR), FOUR: patient(FIVE)}
    trace, stub = await read(chain, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.PAGING_LOOP)
    assert len(stub.asked) == 4


async def test_numbers_that_replace_each_other_are_a_fault(surroundings):
    trace, _ = await read({ONE: patient(TWO), TWO: patient(ONE)}, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.PAGING_LOOP)


async def test_a_replacement_that_is_nobodys_is_a_fault_and_not_an_absence(surroundings):
    table = {ONE: patient(TWO), TWO: refusal("RESOURCE_NOT_FOUND", 404)}
    trace, _ = await read(table, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.NOT_FOUND)


async def test_a_replacement_that_cannot_be_read_is_unavailable(surroundings):
    trace, _ = await read({ONE: patient(TWO), TWO: answer(b"", 500)}, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.HTTP_STATUS)


async def test_so_07_somebody_elses_answer_is_not_taken_for_a_replacement(surroundings):
    answers = [patient(TWO), patient(ONE)]

    async def swapped_once(asked, writer):
        await answer(answers.pop(0))(asked, writer)

    trace, _ = await read({ONE: swapped_once, TWO: patient(TWO)}, surroundings)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.FOREIGN_SUBJECT)


async def test_a_replacement_that_pds_does_not_repeat_is_not_believed(surroundings):
    answers = [answer(patient(TWO)), answer(b"", 500)]

    async def broken_later(asked, writer):
        await answers.pop(0)(asked, writer)

    trace, _ = await read({ONE: broken_later, TWO: patient(TWO)}, surroundings)

    assert trace.outcome is TraceOutcome.UNAVAILABLE
