"""The simulated hospital renders each kind of item as FHIR R4 and UK Core ask."""

from datetime import timedelta

import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.fhir_dates import read_date
from adapters.simulators.hospital import create_app
from adapters.simulators.hospital_encounters import AMBULANCE_INCIDENT_SYSTEM
from adapters.simulators.rendering import decimal
from adapters.simulators.truth import FactKind, SourceKind, Statement
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

HOSPITAL = Teller(SourceKind.HOSPITAL, "RRV")
TYPES = {
    FactKind.ALLERGY: "AllergyIntolerance",
    FactKind.PROBLEM: "Condition",
    FactKind.ENCOUNTER: "Encounter",
    FactKind.RESULT: "Observation",
    FactKind.VITAL_SIGN: "Observation",
    FactKind.IMMUNISATION: "Immunization",
    FactKind.DOCUMENT: "DocumentReference",
    FactKind.PROCEDURE: "Procedure",
    FactKind.CARE_PLAN: "CarePlan",
    FactKind.FLAG: "Flag",
    FactKind.APPOINTMENT: "Appointment",
    FactKind.REFERRAL: "ServiceRequest",
    FactKind.MEDICATION: "MedicationStatement",
}
ATTENDED = {
    "class": "EMER",
    "status": "finished",
    "department": "Emergency Department",
    "arrival_mode": "1048031000000100",
    "acuity": "1064911000000105",
    "ambulance_incident": "CAD100",
    "spell": "SPELL-1",
    "discharge_method": "1",
}
ADMITTED = {
    "class": "IMP",
    "status": "finished",
    "ward": "T7 Medical",
    "admission_method": "21",
    "discharge_destination": "19",
    "spell": "SPELL-1",
}


async def only(statement: Statement) -> dict:
    app = create_app(telling(statement), Faults())
    answer = await get(app, TYPES[statement.fact.kind], patient__identifier=identified())
    [resource] = found(answer)
    return resource


async def test_a_sample_of_every_type_is_valid_r4():
    app = create_app(COHORT, Faults())
    known = [
        n for n, said in COHORT.statements.items() if any(s.organisation == "RRV" for s in said)
    ]
    sampled: dict[str, list[dict]] = {}
    for number in known[:10]:
        for resource in await everything(app, number):
            sampled.setdefault(resource["resourceType"], []).append(resource)

    for members in sampled.values():
        for resource in members[:4]:
            validate(resource)
    assert len(sampled) >= 10


@pytest.mark.parametrize("kind", TYPES)
async def test_an_item_of_which_little_is_known_is_valid(kind):
    resource = await only(
        HOSPITAL.said(kind, "item", detail={"status": "finished", "class": "AMB"})
    )

    validate(resource)
    assert resource["text"]["status"] == "generated"
    assert resource["meta"]["profile"][0].endswith(f"UKCore-{resource['resourceType']}")


@pytest.mark.parametrize("kind", TYPES)
async def test_a_retracted_item_says_entered_in_error(kind):
    resource = await only(HOSPITAL.said(kind, "item", detail={"class": "AMB"}, is_retracted=True))

    verification = resource.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
    assert "entered-in-error" in {resource.get("status"), verification}
    assert resource["meta"]["versionId"] == "2"


@pytest.mark.parametrize("label", ["safeguarding", "research-interest"])
async def test_a_sensitive_item_carries_its_label(label):
    statement = HOSPITAL.said(FactKind.PROBLEM, "item", labels=frozenset({label, "normal"}))

    [security] = (await only(statement))["meta"]["security"]

    assert security["code"] == ("SDV" if label == "safeguarding" else label)


async def test_an_emergency_attendance_carries_its_times_and_the_ambulance_incident():
    end = NOW - timedelta(days=29)
    visit = await only(HOSPITAL.said(FactKind.ENCOUNTER, "ed", detail=ATTENDED, ends_at=end))

    validate(visit)
    systems_of = {identifier["system"]: identifier["value"] for identifier in visit["identifier"]}
    assert systems_of[AMBULANCE_INCIDENT_SYSTEM] == "CAD100"
    assert systems_of["https://fhir.nhs.uk/RRV/Id/spell"] == "SPELL-1"
    assert [step["status"] for step in visit["statusHistory"]] == [
        "arrived", "triaged", "in-progress", "finished",
    ]  # fmt: skip
    assert visit["statusHistory"][-1]["period"]["end"] == visit["period"]["end"]
    assert visit["serviceProvider"]["identifier"]["value"] == "RRV"
    assert "reference" not in visit["serviceProvider"]


async def test_an_admission_carries_method_destination_ward_and_diagnosis():
    diagnosis = HOSPITAL.said(FactKind.PROBLEM, "diagnosis", encounter="spell")
    admission = HOSPITAL.said(FactKind.ENCOUNTER, "spell", detail=ADMITTED)
    app = create_app(telling(admission, diagnosis), Faults())

    [visit] = found(await get(app, "Encounter", patient__identifier=identified()))

    stay = visit["hospitalization"]
    assert stay["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "21"
    assert stay["dischargeDisposition"]["coding"][0]["code"] == "19"
    assert visit["diagnosis"][0]["condition"]["reference"] == "Condition/diagnosis"
    place = await get(app, visit["location"][0]["location"]["reference"])
    assert place.json()["name"] == "T7 Medical"


async def test_a_discharge_medicine_is_a_request_with_its_dose_as_written():
    detail = {
        "prescription_type": "discharge",
        "dose_value": "1.50",
        "dose_unit": "mg",
        "route_code": "26643006",
    }
    statement = HOSPITAL.said(FactKind.MEDICATION, "drug", detail=detail | {"status": "active"})
    app = create_app(telling(statement), Faults())

    answer = await get(app, "MedicationRequest", patient__identifier=identified())

    assert b'"value":1.50' in answer.content
    validate(found(answer)[0])


@pytest.mark.parametrize(
    ("value", "unit", "element", "expected"),
    [
        ("6", "", "valueInteger", 6),
        ("6.10", "mmol/L", "valueQuantity", {"value": 6.1, "unit": "mmol/L"}),
        ("<5", "mg/L", "valueQuantity", {"value": 5, "comparator": "<", "unit": "mg/L"}),
        ("haemolysed", "mg/L", "valueString", "haemolysed"),
    ],
)
async def test_a_result_is_given_as_the_laboratory_wrote_it(value, unit, element, expected):
    detail = {"value": value, "unit": unit, "low": "1", "high": "9", "interpretation": "H"}
    resource = await only(HOSPITAL.said(FactKind.RESULT, "result", detail=detail))

    assert resource[element] == expected
    assert resource["interpretation"][0]["coding"][0]["code"] == "H"
    validate(resource)


async def test_results_of_one_day_are_in_one_labelled_report():
    members = [
        HOSPITAL.said(FactKind.RESULT, "r1", detail={"value": "1"}),
        HOSPITAL.said(FactKind.RESULT, "r2", detail={"value": "2"}, labels=frozenset({"hiv"})),
    ]
    app = create_app(telling(*members), Faults())

    [report] = found(await get(app, "DiagnosticReport", patient__identifier=identified()))

    assert [r["reference"] for r in report["result"]] == ["Observation/r1", "Observation/r2"]
    assert report["meta"]["security"][0]["code"] == "HIV"


async def test_references_come_in_every_form_that_a_reader_must_resolve():
    many = [HOSPITAL.said(FactKind.ENCOUNTER, "visit", detail=ADMITTED)]
    many += [HOSPITAL.said(FactKind.PROCEDURE, f"p{n}", encounter="visit") for n in range(60)]
    app = create_app(telling(*many), Faults())

    done = found(await get(app, "Procedure", patient__identifier=identified(), _count=100))

    assert any(r["subject"]["reference"].startswith("http://trust.test/fhir/") for r in done)
    assert any(r["subject"]["reference"].startswith("Patient/") for r in done)
    assert any("/_history/1" in r["encounter"]["reference"] for r in done)
    contained = [r for r in done if "contained" in r]
    assert contained[0]["performer"][0]["actor"]["reference"] == "#author"
    assert len(contained) < len(done)


async def test_the_hospital_knows_of_a_death():
    app = create_app(COHORT, Faults())

    [patient] = found(
        await get(app, "Patient", identifier=identified(COHORT.showcases["deceased"]))
    )

    assert "deceasedDateTime" in patient
    validate(patient)


async def test_a_referral_names_who_it_is_for_by_code():
    sent = await only(HOSPITAL.said(FactKind.REFERRAL, "sent", detail={"recipient": "RV3"}))

    assert sent["performer"][0]["identifier"]["value"] == "RV3"
    validate(sent)


@pytest.mark.parametrize("text", ["", "1,5", "<5", "01", "NaN"])
def test_what_is_no_number_is_never_written_as_one(text):
    with pytest.raises(ValueError, match="JSON number"):
        decimal(text)


def test_what_has_no_time_meets_no_date():
    assert not read_date("ge1900-01-01").passes(None)
