import pytest

from fhir_profiles.systems import SNOMED_CT
from gateway.patient.dates import joined, span_of
from tests.patient.factories import coded, resource, shown_item


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (resource("Observation", effectiveDateTime="2024-05-06"), span_of("2024-05-06")),
        (
            resource("Encounter", period={"start": "2024-05-06", "end": "2024-05-08"}),
            joined(span_of("2024-05-06"), span_of("2024-05-08")),
        ),
        (
            resource("Encounter", period={"start": "2024-05-06"}),
            joined(span_of("2024-05-06"), None),
        ),
        (resource("Encounter", period={"end": "2024-05-08"}), span_of("2024-05-08")),
        (resource("Encounter", period={}), None),
        (
            resource(
                "Observation", effectiveDateTime="2024-05-06", effectivePeriod={"end": "2020"}
            ),
            span_of("2024-05-06"),
        ),
        (resource("Condition", recordedDate="2024"), span_of("2024")),
        (resource("Condition", recordedDate="long ago"), None),
        (resource("Condition"), None),
    ],
)
def test_an_item_says_when_it_happened_or_nothing(content, expected):
    assert shown_item(content).when == expected


@pytest.mark.parametrize(
    ("resource_type", "element"),
    [
        ("Observation", "effectivePeriod"),
        ("Procedure", "performedPeriod"),
        ("Condition", "onsetPeriod"),
        ("CarePlan", "period"),
    ],
)
def test_an_item_of_some_length_lasts_from_its_start_to_its_end(resource_type, element):
    item = shown_item(
        resource(resource_type, **{element: {"start": "2024-05-06", "end": "2024-05-08"}})
    )

    assert item.when == joined(span_of("2024-05-06"), span_of("2024-05-08"))


def test_an_item_has_a_type_and_a_status():
    item = shown_item(resource("Observation", status="final"))

    assert (item.resource_type, item.status, item.stands) == ("Observation", "final", "final")


def test_a_retraction_anywhere_wins():
    item = shown_item(
        resource(
            "Condition",
            clinicalStatus=coded("active", "urn:c"),
            verificationStatus=coded("entered-in-error", "urn:v"),
        )
    )

    assert (item.status, item.stands) == (None, "entered-in-error")


def test_clinical_statuses_are_codings_that_have_a_code():
    status = {"coding": [{"system": "urn:c", "code": "active"}, {"system": "urn:c"}]}

    assert shown_item(resource("Condition", clinicalStatus=status)).clinical_statuses == (
        ("urn:c", "active"),
    )
    assert shown_item(resource("Condition")).clinical_statuses == ()


def test_codings_are_those_that_have_a_code():
    code = {"coding": [{"system": SNOMED_CT, "code": "1"}, {"display": "x"}]}
    category = [{"coding": [{"code": "2"}]}]

    assert shown_item(resource("Condition", code=code, category=category)).codings == (
        (SNOMED_CT, "1"),
        (None, "2"),
    )
