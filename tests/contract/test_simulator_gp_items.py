"""The simulated practice systems render each kind of item as GP systems do."""

import base64
import json
from dataclasses import replace

import httpx2
import pytest

from adapters.simulators.faults import Faults
from adapters.simulators.gp import (
    BINARY_INTERACTION,
    OPERATION,
    create_app,
)
from adapters.simulators.truth import (
    Coding,
    FactKind,
)
from fhir_profiles import systems
from tests.contract.gp_consumer import (
    BASE,
    CONSULTED,
    EVERY_AREA,
    HYPERTENSION,
    NOW,
    PENICILLIN,
    TOMORROW,
    YESTERDAY,
    area,
    asking,
    headers,
    lists,
    post,
    resource_of,
    resources,
    said,
    telling,
    token,
    validate,
)


async def test_a_decimal_keeps_its_text():
    drug = Coding(systems.SNOMED_CT, "318783003", "Doxazosin 4mg tablets")
    detail = {"dose_value": "1.50", "dose_unit": "mg", "quantity": "28.0", "last_issued": YESTERDAY}
    cohort = telling(said(FactKind.MEDICATION, "drug-1", drug, detail=detail))

    answer = await post(asking({"name": "includeMedication"}), cohort=cohort)

    assert b'"value":1.50' in answer.content
    assert b'"value":28.0' in answer.content


async def test_a_medicine_has_statement_plan_and_issue():
    drug = Coding(systems.SNOMED_CT, "318783003", "Doxazosin 4mg tablets")
    detail = {"prescription_type": "repeat", "status": "active", "last_issued": YESTERDAY}
    cohort = telling(said(FactKind.MEDICATION, "drug-1", drug, detail=detail))
    issues = ("valueBoolean", False)

    whole = await post(asking({"name": "includeMedication"}), cohort=cohort)
    without = await post(
        asking(area("includeMedication", includePrescriptionIssues=issues)), cohort=cohort
    )

    assert [r["intent"] for r in resources(whole, "MedicationRequest")] == ["plan", "order"]
    assert [r["intent"] for r in resources(without, "MedicationRequest")] == ["plan"]


async def test_an_ended_allergy_is_contained_and_only_given_when_asked_for():
    detail = {"is_ended": "true", "category": "medication"}
    cohort = telling(said(FactKind.ALLERGY, "allergy-1", PENICILLIN, detail=detail))
    wanted = area("includeAllergies", includeResolvedAllergies=("valueBoolean", True))
    unwanted = area("includeAllergies", includeResolvedAllergies=("valueBoolean", False))

    asked = lists(await post(asking(wanted), cohort=cohort))
    not_asked = lists(await post(asking(unwanted), cohort=cohort))

    ended = asked["1103671000000101"]
    assert ended["contained"][0]["clinicalStatus"] == "resolved"
    assert ended["entry"] == [{"item": {"reference": "#allergy-1"}}]
    assert list(not_asked) == ["886921000000105"]


async def test_a_consultation_is_nested_lists_tied_to_its_encounter():
    item = said(FactKind.PROBLEM, "problem-1", HYPERTENSION, encounter="visit-1")
    answer = await post(asking({"name": "includeConsultations"}), cohort=telling(CONSULTED, item))

    by_id = {r["id"]: r for r in resources(answer, "List") if "id" in r}
    topic = by_id["visit-1-topic-0"]
    headings = [entry["item"]["reference"] for entry in topic["entry"]]
    assert [by_id[h.removeprefix("List/")]["title"] for h in headings] == ["Comment", "Problem"]
    assert all(r["encounter"] == {"reference": "Encounter/visit-1"} for r in by_id.values())
    assert "consultations-problems-contained-in-consultations" in lists(answer)
    assert "class" not in resources(answer, "Encounter")[0]


async def test_a_problem_is_linked_to_what_was_recorded_with_it():
    other = said(
        FactKind.PROBLEM,
        "problem-2",
        HYPERTENSION,
        encounter="visit-1",
        detail={"status": "active"},
    )
    item = said(FactKind.PROBLEM, "problem-1", HYPERTENSION, encounter="visit-1")
    wanted = area("includeProblems", filterStatus=("valueCode", "active"))

    answer = await post(asking(wanted), cohort=telling(CONSULTED, item, other))

    assert lists(answer)["717711000000103"]["entry"] == [
        {"item": {"reference": "Condition/problem-2"}}
    ]
    linked = lists(answer)["problems-linked-problems-not-relating-to-the-primary-query"]
    assert linked["entry"] == [{"item": {"reference": "Condition/problem-1"}}]
    urls = {e["url"].rpartition("/")[2] for e in resources(answer, "Condition")[0]["extension"]}
    assert "Extension-CareConnect-RelatedProblemHeader-1" in urls


async def test_results_of_one_day_are_one_report_with_specimen_and_request():
    test = Coding(systems.SNOMED_CT, "1022431000000105", "Haemoglobin estimation")
    detail = {
        "value": "140",
        "unit": "g/L",
        "unit_code": "g/L",
        "low": "130",
        "interpretation": "N",
    }
    members = [
        said(FactKind.RESULT, "result-1", test, detail=detail, labels=frozenset({"sexual-health"})),
        said(FactKind.RESULT, "result-2", test, detail=detail | {"value": "<5"}),
    ]

    answer = await post(asking({"name": "includeInvestigations"}), cohort=telling(*members))

    [report] = resources(answer, "DiagnosticReport")
    assert [r["reference"] for r in report["result"]] == [
        "Observation/result-1",
        "Observation/result-2",
    ]
    assert report["meta"]["security"][0]["code"] == "SEX"
    assert len(resources(answer, "Specimen")) == len(resources(answer, "ProcedureRequest")) == 1
    assert resources(answer, "Observation")[1]["valueQuantity"]["comparator"] == "<"


async def test_recalls_to_come_are_diary_entries_and_past_ones_are_not():
    recall = Coding(systems.SNOMED_CT, "134186004", "Over 75 health check")
    due = said(FactKind.APPOINTMENT, "due", recall, detail={"status": "booked"})
    done = said(FactKind.APPOINTMENT, "done", recall, detail={"status": "fulfilled"})
    until = area("includeDiaryEntries", diaryEntriesSearchDate=("valueDate", TOMORROW))

    answer = await post(asking(until), cohort=telling(due, done))

    [entry] = resources(answer, "ProcedureRequest")
    assert (entry["id"], entry["status"]) == ("due", "active")


async def test_measurements_and_coded_entries_are_uncategorised_data():
    score = Coding(systems.SNOMED_CT, "1104051000000101", "NEWS2 total")
    members = [
        said(FactKind.VITAL_SIGN, "score", score, detail={"value": "6"}),
        said(FactKind.VITAL_SIGN, "words", score, detail={"value": "not done"}),
        said(FactKind.FLAG, "flag", HYPERTENSION, detail={"kind": "safety", "status": "active"}),
    ]

    answer = await post(asking({"name": "includeUncategorisedData"}), cohort=telling(*members))

    by_id = {found["id"]: found for found in resources(answer, "Observation")}
    assert by_id["score"]["valueQuantity"] == {"value": 6}
    assert by_id["words"]["valueString"] == "not done"
    assert by_id["flag"]["comment"] == "kind: safety; status: active"


@pytest.mark.parametrize(
    ("label", "system", "code"),
    [
        ("sexual-health", "http://hl7.org/fhir/v3/ActCode", "SEX"),
        ("mental-health", "http://hl7.org/fhir/v3/ActCode", "PSY"),
        ("witness", "https://shared-care-record.example/CodeSystem/label", "witness"),
        ("research-interest", "https://shared-care-record.example/CodeSystem/label", "research-interest"),
    ],
)  # fmt: skip
async def test_a_sensitive_item_carries_its_label(label, system, code):
    item = said(FactKind.PROBLEM, "problem-1", HYPERTENSION, labels=frozenset({label}))

    answer = await post(asking({"name": "includeProblems"}), cohort=telling(item))

    [security] = resources(answer, "Condition")[0]["meta"]["security"]
    assert (security["system"], security["code"]) == (system, code)


@pytest.mark.parametrize("kind", [FactKind.PROBLEM, FactKind.ALLERGY, FactKind.MEDICATION, FactKind.ENCOUNTER, FactKind.IMMUNISATION, FactKind.REFERRAL, FactKind.VITAL_SIGN])  # fmt: skip
async def test_a_retracted_item_says_entered_in_error(kind):
    item = said(kind, "item-1", HYPERTENSION, is_retracted=True)

    answer = await post(asking(*EVERY_AREA), cohort=telling(item))

    found = [r for r in map(resource_of, answer.json()["entry"]) if r.get("id") == "item-1"]
    statuses = {found[0].get("status"), found[0].get("verificationStatus")}
    assert "entered-in-error" in statuses
    validate(found[0])


async def test_a_document_is_read_from_the_documents_interface():
    documents = BASE.replace("/structured/", "/documents/")
    letter = said(
        FactKind.DOCUMENT,
        "letter-1",
        HYPERTENSION,
        detail={"title": "Letter", "content_type": "text/plain"},
    )
    letter = replace(letter, fact=replace(letter.fact, detail={"title": "Letter"}))
    app = create_app(telling(letter), Faults(), now=lambda: NOW)
    sent = headers(Ssp_InteractionID=BINARY_INTERACTION, Authorization=token(aud=documents))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        asked = json.dumps(asking({"name": "includeProblems"}))
        record = await client.post(f"{BASE}/{OPERATION}", content=asked, headers=headers())
        [entry] = resources(record, "DocumentReference")
        url = entry["content"][0]["attachment"]["url"]
        content = await client.get(url, headers=sent)
        missing = await client.get(f"{documents}/Binary/other", headers=sent)
        refused = await client.get(url, headers=headers())

    assert base64.b64decode(content.json()["content"]).startswith(b"Letter")
    assert (missing.status_code, refused.status_code) == (404, 400)


async def test_an_entry_without_a_code_is_text_alone():
    words = said(FactKind.PROBLEM, "words", Coding("", "", "Feels unwell"))

    answer = await post(asking({"name": "includeProblems"}), cohort=telling(words))

    assert resources(answer, "Condition")[0]["code"] == {"text": "Feels unwell"}


async def test_what_a_consultation_led_to_is_in_its_secondary_lists():
    detail = {"recipient": "RRV", "priority": "urgent", "status": "active"}
    sent = said(FactKind.REFERRAL, "sent", HYPERTENSION, encounter="visit-1", detail=detail)
    told = said(FactKind.ALLERGY, "told", PENICILLIN, encounter="visit-1")
    cohort = telling(CONSULTED, sent, told)

    answer = await post(asking({"name": "includeConsultations"}), cohort=cohort)

    assert "consultations-outbound-referrals-in-consultations" in lists(answer)
    assert "consultations-allergies-contained-in-consultations" in lists(answer)
    [referral] = resources(answer, "ReferralRequest")
    assert referral["recipient"][0]["identifier"]["value"] == "RRV"
    [allergy] = resources(answer, "AllergyIntolerance")
    assert allergy["extension"][0]["valueReference"] == {"reference": "Encounter/visit-1"}
