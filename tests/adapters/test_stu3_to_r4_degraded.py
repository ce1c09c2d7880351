"""Items whose own code was lost between practices arrive with their text, and say so."""

import pytest

from fhir_profiles.systems import CODING_QUALITY, SNOMED_CT
from tests.adapters.stu3_records import mapped

TAG = {"system": CODING_QUALITY, "code": "transfer-degraded"}


def coded(code, text="Penicillin V rash"):
    return {"coding": [{"system": SNOMED_CT, "code": code}], "text": text}


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "AllergyIntolerance", "code": coded("196461000000101")},
        {"resourceType": "Medication", "code": coded("196421000000109")},
        {"resourceType": "Observation", "code": coded("196411000000103")},
        {"resourceType": "ReferralRequest", "reasonCode": [coded("196431000000106")]},
        {"resourceType": "Immunization", "vaccineCode": coded("196461000000101")},
        {"resourceType": "DocumentReference", "type": coded("196461000000101")},
        {
            "resourceType": "MedicationStatement",
            "medicationCodeableConcept": coded("196421000000109"),
        },
    ],
)
def test_a_degraded_item_is_tagged_and_keeps_its_text(resource):
    _, [found] = mapped({"id": "1", **resource})

    assert found["meta"]["tag"] == [TAG]
    assert "Penicillin V rash" in str(found)


def test_the_tags_of_the_source_are_kept_before_it():
    theirs = {"system": "https://x.example", "code": "y"}
    resource = {"resourceType": "AllergyIntolerance", "id": "1", "meta": {"tag": [theirs]}}

    _, [found] = mapped({**resource, "code": coded("196471000000108")})

    assert found["meta"]["tag"] == [theirs, TAG]


@pytest.mark.parametrize("code", ["odd", {"coding": "odd"}, {"coding": ["odd"]}, coded("91936005")])
def test_another_item_has_no_such_tag(code):
    _, [found] = mapped({"resourceType": "AllergyIntolerance", "id": "1", "code": code})

    assert "tag" not in found["meta"]


@pytest.mark.parametrize("meta", ["odd", {"tag": "odd"}])
def test_a_meta_of_impossible_shape_gets_no_tag(meta):
    resource = {"resourceType": "AllergyIntolerance", "id": "1", "meta": meta}

    record, _found = mapped({**resource, "code": coded("196461000000101")})

    assert record.body
