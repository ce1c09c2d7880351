"""A FHIR R4 source is asked for what the caller may see, and for nothing more."""

from dataclasses import replace
from uuid import UUID

import pytest

from adapters.ambulance import ambulance_adapter
from adapters.contract import Outcome, Reason
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import (
    ENCOUNTER,
    NOTHING,
    NUMBER,
    PATIENT,
    SEARCHED,
    TOKEN,
    adapter_on,
    ask,
    declares,
    request,
)
from tests.adapters.stub_source import answer, bundle, routes


async def test_a_server_that_does_not_say_is_searched_by_the_chained_identifier(surroundings):
    result, stub = await ask(SEARCHED, surroundings)

    assert (result.outcome, result.reason, len(result.bodies)) == (Outcome.DATA, Reason.NONE, 3)
    queries = {asked.path: asked.query for asked in stub.asked}
    assert queries["/fhir/Patient"] == {"identifier": [TOKEN], "_count": ["500"]}
    assert queries["/fhir/Encounter"] == {"patient.identifier": [TOKEN], "_count": ["500"]}


async def test_every_call_names_the_view_it_belongs_to(surroundings):
    _, stub = await ask(SEARCHED, surroundings)

    searched = [asked for asked in stub.asked if asked.path != "/fhir/metadata"]
    assert {asked.headers["x-correlation-id"] for asked in searched} == {str(UUID(int=7))}
    assert len({asked.headers["x-request-id"] for asked in stub.asked}) == len(stub.asked)


async def test_only_types_that_hold_what_was_asked_are_searched(surroundings):
    _, stub = await ask(SEARCHED, surroundings, asked=request(Category.ALLERGIES))

    assert set(stub.paths) == {"/fhir/metadata", "/fhir/Patient", "/fhir/AllergyIntolerance"}


async def test_only_types_that_the_server_declares_are_searched(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", "Goal", "Account")}
    _, stub = await ask(table, surroundings, asked=request(*Category))

    assert set(stub.paths) == {
        f"/fhir/{one}" for one in ("metadata", "Patient", "Encounter", "Goal")
    }


async def test_only_declared_includes_to_subjectless_types_are_asked_for(surroundings):
    includes = ("Encounter:location", "Encounter:subject", "AllergyIntolerance:patient", "*")
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", includes=includes)}
    _, stub = await ask(table, surroundings)

    [encounter] = [asked for asked in stub.asked if asked.path == "/fhir/Encounter"]
    assert encounter.query["_include"] == ["Encounter:location"]


async def test_what_included_roles_lead_to_is_asked_for_where_it_is_declared(surroundings):
    declared = declares(
        "Encounter", includes=["Encounter:participant", "PractitionerRole:practitioner"]
    )
    table = {**SEARCHED, "/fhir/metadata": declared}

    _, stub = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    encounter = next(asked for asked in stub.asked if asked.path == "/fhir/Encounter")
    assert encounter.query["_include:iterate"] == ["PractitionerRole:practitioner"]


async def test_a_server_that_cannot_include_onward_is_asked_without(surroundings):
    async def refuses_to_iterate(asked, writer):
        can = "_include:iterate" not in asked.query
        await answer(bundle(ENCOUNTER) if can else {}, 200 if can else 400)(asked, writer)

    declared = declares(
        "Encounter", includes=["Encounter:participant", "PractitionerRole:practitioner"]
    )
    table = {**SEARCHED, "/fhir/metadata": declared, "/fhir/Encounter": refuses_to_iterate}

    result, _ = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)


async def test_an_ambulance_service_is_asked_for_whatever_it_declares(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("CarePlan")}

    _, stub = await ask(
        table, surroundings, asked=request(Category.CARE_PLANS), build=ambulance_adapter
    )

    assert "/fhir/CarePlan" in {asked.path for asked in stub.asked}


async def test_everything_is_used_where_it_is_declared(surroundings):
    record = bundle(PATIENT, ENCOUNTER)
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": record,
    }
    result, stub = await ask(table, surroundings)

    assert stub.paths == ["/fhir/metadata", "/fhir/Patient", "/fhir/Patient/p1/$everything"]
    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 1)
    assert stub.asked[-1].query == {"_count": ["500"]}


async def test_a_request_for_less_than_everything_gets_no_more(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", "Condition", everything=True)}
    _, stub = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert set(stub.paths) == {"/fhir/metadata", "/fhir/Patient", "/fhir/Encounter"}


async def test_each_record_of_one_number_is_read(surroundings):
    other = {**PATIENT, "id": "p2"}
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT, other),
        "/fhir/Patient/p1/$everything": bundle(PATIENT, ENCOUNTER),
        "/fhir/Patient/p2/$everything": bundle(other),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)


async def test_a_failed_everything_is_partial_with_the_patient_kept(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": answer(b"", 500),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.http_status, len(result.bodies)) == (Outcome.FAILED, 500, 1)
    assert {notice.category for notice in result.notices} == request().categories


async def test_a_patient_id_that_would_change_the_path_is_not_followed(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle({**PATIENT, "id": "../Patient/2"}),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.UNREADABLE)
    assert len(stub.asked) == 2


@pytest.mark.parametrize("everything", [True, False])
async def test_nobody_found_is_empty(surroundings, everything):
    table = {"/fhir/metadata": declares("Encounter", everything=everything)}
    result, _ = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, result.bodies, result.notices) == (Outcome.EMPTY, (), ())


FORMER = NhsNumber("9000000009")


@pytest.mark.parametrize("everything", [True, False])
async def test_a_person_is_asked_for_by_every_number_they_had(surroundings, everything):
    table = {
        **SEARCHED,
        "/fhir/metadata": declares("Encounter", everything=everything),
        "/fhir/Patient/p1/$everything": bundle(PATIENT),
    }
    asked = replace(request(*Category), former_numbers=(FORMER, NUMBER))
    _, stub = await ask(table, surroundings, asked=asked)

    tokens = f"{TOKEN},https://fhir.nhs.uk/Id/nhs-number|{FORMER.digits}"
    searched = [one.query for one in stub.asked if one.path in SEARCHED]
    named = {*(one.get("identifier", one.get("patient.identifier"))[0] for one in searched)}
    assert named == {tokens}


async def test_an_ambulance_is_not_asked_for_what_it_never_holds(surroundings):
    async with adapter_on(routes({}, NOTHING), surroundings, ambulance_adapter) as (adapter, stub):
        await adapter.ask(request(*Category))
        await adapter.aclose()

    assert "/fhir/Observation" in stub.paths
    assert not {"/fhir/Immunization", "/fhir/Appointment"} & set(stub.paths)
