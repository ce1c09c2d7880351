"""The simulated practice systems answer in the shape that GP Connect published."""

import json

import httpx2
import pytest

from adapters.simulators.faults import FaultKind, Faults
from adapters.simulators.gp import (
    OPERATION,
    create_app,
)
from adapters.simulators.gp_lists import PRIMARY_LISTS
from adapters.simulators.gp_rules import Area, GpRules, ListWarning
from tests.contract.gp_consumer import (
    BASE,
    COHORT,
    EVERY_AREA,
    NOW,
    PERSON,
    YESTERDAY,
    area,
    asking,
    headers,
    lists,
    post,
    references_in,
    resource_of,
    resources,
    validate,
)


async def test_demographics_come_alone_when_nothing_else_is_asked():
    answer = await post(asking())

    types = [entry["resource"]["resourceType"] for entry in answer.json()["entry"]]
    assert types == ["Patient", "Organization", "Location", "Practitioner", "PractitionerRole"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/fhir+json"


async def test_the_patient_has_a_verified_number_and_an_id_of_the_practice():
    [patient] = resources(await post(asking()), "Patient")

    [identifier] = patient["identifier"]
    status = identifier["extension"][0]["valueCodeableConcept"]["coding"][0]["code"]
    assert (identifier["value"], status) == (PERSON.digits, "01")
    assert patient["id"].isdecimal()


async def test_every_asked_area_has_its_primary_list():
    answer = await post(asking(*EVERY_AREA))

    bundle = answer.json()
    assert {code for code, _ in PRIMARY_LISTS.values()} <= set(lists(answer))
    assert "1103671000000101" in lists(answer)
    assert bundle["type"] == "collection"
    assert not any("fullUrl" in entry for entry in bundle["entry"])


async def test_an_empty_list_says_why_and_claims_nothing():
    answer = await post(asking(*EVERY_AREA, number=COHORT.showcases["no-records"]))

    for found in lists(answer).values():
        assert found["emptyReason"]["coding"][0]["code"] == "no-content-recorded"
        assert found["note"] == [{"text": "Information not available"}]
        assert "entry" not in found


async def test_every_reference_leads_to_a_resource_of_the_bundle():
    bundle = (await post(asking(*EVERY_AREA))).json()

    found = {
        f"{r['resourceType']}/{r['id']}" for r in map(resource_of, bundle["entry"]) if "id" in r
    }
    wanted = {reference for reference in references_in(bundle) if not reference.startswith("#")}
    assert wanted <= found


async def test_a_sample_of_every_type_is_valid_stu3():
    sampled: dict[str, list[dict]] = {}
    for number in list(COHORT.people)[:12]:
        answer = await post(asking(*EVERY_AREA, number=number))
        for entry in answer.json().get("entry", []):
            sampled.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])

    for members in sampled.values():
        for resource in members[:4]:
            validate(resource)
    assert len(sampled) >= 17


async def test_warnings_stand_on_every_list_of_the_person():
    both = frozenset({ListWarning.CONFIDENTIAL_ITEMS, ListWarning.DATA_IN_TRANSIT})
    answer = await post(asking({"name": "includeProblems"}), rules=GpRules(warnings={PERSON: both}))

    problems = lists(answer)["717711000000103"]
    codes = [e["valueCode"] for e in problems["extension"] if "valueCode" in e]
    assert codes == ["confidential-items", "data-in-transit"]
    assert "Items excluded" in problems["note"][0]["text"]


async def test_a_switched_off_area_is_named_by_a_warning_and_has_no_list():
    rules = GpRules(switched_off={PERSON: frozenset({Area.PROBLEMS})})
    answer = await post(asking(*EVERY_AREA), rules=rules)

    [outcome] = resources(answer, "OperationOutcome")
    [issue] = outcome["issue"]
    assert (issue["severity"], issue["diagnostics"]) == ("warning", "includeProblems")
    assert issue["details"]["coding"][0]["code"] == "NOT_IMPLEMENTED"
    assert "717711000000103" not in lists(answer)


@pytest.mark.parametrize(
    ("parameter", "listed"),
    [
        (area("includeConsultations", includeNumberOfMostRecent=("valuePositiveInt", 1)), 1),
        (area("includeConsultations", consultationSearchPeriod=("valuePeriod", {"end": "2000-01-01"})), 0),
        (area("includeMedication", medicationSearchFromDate=("valueDate", YESTERDAY)), None),
        (area("includeImmunisations", includeNotGiven=("valueBoolean", False)), None),
    ],
)  # fmt: skip
async def test_parts_narrow_the_primary_list(parameter, listed):
    answer = await post(asking(parameter))

    code, _ = PRIMARY_LISTS[Area(parameter["name"])]
    entries = lists(answer)[code].get("entry", [])
    assert listed is None or len(entries) == listed


async def test_a_wrong_patient_fault_serves_somebody_else():
    faults = Faults()
    faults.set(FaultKind.WRONG_PATIENT)

    [patient] = resources(await post(asking(), faults=faults), "Patient")

    assert patient["identifier"][0]["value"] != PERSON.digits


async def test_the_same_question_has_the_same_bytes():
    app = create_app(COHORT, Faults(), now=lambda: NOW)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        url, body = f"{BASE}/{OPERATION}", json.dumps(asking(*EVERY_AREA))
        first = await client.post(url, content=body, headers=headers())
        second = await client.post(url, content=body, headers=headers())

    assert first.content == second.content
