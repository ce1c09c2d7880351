import pytest

from fhir_profiles.contained import contained_headers, contained_security
from fhir_profiles.headers import (
    clinical_date_of,
    codings_of,
    identifiers_of,
    needs_subject,
    security_of,
    status_of,
    subject_of,
    subjects_of,
    texts_of,
)
from fhir_profiles.spans import read_resource
from tests.resource_strategies import write

OBSERVATION = {"resourceType": "Observation", "id": "1"}


def compact(resource):
    return write(resource, {"separators": (",", ":")})


def header_of(**members):
    return read_resource(compact({"resourceType": "Observation", **members})).header


@pytest.mark.parametrize(
    ("resource_type", "members", "expected"),
    [
        ("Observation", {"subject": {"reference": "Patient/1"}}, ["Patient/1"]),
        ("Immunization", {"patient": {"reference": "Patient/1"}}, ["Patient/1"]),
        ("Coverage", {"beneficiary": {"reference": "Patient/1"}}, ["Patient/1"]),
        ("Task", {"for": {"reference": "Patient/1"}}, ["Patient/1"]),
        ("Account", {"subject": [{"reference": "Patient/1"}]}, ["Patient/1"]),
        (
            "Observation",
            {"subject": {"reference": "Patient/1"}, "patient": {"reference": "Patient/2"}},
            ["Patient/1", "Patient/2"],
        ),
        (
            "Appointment",
            {
                "participant": [
                    {"actor": {"reference": "Practitioner/1"}},
                    {"actor": {"reference": "https://a.example/Patient/1"}},
                    {"actor": {"reference": "urn:uuid:1", "type": "Patient"}},
                    {},
                ]
            },
            ["https://a.example/Patient/1", "urn:uuid:1"],
        ),
        ("Appointment", {"participant": 5}, []),
        ("Appointment", {}, []),
        ("Practitioner", {}, []),
    ],
)
def test_every_statement_of_whose_a_resource_is_counts(resource_type, members, expected):
    header = header_of(**members, resourceType=resource_type)

    assert [reference.reference for reference in subjects_of(header)] == expected
    assert (subject_of(header) is None) == (len(expected) != 1)


@pytest.mark.parametrize(
    ("resource_type", "needs"),
    [
        ("Observation", True),
        ("Unheard", True),
        ("Practitioner", False),
        ("List", False),
        ("Patient", False),
        ("OperationOutcome", False),
    ],
)
def test_only_listed_types_need_no_subject(resource_type, needs):
    assert needs_subject(resource_type) is needs


def test_codes_are_found_whatever_the_element_s_shape():
    header = header_of(
        code={"coding": [{"system": "s", "code": "1", "display": "One"}], "text": "first"},
        category=["food"],
        type="allergy",
        **{"class": {"code": "EMER", "display": "Emergency"}},
        title="Title",
    )

    assert list(codings_of(header)) == [
        ("s", "1"),
        (None, "food"),
        (None, "allergy"),
        (None, "EMER"),
    ]
    assert list(texts_of(header)) == ["One", "first", "food", "allergy", "Emergency", "Title"]


@pytest.mark.parametrize(
    ("members", "date"),
    [
        ({"effectiveDateTime": "2026", "issued": "2027"}, "2026"),
        ({"period": {"start": "2025", "end": "2026"}}, "2025"),
        ({"period": {"end": "2026"}}, "2026"),
        ({"period": {}, "recordedDate": "2024"}, "2024"),
        ({}, None),
    ],
)
def test_the_date_to_sort_by_is_when_it_happened_before_when_it_was_written(members, date):
    assert clinical_date_of(header_of(**members)) == date


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "final"}, "final"),
        ({"clinicalStatus": {"coding": [{"code": "active"}]}}, "active"),
        (
            {
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "verificationStatus": {"coding": [{"code": "entered-in-error"}]},
            },
            "entered-in-error",
        ),
        ({"verificationStatus": "confirmed"}, "confirmed"),
        ({"status": "current", "docStatus": "entered-in-error"}, "entered-in-error"),
        ({"status": "current", "docStatus": "final"}, "current"),
        ({"docStatus": "final"}, None),
        ({}, None),
    ],
)
def test_a_retraction_anywhere_is_the_status(members, status):
    assert status_of(header_of(**members)) == status


def test_labels_stand_on_the_resource_on_a_document_and_on_what_is_contained():
    span = read_resource(
        compact(
            OBSERVATION
            | {
                "meta": {"security": [{"code": "A"}]},
                "securityLabel": [{"coding": [{"code": "B"}]}],
                "identifier": {"system": "s", "value": "v"},
                "contained": [
                    {"resourceType": "Flag", "meta": {"security": [{"code": "C"}]}},
                    5,
                ],
            }
        )
    )

    assert [label.code for label in security_of(span.header)] == ["A", "B"]
    assert [label.code for label in contained_security(span)] == ["C"]
    assert [header.resource_type for header in contained_headers(span)] == ["Flag"]
    assert [identifier.value for identifier in identifiers_of(span.header)] == ["v"]
    assert span.header.has_contained


@pytest.mark.parametrize("contained", [None, 5, {}])
def test_what_is_no_list_contains_nothing(contained):
    span = read_resource(compact(OBSERVATION | {"contained": contained}))

    assert contained_headers(span) == ()
