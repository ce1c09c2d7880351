"""Ids and references of a mapped record: kept where they can be, changed together where they cannot."""

import json

import pytest

from adapters.stu3_to_r4 import LossReason
from tests.adapters.stu3_records import PATIENT, lost, mapped, record_list

ENDED = "1103671000000101"


def allergy(identity="28", **elements):
    return {"resourceType": "AllergyIntolerance", "id": identity, **elements}


@pytest.mark.parametrize(
    ("stu3", "r4"),
    [
        ("ProcedureRequest/3", "ServiceRequest/3"),
        ("ReferralRequest/3/_history/2", "ServiceRequest/3/_history/2"),
        ("https://x.example/fhir/ProcedureRequest/3", "https://x.example/fhir/ServiceRequest/3"),
        ("ReferralRequest?identifier=a|b", "ServiceRequest?identifier=a|b"),
        ("MedicationRequest/3", "MedicationRequest/3"),
        ("NotAProcedureRequest/3", "NotAProcedureRequest/3"),
        ("urn:uuid:0d9da3b9-f63c-4fcc-ba81-5ba3542a7fdc",) * 2,
        ("#local", "#local"),
    ],
)
def test_a_reference_to_a_renamed_type_is_renamed_and_others_stay(stu3, r4):
    deep = {"url": "https://x.example", "valueReference": {"reference": stu3}}

    _, [result] = mapped({**PATIENT, "extension": [deep]})

    assert result["extension"][0]["valueReference"] == {"reference": r4}


def test_two_requests_that_share_an_id_are_told_apart_wherever_they_are_named():
    procedure = {"resourceType": "ProcedureRequest", "id": "3"}
    referral = {"resourceType": "ReferralRequest", "id": "3", "replaces": [{}]}
    referral["replaces"] = [{"reference": "ProcedureRequest/3"}]
    points = record_list("1", "ReferralRequest/3", "ProcedureRequest/3")

    record, resources = mapped(points, procedure, referral)

    items = [one["item"]["reference"] for one in resources[0]["entry"]]
    assert items == ["ServiceRequest/ReferralRequest-3", "ServiceRequest/3"]
    assert [one["id"] for one in resources[1:]] == ["3", "ReferralRequest-3"]
    assert b"ReferralRequest" in record.originals[("ServiceRequest", "ReferralRequest-3")]


def test_a_primary_list_without_id_gets_its_code_and_others_a_stable_one():
    unnamed = {"resourceType": "Observation", "status": "final"}

    record, [first, second, third] = mapped(
        record_list("886921000000105"), record_list("886921000000105", "Condition/1"), unnamed
    )

    assert first["id"] == "886921000000105"
    assert second["id"].startswith("unnamed-")
    assert mapped(unnamed)[1][0]["id"] == third["id"]
    assert record.lists == {"886921000000105"}


def test_an_id_that_is_no_text_is_replaced_and_listed():
    record, [result] = mapped({"resourceType": "Patient", "id": 2})

    assert result["id"].startswith("unnamed-")
    assert lost(record) == [("Patient", "id", LossReason.VALUE_TRANSLATED)]


def test_ids_with_underscores_or_of_any_length_are_kept():
    _, resources = mapped({**PATIENT, "id": "a_b"}, {**PATIENT, "id": "x" * 90})

    assert [one["id"] for one in resources] == ["a_b", "x" * 90]


def test_an_ended_allergy_leaves_its_list_resolved():
    contained = allergy(clinicalStatus="active", code={"text": "latex"})

    record, [the_list, lifted] = mapped(record_list(ENDED, "#28", contained=[contained]))

    assert "contained" not in the_list
    assert the_list["entry"] == [{"item": {"reference": "AllergyIntolerance/28"}}]
    assert lifted["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert json.loads(record.originals[("AllergyIntolerance", "28")]) == contained


def test_an_allergy_that_another_list_contains_keeps_its_status():
    contained = allergy(clinicalStatus="active", code={"text": "latex"})

    _, [_, lifted] = mapped(record_list("current-allergies", "#28", contained=[contained]))

    assert lifted["clinicalStatus"]["coding"][0]["code"] == "active"


def test_an_ended_allergy_gives_way_to_a_current_one_of_the_same_id():
    _, resources = mapped(
        allergy(clinicalStatus="active"),
        record_list(ENDED, "#28", contained=[allergy()]),
        record_list("problems-allergies-related-to-problems", "AllergyIntolerance/28"),
    )

    assert [one["id"] for one in resources[:3]] == ["28", ENDED, "ended-28"]
    assert resources[1]["entry"][0]["item"]["reference"] == "AllergyIntolerance/ended-28"
    assert resources[3]["entry"][0]["item"]["reference"] == "AllergyIntolerance/28"


def test_an_allergy_that_two_lists_contain_is_lifted_once():
    contained = allergy(clinicalStatus="resolved")

    _, resources = mapped(
        record_list(ENDED, "#28", contained=[contained]),
        record_list("other", "#28", contained=[contained]),
    )

    kinds = [one["resourceType"] for one in resources]
    assert kinds == ["List", "AllergyIntolerance", "List"]
    assert resources[2]["entry"][0]["item"]["reference"] == "AllergyIntolerance/28"


def test_what_a_lifted_allergy_names_inside_its_list_goes_along():
    recorder = {"resourceType": "Practitioner", "id": "p"}
    contained = allergy(recorder={"reference": "#p"})

    _, [the_list, lifted] = mapped(record_list(ENDED, contained=[recorder, contained]))

    assert [one["id"] for one in the_list["contained"]] == ["p"]
    assert [one["id"] for one in lifted["contained"]] == ["p"]


def test_other_contained_resources_are_mapped_where_they_stand():
    medication = {"resourceType": "Medication", "id": "m", "isBrand": True}
    unknown = {"resourceType": "Basic", "id": "b"}
    request = {"resourceType": "MedicationRequest", "id": "1", "contained": [medication, unknown]}

    record, [result] = mapped(request)

    assert [one["id"] for one in result["contained"]] == ["m", "b"]
    assert lost(record) == [("Medication", "isBrand", LossReason.NO_PLACE_IN_R4)]


def test_two_different_resources_with_one_id_are_both_given_and_neither_is_the_original():
    record, resources = mapped({**PATIENT, "gender": "male"}, {**PATIENT, "gender": "female"})

    assert [one["gender"] for one in resources] == ["male", "female"]
    assert record.originals == {}
