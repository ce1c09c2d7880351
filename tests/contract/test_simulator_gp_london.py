"""The simulated London service gives what London's gives, and refuses without saying why."""

import importlib
import json
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from fhir.resources.STU3.appointment import Appointment

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.gp_london import BASE_PATH, OPERATION, ROLE, create_app
from adapters.simulators.gp_london_record import DDS, NHS_NUMBER
from adapters.simulators.gp_london_service import LondonRules, NoPrimaryProviderError, Provider
from adapters.simulators.truth import FactKind
from fhir_profiles import systems
from tests.contract.gp_consumer import (
    COHORT,
    HYPERTENSION,
    NOW,
    PERSON,
    references_in,
    said,
    telling,
)

RIGHT = {"right": frozenset({ROLE}), "other-role": frozenset({"Patients.Other"})}
BY_DDS = {
    "Appointment",
    "DiagnosticReport",
    "Encounter",
    "Immunization",
    "MedicationRequest",
    "Observation",
}


def named(number=PERSON, *, system=systems.NHS_NUMBER):
    identifier = {"system": system, "value": number.digits}
    return {"name": "patientNHSNumber", "valueIdentifier": identifier}


def switch(name, part, value=True):
    return {"name": name, "part": [{"name": part, "valueBoolean": value}]}


ONLY_DEMOGRAPHICS = switch("demographicsOnly", "includeDemographicsOnly")
WITH_INACTIVE = switch("includeInactivePatients", "includeInactivePatients")


def asking(*parameters):
    return {"resourceType": "Parameters", "parameter": list(parameters)}


async def post(body, *, token=None, faults=None, cohort=COHORT, **setting):
    app = create_app(cohort, faults or Faults(), now=lambda: NOW, **setting)
    headers = {"Authorization": token} if token else {}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://london.test") as client:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await client.post(f"{BASE_PATH}/{OPERATION}", content=content, headers=headers)


def resources(answer):
    assert answer.status_code == 200
    return [entry["resource"] for entry in answer.json()["entry"]]


def types(answer):
    return {resource["resourceType"] for resource in resources(answer)}


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (None, 401),
        ("Bearer", 401),
        ("Bearer unknown", 401),
        ("Basic right", 401),
        ("Bearer other-role", 403),
        ("Bearer right", 200),
    ],
)
async def test_only_a_token_with_the_application_role_is_let_in(token, status):
    answer = await post(asking(named()), token=token, tokens=RIGHT)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        [],
        {"resourceType": "Bundle"},
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": ["patientNHSNumber"]},
        asking(),
        asking({"name": "patientNHSNumber"}),
        asking({"name": "patientNHSNumber", "valueString": "9990000000"}),
        asking(named(system="https://wrong.example")),
        asking(named(), {"name": "patientDOB", "valueDate": "yesterday"}),
        asking(named(), {"name": "patientDOB"}),
        asking(named(), {"name": "demographicsOnly"}),
        asking(named(), {"name": "demographicsOnly", "part": "all"}),
        asking(named(), switch("includeInactivePatients", "another")),
        asking(named(), switch("demographicsOnly", "includeDemographicsOnly", "yes")),
    ],
)
async def test_a_request_that_cannot_be_read_is_a_500_that_says_nothing(body):
    answer = await post(body)

    assert (answer.status_code, answer.content) == (500, b"")


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
async def test_only_a_post_is_served(verb):
    app = create_app(COHORT, Faults(), now=lambda: NOW)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://london.test") as client:
        answer = await client.request(verb, f"{BASE_PATH}/{OPERATION}")

    assert answer.status_code == 405


async def test_the_operation_of_gp_connect_is_not_served():
    app = create_app(COHORT, Faults(), now=lambda: NOW)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://london.test") as client:
        answer = await client.post(f"{BASE_PATH}/Patient/$gpc.getstructuredrecord", json={})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "who",
    [
        named(),
        named(system=NHS_NUMBER),
        {"name": "patientNHSNumber", "valueString": PERSON.digits},
    ],
)
async def test_the_number_is_taken_as_identifier_of_either_system_or_as_text(who):
    assert "Encounter" in types(await post(asking(who)))


@pytest.mark.parametrize("showcase", ["restricted", "deceased", "objects-to-gp"])
async def test_people_who_must_not_be_given_are_not_found(showcase):
    answer = await post(asking(named(COHORT.showcases[showcase])))

    assert (answer.status_code, answer.content) == (404, b"")


async def test_an_inactive_patient_is_given_when_asked_for():
    answer = await post(asking(named(COHORT.showcases["deceased"]), WITH_INACTIVE))

    assert answer.status_code == 200


async def test_a_superseded_number_is_not_found():
    former = COHORT.people[COHORT.showcases["superseded"]].former_numbers[0]

    assert (await post(asking(named(former)))).status_code == 404


async def test_a_patient_of_a_practice_that_the_caller_does_not_act_for_is_not_found():
    practice = COHORT.people[PERSON].practice
    here = await post(asking(named()), rules=LondonRules(acts_for=frozenset({practice})))
    elsewhere = await post(asking(named()), rules=LondonRules(acts_for=frozenset({"X99999"})))

    assert (here.status_code, elsewhere.status_code) == (200, 404)


@pytest.mark.parametrize(
    ("compares", "value", "status"),
    [(True, "1800-01-01", 404), (False, "1800-01-01", 200), (True, None, 200)],
)
async def test_a_birth_date_is_compared_as_the_service_is_set_up(compares, value, status):
    born_on = value or COHORT.people[PERSON].born_on.isoformat()
    answer = await post(
        asking(named(), {"name": "patientDOB", "valueDate": born_on}),
        rules=LondonRules(compares_birth_date=compares),
    )

    assert answer.status_code == status


async def test_demographics_alone_hold_no_clinical_resource():
    answer = await post(asking(named(), ONLY_DEMOGRAPHICS))

    assert types(answer) == {"Patient", "Organization", "Practitioner"}


async def test_local_keys_and_the_nhs_number_have_the_systems_of_the_service():
    held = resources(await post(asking(named())))

    keyed = [resource for resource in held if resource["resourceType"] in BY_DDS]
    assert keyed
    assert all(r["identifier"] == [{"system": DDS, "value": r["id"]}] for r in keyed)
    [patient] = [resource for resource in held if resource["resourceType"] == "Patient"]
    assert patient["identifier"] == [{"system": NHS_NUMBER, "value": PERSON.digits}]


async def test_problems_and_allergies_have_codes_alone_to_be_matched_by():
    held = resources(await post(asking(named())))

    unkeyed = [r for r in held if r["resourceType"] in ("Condition", "AllergyIntolerance")]
    assert unkeyed
    assert not any("identifier" in resource for resource in unkeyed)


async def test_no_reference_leads_outside_the_answer_and_no_profile_is_claimed():
    held = resources(await post(asking(named())))

    found = {f"{r['resourceType']}/{r.get('id')}" for r in held}
    wanted = {target for target in references_in(held) if not target.startswith("#")}
    assert wanted <= found
    assert not any("profile" in resource.get("meta", {}) for resource in held)


async def test_a_sample_of_every_type_is_valid_stu3():
    sampled = {}
    for number in COHORT.people:
        answer = await post(asking(named(number), WITH_INACTIVE))
        for resource in resources(answer) if answer.status_code == 200 else ():
            sampled.setdefault(resource["resourceType"], []).append(resource)

    for resource_type, members in sampled.items():
        module = importlib.import_module(f"fhir.resources.STU3.{resource_type.lower()}")
        for resource in members[:4]:
            getattr(module, resource_type).model_validate(resource)
    assert sampled.keys() > BY_DDS - {"Appointment"}


@pytest.mark.parametrize(("said_as", "given_as"), [("booked", "booked"), ("other", "pending")])
async def test_an_appointment_is_given_with_its_local_key(said_as, given_as):
    kept = said(FactKind.APPOINTMENT, "visit-9", HYPERTENSION, detail={"status": said_as})
    [appointment] = [
        resource
        for resource in resources(await post(asking(named()), cohort=telling(kept)))
        if resource["resourceType"] == "Appointment"
    ]

    Appointment.model_validate(appointment)
    assert appointment["status"] == given_as
    assert appointment["identifier"] == [{"system": DDS, "value": "visit-9"}]


PRIMARY = Provider("one", is_primary=True)
SECOND = Provider("two")


@pytest.mark.parametrize(
    ("providers", "status"),
    [
        ((replace(PRIMARY, is_failing=True), SECOND), 200),
        ((replace(PRIMARY, lacks=frozenset({PERSON})), SECOND), 200),
        ((replace(PRIMARY, is_failing=True), replace(SECOND, is_failing=True)), 404),
        ((replace(PRIMARY, is_failing=True), replace(SECOND, is_for_comparison=True)), 404),
        ((replace(PRIMARY, active_to=NOW), replace(SECOND, active_from=NOW)), 200),
        ((replace(PRIMARY, active_to=NOW),), 404),
        ((replace(PRIMARY, active_from=NOW + timedelta(days=1)),), 404),
    ],
)
async def test_a_failing_provider_shows_only_as_another_answer_or_none(providers, status):
    answer = await post(asking(named()), rules=LondonRules(providers=providers))

    assert answer.status_code == status


@pytest.mark.parametrize("providers", [(), (SECOND,), (PRIMARY, PRIMARY)])
def test_a_service_without_exactly_one_primary_provider_is_refused(providers):
    with pytest.raises(NoPrimaryProviderError):
        LondonRules(providers=providers)


async def test_a_wrong_patient_fault_serves_somebody_else():
    faults = Faults()
    faults.set(FaultKind.WRONG_PATIENT)

    held = resources(await post(asking(named()), faults=faults))

    [patient] = [resource for resource in held if resource["resourceType"] == "Patient"]
    assert patient["identifier"][0]["value"] != PERSON.digits


async def test_the_same_question_has_the_same_bytes():
    app = create_app(COHORT, Faults(), now=lambda: NOW)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://london.test") as client:
        url, body = f"{BASE_PATH}/{OPERATION}", asking(named())
        first, second = await client.post(url, json=body), await client.post(url, json=body)

    assert first.content == second.content
