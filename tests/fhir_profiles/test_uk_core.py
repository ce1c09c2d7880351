"""What UK Core adds: NHS number status, profiles, must-have elements."""

import json

import pytest

from fhir_profiles import systems
from fhir_profiles.issues import IssueKind
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.uk_core import (
    UNKNOWN_STATUS,
    must_have_issues,
    nhs_number_claims,
    profile_of,
    verification_status_of,
)

UK_CORE = systems.NHS_NUMBER_VERIFICATION_STATUS
GP_CONNECT = (
    "https://fhir.nhs.uk/STU3/StructureDefinition/"
    "Extension-CareConnect-GPC-NHSNumberVerificationStatus-1"
)


def identifier(*codes: str | None, url: str = UK_CORE) -> dict[str, object]:
    codings = [{"system": "any", "code": code} for code in codes]
    status = {"url": url, "valueCodeableConcept": {"coding": codings}}
    return {"system": systems.NHS_NUMBER, "value": "9990000018", "extension": [status]}


@pytest.mark.parametrize("url", [UK_CORE, GP_CONNECT])
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("01", "01"),
        ("06", "06"),
        ("08", "08"),
        ("number-present-and-verified", "01"),
        ("number-present-but-not-traced", "02"),
        ("Trace-Required", "03"),
        ("trace-attempted", "04"),
        ("trace-needs-to-be-resolved", "05"),
        ("trace-in-progress", "06"),
        ("number-not-present-and-trace-not-required", "07"),
        ("trace-postponed", "08"),
        ("09", UNKNOWN_STATUS),
        ("verified", UNKNOWN_STATUS),
        ("", UNKNOWN_STATUS),
    ],
)
def test_a_status_is_read_in_both_forms_and_both_codings(url: str, code: str, status: str) -> None:
    assert verification_status_of(identifier(code, url=url)) == status


def test_a_status_coded_twice_alike_is_that_status() -> None:
    assert verification_status_of(identifier("01", "number-present-and-verified")) == "01"


@pytest.mark.parametrize(
    "broken",
    [
        identifier(),
        identifier(None),
        identifier("01", "02"),
        {"extension": [{"url": UK_CORE}]},
        {"extension": [{"url": UK_CORE, "valueCodeableConcept": {"coding": "01"}}]},
        {"extension": "01"},
    ],
)
def test_a_status_that_cannot_be_read_is_never_a_verified_one(broken: dict[str, object]) -> None:
    assert verification_status_of(broken) == UNKNOWN_STATUS


@pytest.mark.parametrize("plain", [{}, {"extension": [{"url": "http://example.org/other"}]}])
def test_a_status_that_is_not_stated_is_none(plain: dict[str, object]) -> None:
    assert verification_status_of(plain) is None


def test_every_nhs_number_of_a_patient_is_read_with_its_use_and_status() -> None:
    old = {"system": "https://fhir.hl7.org.uk/Id/nhs-number", "value": "999 000 0026", "use": "old"}
    local = {"system": "urn:local", "value": "9990000018"}
    bad = {"system": systems.NHS_NUMBER, "value": "1234567890"}
    patient = {"resourceType": "Patient", "identifier": [identifier("01"), old, local, bad, {}]}

    first, second, third = nhs_number_claims(json.dumps(patient).encode())

    assert (first.number, first.use, first.status) == (NhsNumber("9990000018"), None, "01")
    assert (second.number, second.use, second.status) == (NhsNumber("9990000026"), "old", None)
    assert third.number is None


@pytest.mark.parametrize(
    "body", [b"{", b'{"identifier":"9990000018"}', b'{"identifier":[{"value":9990000018}]}']
)
def test_identifiers_that_cannot_be_read_are_refused_without_being_quoted(body: bytes) -> None:
    with pytest.raises(ValueError, match="could not be read") as refusal:
        nhs_number_claims(body)

    assert "999" not in str(refusal.value)


@pytest.mark.parametrize(
    ("resource_type", "profile"),
    [
        ("Encounter", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Encounter"),
        ("DetectedIssue", None),
    ],
)
def test_a_profile_is_named_only_where_uk_core_has_one(
    resource_type: str, profile: str | None
) -> None:
    assert profile_of(resource_type) == profile


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ({"resourceType": "AllergyIntolerance"}, [(IssueKind.MISSING, "AllergyIntolerance.code")]),
        ({"resourceType": "AllergyIntolerance", "code": {}}, []),
        ({"resourceType": "Encounter"}, []),
        ({"resourceType": "Patient"}, []),
        ({"resourceType": "Patient", "identifier": [identifier(), "text"]}, []),
        (
            {"resourceType": "Patient", "identifier": [{"system": systems.NHS_NUMBER, "value": 1}]},
            [(IssueKind.INVALID_NHS_NUMBER, "Patient.identifier[0].value")],
        ),
    ],
)
def test_a_must_have_that_is_not_there_is_found(
    resource: dict[str, object], found: list[tuple[IssueKind, str]]
) -> None:
    assert [(issue.kind, issue.path) for issue in must_have_issues(resource)] == found
