"""The simulated hospital answers searches as its capability statement says, and refuses the rest."""

import base64
import hashlib

import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.hospital import create_app
from adapters.simulators.truth import FactKind, SourceKind, document_content
from tests.contract.r4_client import (
    COHORT,
    NOW,
    Teller,
    client,
    found,
    get,
    identified,
    patient_id,
    telling,
    validate,
)

HOSPITAL = Teller(SourceKind.HOSPITAL, "RRV")
APP = create_app(COHORT, Faults())
CLINICAL = (
    "Encounter", "Condition", "AllergyIntolerance", "Observation", "DiagnosticReport", "Procedure",
    "MedicationRequest", "MedicationStatement", "Immunization", "DocumentReference", "Appointment",
    "ServiceRequest", "Flag", "CarePlan",
)  # fmt: skip


async def test_a_person_is_found_by_current_and_by_former_number():
    number = COHORT.showcases["superseded"]
    former = COHORT.people[number].former_numbers[0]

    [now] = found(await get(APP, "Patient", identifier=identified(number)))
    [then] = found(await get(APP, "Patient", identifier=identified(former)))

    assert now == then
    assert {i["value"]: i.get("use") for i in now["identifier"]}[former.digits] == "old"


@pytest.mark.parametrize("order", [1, -1])
async def test_alternatives_are_given_with_a_comma(order):
    number = COHORT.showcases["superseded"]
    former = COHORT.people[number].former_numbers[0]
    either = ",".join([identified(number), identified(former), "https://other.example|1"][::order])

    [person] = found(await get(APP, "Patient", identifier=either))
    encounters = found(await get(APP, "Encounter", patient__identifier=either))

    assert person["id"] == await patient_id(APP, number)
    assert encounters == found(await get(APP, "Encounter", patient__identifier=identified(number)))
    assert encounters != []


@pytest.mark.parametrize(
    "token", ["https://other.example|1", "9990000000", identified().replace("999", "998")]
)
async def test_nobody_is_found_by_another_system_or_a_wrong_number(token):
    answer = await get(APP, "Patient", identifier=token if "|" in token else f"x|{token}")

    assert answer.json()["total"] == 0


@pytest.mark.parametrize("resource_type", CLINICAL)
async def test_every_clinical_type_is_searched_by_id_and_by_number(resource_type):
    by_number = await get(APP, resource_type, patient__identifier=identified(), _count=500)
    by_id = await get(APP, resource_type, patient=await patient_id(APP), _count=500)

    assert found(by_number) == found(by_id)
    assert {r["resourceType"] for r in found(by_id)} <= {resource_type}


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("Condition", {}, 400),
        ("Condition", {"code": "x"}, 400),
        ("Condition", {"patient": "x", "_include": "Condition:asserter"}, 400),
        ("Encounter", {"patient": "x", "_include": "Encounter:everything"}, 400),
        ("Encounter", {"patient": "x", "_count": "many"}, 400),
        ("Encounter", {"patient": "x", "date": "soon"}, 400),
        ("Encounter", {"patient": "x", "date": "ge2020-13-01"}, 400),
        ("Encounter", {"patient": "x", "_format": "xml"}, 400),
        ("Patient", {}, 400),
        ("Patient", {"identifier": "9990000000"}, 400),
        ("Patient", {"_since": "2020-01-01"}, 400),
        ("ImagingStudy", {"patient": "x"}, 404),
        ("ImagingStudy/1", {}, 404),
        ("Binary", {"_id": "x"}, 404),
        ("Encounter/none", {}, 404),
        ("Patient/none/$everything", {}, 404),
        ("Encounter", {"_page": "none"}, 410),
        ("Patient/none/$everything", {"_page": "none"}, 410),
        ("Encounter/1/_history/1", {}, 404),
    ],
)  # fmt: skip
async def test_what_is_not_declared_is_refused(path, parameters, status):
    answer = await get(APP, path, **parameters)

    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"
    validate(answer.json())


async def test_a_date_is_compared_by_its_prefix():
    old = HOSPITAL.said(FactKind.PROCEDURE, "old", starts_at=NOW.replace(year=2020))
    new = HOSPITAL.said(FactKind.PROCEDURE, "new", starts_at=NOW.replace(year=2025))
    app = create_app(telling(old, new), Faults())

    async def ids(*dates: str) -> list[str]:
        answer = await get(app, "Procedure", patient__identifier=identified(), date=list(dates))
        return [resource["id"] for resource in found(answer)]

    assert (
        await ids("ge2021-01-01") == await ids("gt2020-11-20") == await ids("2025-11-20") == ["new"]
    )
    assert await ids("le2021-01-01") == await ids("lt2025-11-20T12:00:00Z") == ["old"]
    assert await ids("ge2020-01-01", "le2026-01-01") == ["old", "new"]
    bad = await get(app, "Procedure", patient__identifier=identified(), date="sa2020-01-01")
    assert bad.status_code == 400


async def test_an_open_encounter_is_found_by_status_with_few_elements():
    number = COHORT.showcases["inpatient-rrv"]
    asked = {"status": "in-progress", "_elements": "id,status,period,subject"}

    [visit] = found(await get(APP, "Encounter", patient__identifier=identified(number), **asked))

    assert set(visit) == {"resourceType", "id", "meta", "status", "class", "period", "subject"}
    assert visit["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert "end" not in visit["period"]


async def test_a_search_by_post_is_the_search_by_get():
    async with client(APP) as asking:
        posted = await asking.post("Encounter/_search", data={"patient.identifier": identified()})

    assert posted.content == (await get(APP, "Encounter", patient__identifier=identified())).content


async def test_two_people_in_one_search_are_nobody():
    other = COHORT.showcases["sexual-health"]
    answer = await get(
        APP, "Encounter", patient=await patient_id(APP, other), patient__identifier=identified()
    )

    assert answer.json()["total"] == 0


@pytest.mark.parametrize("resource_type", ["Practitioner", "PractitionerRole", "Organization", "Location"])  # fmt: skip
async def test_the_directory_is_read_and_searched(resource_type):
    listed = found(await get(APP, resource_type, _count=500))
    one = listed[0]
    by_id = found(await get(APP, resource_type, _id=one["id"]))
    read = await get(APP, f"{resource_type}/{one['id']}")

    assert by_id == [one]
    assert read.json() == one
    validate(one)


async def test_an_organisation_is_found_by_its_code():
    code = "https://fhir.nhs.uk/Id/ods-organization-code|RRV"

    [organisation] = found(await get(APP, "Organization", identifier=code))

    assert organisation["id"] == "org-rrv"
    assert found(await get(APP, "Organization", identifier=code + "X")) == []


async def test_several_ids_are_read_at_once():
    visits = found(await get(APP, "Encounter", patient__identifier=identified()))[:2]

    read = found(await get(APP, "Encounter", _id=",".join(visit["id"] for visit in visits)))

    assert read == visits


async def test_the_capability_statement_declares_what_is_served():
    statement = (await get(APP, "metadata")).json()

    validate(statement)
    declared = {resource["type"]: resource for resource in statement["rest"][0]["resource"]}
    assert set(CLINICAL) < set(declared)
    assert declared["Patient"]["operation"][0]["name"] == "everything"
    names = {parameter["name"] for parameter in declared["Encounter"]["searchParam"]}
    assert names == {"_id", "date", "patient", "patient.identifier", "status"}


async def test_a_token_is_required_for_all_but_metadata():
    app = create_app(COHORT, Faults(), token="let-me-in")
    async with client(app) as asking:
        refused = await asking.get("Patient", params={"identifier": identified()})
        wrong = await asking.get("Patient/1", headers={"Authorization": "Bearer no"})
        taken = await asking.get("metadata")
        right = await asking.get(
            "Patient",
            params={"identifier": identified()},
            headers={"Authorization": "Bearer let-me-in"},
        )

    assert [refused.status_code, wrong.status_code] == [401, 401]
    assert [taken.status_code, right.status_code] == [200, 200]
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_another_trust_holds_other_records():
    other = create_app(COHORT, Faults(), organisation="RJ1")

    answer = await get(other, "Patient", identifier=identified())

    assert answer.json()["total"] == 0


async def test_a_document_leads_to_its_content():
    letter = HOSPITAL.said(
        FactKind.DOCUMENT, "letter", detail={"title": "Letter", "content_type": "text/plain"}
    )
    app = create_app(telling(letter), Faults())
    [entry] = found(await get(app, "DocumentReference", patient__identifier=identified()))
    attachment = entry["content"][0]["attachment"]
    async with client(app) as asking:
        content = await asking.get(attachment["url"], headers={"Accept": "text/plain"})
        binary = await asking.get(attachment["url"], headers={"Accept": "application/fhir+json"})

    assert content.content == document_content(letter)
    assert base64.b64decode(binary.json()["data"]) == content.content
    assert attachment["size"] == len(content.content)
    assert base64.b64decode(attachment["hash"]) == hashlib.sha1(content.content).digest()
    validate(binary.json())
