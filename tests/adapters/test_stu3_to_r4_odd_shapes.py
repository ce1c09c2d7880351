"""What the mapping does with values that are not as STU3 says: carry them on, never hide the resource."""

import pytest

from tests.adapters.stu3_records import (
    CONCEPT,
    GPC,
    REFERENCE,
    coded,
    complex_extension,
    extension,
    mapped_one,
)


@pytest.mark.parametrize(
    ("stu3_type", "element", "value"),
    [
        ("MedicationRequest", "requester", REFERENCE),
        ("Condition", "clinicalStatus", coded("condition-clinical", "active")),
        ("DiagnosticReport", "category", [CONCEPT]),
        ("MedicationRequest", "substitution", {"reason": CONCEPT}),
        ("DiagnosticReport", "performer", [REFERENCE]),
        ("DocumentReference", "context", "odd"),
    ],
)
def test_a_value_that_is_not_as_stu3_says_is_carried_on(stu3_type, element, value):
    result = mapped_one({"resourceType": stu3_type, element: value})

    assert result[element] == value


@pytest.mark.parametrize(
    ("stu3_type", "unusual"),
    [
        ("Patient", complex_extension(f"{GPC}NHSCommunication-1", extension("other"))),
        ("Practitioner", complex_extension(f"{GPC}NHSCommunication-1", extension("other"))),
        ("MedicationRequest", complex_extension(f"{GPC}MedicationStatusReason-1", {})),
        ("MedicationRequest", extension(f"{GPC}MedicationRepeatInformation-1", valueCode="x")),
        ("MedicationRequest", extension(f"{GPC}PrescriptionType-1", valueCode="x")),
        ("List", extension(f"{GPC}ListWarningCode-1", valueString="x")),
        ("Organization", extension("https://elsewhere.example/x", valueInteger=1)),
    ],
)
def test_an_extension_of_unknown_url_or_unusual_shape_stays_as_it_is(stu3_type, unusual):
    result = mapped_one({"resourceType": stu3_type, "extension": [unusual]})

    assert result == {"extension": [unusual]}


def test_a_problem_header_without_category_is_a_problem():
    profile = (
        "https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-ProblemHeader-Condition-1"
    )

    result = mapped_one({"resourceType": "Condition", "meta": {"profile": [profile]}})

    assert result == {"category": [coded("condition-category", "problem-list-item")]}
