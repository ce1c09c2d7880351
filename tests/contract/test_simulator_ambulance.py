"""The simulated ambulance service renders contacts and what belongs to them, on the common R4 server."""

from datetime import timedelta

import pytest

from adapters.simulators.ambulance import create_app
from adapters.simulators.faults import Faults
from adapters.simulators.truth import Coding, FactKind, SourceKind
from fhir_profiles import systems
from tests.contract.r4_client import (
    COHORT,
    NOW,
    Teller,
    everything,
    found,
    get,
    identified,
    telling,
    validate,
)

AMBULANCE = Teller(SourceKind.AMBULANCE, "RRU")
CONVEYED = {
    "class": "FLD",
    "status": "finished",
    "category": "C2",
    "reason": "Chest pain",
    "ambulance_incident": "CAD100",
    "outcome": "see_convey_ED",
    "ods_destination": "RRV",
}


async def record(*statements) -> dict[str, dict]:
    resources = await everything(create_app(telling(*statements), Faults()))
    for resource in resources:
        validate(resource)
    return {resource["id"]: resource for resource in resources}


async def test_a_contact_carries_its_numbers_times_vehicle_scene_and_destination():
    end = NOW - timedelta(days=30) + timedelta(hours=1)
    visit = AMBULANCE.said(FactKind.ENCOUNTER, "visit", detail=CONVEYED, ends_at=end)

    shown = await record(visit)

    contact = shown["visit"]
    values = {i["system"].rpartition("/")[2]: i["value"] for i in contact["identifier"]}
    assert (values["incident"], values["call"], values["contact"]) == ("CAD100", "CALL-CAD100", "CAD100-1")  # fmt: skip
    assert contact["class"]["code"] == "FLD"
    assert [step["status"] for step in contact["statusHistory"]][-1] == "finished"
    kinds = [place["physicalType"]["coding"][0]["code"] for place in contact["location"]]
    assert kinds == ["ve", "A01"]
    destination = contact["hospitalization"]["destination"]["reference"]
    assert shown[destination.removeprefix("Location/")]["identifier"][0]["value"] == "RRV"
    assert "address" in shown["visit-scene"]


async def test_hear_and_treat_is_virtual_and_conveys_nobody():
    heard = {"class": "VR", "status": "finished", "outcome": "hear_treat"}

    contact = (await record(AMBULANCE.said(FactKind.ENCOUNTER, "visit", detail=heard)))["visit"]

    assert contact["class"]["code"] == "VR"
    assert "destination" not in contact["hospitalization"]
    assert "statusHistory" not in contact


async def test_a_news2_total_is_an_integer_and_never_recomputed():
    total = Coding(systems.SNOMED_CT, "1104051000000101", "NEWS2 total score")
    reading = AMBULANCE.said(FactKind.VITAL_SIGN, "news2", total, detail={"value": "6"})

    shown = await record(reading)

    assert shown["news2"]["valueInteger"] == 6
    assert shown["news2"]["category"][0]["coding"][0]["code"] == "vital-signs"


async def test_a_drug_given_is_an_administration_with_its_dose_as_written():
    detail = {
        "prescription_type": "given",
        "dose_value": "2.50",
        "dose_unit": "mg",
        "dose_text": "2.50 mg",
    }
    app = create_app(telling(AMBULANCE.said(FactKind.MEDICATION, "drug", detail=detail)), Faults())

    answer = await get(app, "MedicationAdministration", patient__identifier=identified())

    assert b'"value":2.50' in answer.content
    assert found(answer)[0]["status"] == "completed"


async def test_an_allergy_is_unconfirmed_and_as_stated_to_the_crew():
    detail = {"verification": "confirmed", "category": "medication"}

    allergy = (await record(AMBULANCE.said(FactKind.ALLERGY, "a", detail=detail)))["a"]

    assert allergy["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
    assert allergy["note"] == [{"text": "As stated to ambulance crew"}]


async def test_an_impression_is_provisional():
    impression = (await record(AMBULANCE.said(FactKind.PROBLEM, "p")))["p"]

    assert impression["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert impression["category"][0]["coding"][0]["code"] == "encounter-diagnosis"


@pytest.mark.parametrize(
    ("labels", "codes"),
    [({"safeguarding"}, ["SDV", "R"]), (set(), None), ({"witness"}, ["witness"])],
)
async def test_a_safeguarding_flag_is_restricted(labels, codes):
    statement = AMBULANCE.said(FactKind.FLAG, "flag", labels=frozenset(labels))

    flag = (await record(statement))["flag"]

    security = flag["meta"].get("security")
    assert (security and [label["code"] for label in security]) == codes


@pytest.mark.parametrize(
    "kind",
    [FactKind.ALLERGY, FactKind.PROBLEM, FactKind.MEDICATION, FactKind.ENCOUNTER, FactKind.FLAG],
)
async def test_a_retracted_item_says_entered_in_error(kind):
    statement = AMBULANCE.said(kind, "item", detail={"class": "FLD"}, is_retracted=True)

    item = (await record(statement))["item"]

    verification = item.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    assert "entered-in-error" in {item.get("status"), verification}


async def test_other_kinds_are_rendered_and_valid():
    kinds = [FactKind.PROCEDURE, FactKind.REFERRAL, FactKind.DOCUMENT, FactKind.RESULT, FactKind.CARE_PLAN]  # fmt: skip
    detail = {"title": "ePCR", "content_type": "application/pdf"}
    said = [AMBULANCE.said(kind, kind.value, detail=detail) for kind in kinds]

    shown = await record(*said)

    assert {kind.value for kind in kinds} <= set(shown)


async def test_a_sample_of_the_cohort_is_valid_r4_and_says_nobody_died():
    app = create_app(COHORT, Faults())
    met = [n for n, said in COHORT.statements.items() if any(s.organisation == "RRU" for s in said)]
    sampled: dict[str, list[dict]] = {}
    for number in met[:8]:
        for resource in await everything(app, number):
            sampled.setdefault(resource["resourceType"], []).append(resource)

    for members in sampled.values():
        for resource in members[:4]:
            validate(resource)
    assert {"Encounter", "Observation", "MedicationAdministration"} < set(sampled)
    assert not any("deceasedDateTime" in patient for patient in sampled["Patient"])


async def test_types_that_only_hospitals_hold_are_not_served():
    app = create_app(COHORT, Faults())

    assert (await get(app, "Appointment", patient__identifier=identified())).status_code == 404
    assert (await get(app, "metadata")).json()["implementation"]["url"] == "http://trust.test/fhir"
