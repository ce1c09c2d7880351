"""The simulated PDS answers and refuses a read as the published PDS FHIR API does."""

from uuid import uuid4

import pytest

from adapters.simulators.pds import create_app
from fhir_profiles import systems
from fhir_profiles.nhs_number import NhsNumber
from tests.contract.pds.asking import (
    COHORT,
    NAMED,
    NEVER_ALLOCATED,
    client_of,
    code_of,
    person_named,
)


async def test_a_read_gives_the_whole_patient(pds):
    person = person_named("everything")
    patient = (await pds.get(f"/Patient/{person.nhs_number.digits}")).json()

    assert patient["id"] == person.nhs_number.digits
    assert patient["name"][0]["family"] == person.family_name
    assert patient["birthDate"] == person.born_on.isoformat()
    assert patient["address"][0]["postalCode"] == person.postcode
    practice = patient["generalPractitioner"][0]["identifier"]
    assert (practice["system"], practice["value"]) == (systems.ODS_ORGANISATION, "F84004")
    assert patient["meta"]["security"][0]["code"] == "U"


async def test_the_number_is_present_and_verified(pds):
    number = NAMED["everything"].digits
    identifier = (await pds.get(f"/Patient/{number}")).json()["identifier"][0]

    assert (identifier["system"], identifier["value"]) == (systems.NHS_NUMBER, number)
    extension = identifier["extension"][0]
    assert extension["url"] == systems.NHS_NUMBER_VERIFICATION_STATUS
    assert extension["valueCodeableConcept"]["coding"][0]["code"] == "01"


async def test_a_former_number_answers_with_the_one_that_replaced_it(pds):
    person = person_named("superseded")
    response = await pds.get(f"/Patient/{person.former_numbers[0].digits}")

    assert response.status_code == 200
    assert response.json()["id"] == person.nhs_number.digits


async def test_a_restricted_person_has_no_place(pds):
    patient = (await pds.get(f"/Patient/{NAMED['restricted'].digits}")).json()

    assert patient["meta"]["security"][0]["code"] == "R"
    assert not patient.keys() & {"address", "telecom", "generalPractitioner"}


async def test_a_deceased_person_has_the_date_and_a_formal_notice(pds):
    patient = (await pds.get(f"/Patient/{NAMED['deceased'].digits}")).json()

    assert patient["deceasedDateTime"] == person_named("deceased").died_at.isoformat()
    notice = patient["extension"][0]["extension"][0]["valueCodeableConcept"]["coding"][0]
    assert notice["code"] == "2"


async def test_the_callers_identifiers_come_back(pds):
    correlation = str(uuid4())
    response = await pds.get("/Patient/x", headers={"X-Correlation-ID": correlation})

    assert response.headers["x-correlation-id"] == correlation
    assert response.headers["x-request-id"] == pds.headers["x-request-id"]


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("9990000019", 400, "INVALID_RESOURCE_ID"),
        ("9999999999", 400, "INVALID_RESOURCE_ID"),
        ("abc", 400, "INVALID_RESOURCE_ID"),
        (NEVER_ALLOCATED, 404, "RESOURCE_NOT_FOUND"),
    ],
)
async def test_a_read_of_a_wrong_number_is_refused(pds, number, status, code):
    response = await pds.get(f"/Patient/{number}")

    assert (response.status_code, code_of(response)) == (status, code)


async def test_a_withdrawn_number_is_refused_as_invalidated(faults):
    app = create_app(COHORT, faults, invalidated=frozenset({NhsNumber(NEVER_ALLOCATED)}))
    async with client_of(app) as pds:
        response = await pds.get(f"/Patient/{NEVER_ALLOCATED}")

    assert (response.status_code, code_of(response)) == (404, "INVALIDATED_RESOURCE")


@pytest.mark.parametrize("path", ["/Patient/9990000018", "/Patient", "/Other"])
@pytest.mark.parametrize(
    ("request_id", "code"), [("", "MISSING_VALUE"), ("not-a-uuid", "INVALID_VALUE")]
)
async def test_a_request_without_a_uuid_is_refused(pds, path, request_id, code):
    response = await pds.get(path, headers={"X-Request-ID": request_id})

    assert (response.status_code, code_of(response)) == (400, code)


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "token"])
async def test_a_request_without_the_token_is_denied(faults, authorization):
    async with client_of(create_app(COHORT, faults, access_token="token")) as pds:
        response = await pds.get("/Patient/x", headers={"Authorization": authorization})

    assert (response.status_code, code_of(response)) == (401, "ACCESS_DENIED")


async def test_a_request_with_the_token_is_answered(faults):
    async with client_of(create_app(COHORT, faults, access_token="token")) as pds:
        path = f"/Patient/{NAMED['everything'].digits}"
        response = await pds.get(path, headers={"Authorization": "Bearer token"})

    assert response.status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/Practitioner"), ("POST", "/Patient")])
async def test_other_services_are_refused(pds, method, path):
    response = await pds.request(method, path)

    assert (response.status_code, code_of(response)) == (400, "UNSUPPORTED_SERVICE")
