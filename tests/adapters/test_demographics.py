import json

import pytest

from adapters.contract import AddressUse, FindRequest, Reason, TraceOutcome
from adapters.demographics import PdsAdapter
from fhir_profiles.nhs_number import NhsNumber
from tests.adapters.stub_source import answer, client_for, hangs, routes, stub_source

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
ONE, TWO, THREE, FOUR, FIVE = (
    NhsNumber(f"99900000{end}") for end in ("18", "26", "34", "42", "69")
)


def patient(number=ONE, **changes):
    return {
        "resourceType": "Patient",
        "id": number.digits,
        "meta": {"security": [{"code": "U"}]},
        "identifier": [{"system": SYSTEM, "value": number.digits}],
        "name": [
            {"use": "maiden", "family": "Former"},
            {"use": "usual", "family": "Shah", "given": ["Asha", "R"], "prefix": ["Dr"]},
        ],
        "gender": "female",
        "birthDate": "1980-02-29",
        "generalPractitioner": [{"identifier": {"system": ODS, "value": "F84004"}}],
        "address": [
            {"use": "temp", "line": ["Ward 1"], "postalCode": "N1 1AA"},
            {"use": "home", "line": ["1 High Street", "London"], "postalCode": "E1 6AN"},
        ],
        **changes,
    }


def refusal(code, status):
    issue = {"code": "x", "details": {"coding": [{"code": code}]}}
    return answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)


def at(number):
    return f"/fhir/Patient/{number.digits}"


async def read(table, surroundings, number=ONE, deadline=2.0):
    table = {at(key) if isinstance(key, NhsNumber) else key: value for key, value in table.items()}
    async with (
        stub_source(routes(table)) as stub,
        client_for(stub.url, surroundings, deadline) as client,
    ):
        adapter = PdsAdapter(client)
        trace = await adapter.read(number)
        await adapter.aclose()
    return trace, stub


async def find(behave, surroundings, request=FindRequest("Shah", "1980-02-29"), deadline=2.0):  # noqa: B008
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, surroundings, deadline) as client,
    ):
        return await PdsAdapter(client).find(request), stub


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
    trace, _ = await read({ONE: behave}, surroundings, deadline=0.2)

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


def found(*scored, **changes):
    entries = [{"resource": one, "search": {"score": score}} for one, score in scored]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "entry": entries,
        **changes,
    }


async def test_a_search_sends_what_is_known_and_nothing_else(surroundings):
    full = FindRequest("O'Shea*", "1980-02-29", "Asha", "female", "E1 6AN")
    _, bare = await find(answer(found()), surroundings)
    _, stub = await find(answer(found()), surroundings, full)

    assert bare.asked[0].query == {
        "family": ["Shah"],
        "birthdate": ["eq1980-02-29"],
        "_max-results": ["20"],
    }
    query = stub.asked[0].query
    assert (query["family"], query["given"], query["gender"]) == (["O'Shea*"], ["Asha"], ["female"])
    assert query["address-postalcode"] == ["E1 6AN"]


async def test_people_found_come_best_first(surroundings):
    trace, _ = await find(answer(found((patient(ONE), 0.8), (patient(TWO), 1.0))), surroundings)

    assert trace.outcome is TraceOutcome.FOUND
    assert [person.nhs_number for person in trace.people] == [TWO, ONE]
    assert trace.scores == (1.0, 0.8)
    assert json.loads(trace.people[0].body) == patient(TWO)


async def test_nobody_found_is_not_found(surroundings):
    trace, _ = await find(answer(found()), surroundings)

    assert trace.outcome is TraceOutcome.NOT_FOUND


async def test_too_many_matches_is_told(surroundings):
    trace, _ = await find(refusal("TOO_MANY_MATCHES", 200), surroundings)

    assert trace.outcome is TraceOutcome.TOO_MANY


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (answer(b"", 500), Reason.HTTP_STATUS),
        (answer(b"", 404), Reason.NOT_FOUND),
        (answer(b"{"), Reason.UNREADABLE),
        (answer(b'{"resourceType": "Bundle"}'), Reason.UNREADABLE),
        (answer(found(type="history")), Reason.NOT_A_BUNDLE),
        (answer(found(total=3)), Reason.NOT_A_BUNDLE),
        (answer(found((patient(), 1.0), (patient(gender="F"), 0.9))), Reason.UNREADABLE),
        (hangs, Reason.DEADLINE),
    ],
    ids=["500", "404", "cut", "bare", "history", "fewer", "one odd person", "hangs"],
)
async def test_a_failed_search_is_unavailable(surroundings, behave, reason):
    trace, _ = await find(behave, surroundings, deadline=0.2)

    assert (trace.outcome, trace.reason, trace.people) == (TraceOutcome.UNAVAILABLE, reason, ())
