"""Write what PDS answers, and ask a stub of it through the adapter."""

from fhir_profiles.nhs_number import NhsNumber
from tests.adapters.stub_source import answer

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
ONE, TWO, THREE, FOUR, FIVE = (
    NhsNumber(f"99900000{end}") for end in ("18", "26", "34", "42", "69")
)


def patient(number=ONE, **changes):
    return {
        "resourceType": "Patient",
        "id": number.digits,
        "meta": {"security": [{"code": "U"}]},
        "identifier": [{"system": SYSTEM, "value": number.digits}],
        "name": [
            {"use": "maiden", "family": "Former"},
            {"use": "usual", "family": "Shah", "given": ["Asha", "R"], "prefix": ["Dr"]},
        ],
        "gender": "female",
        "birthDate": "1980-02-29",
        "generalPractitioner": [{"identifier": {"system": ODS, "value": "F84004"}}],
        "address": [
            {"use": "temp", "line": ["Ward 1"], "postalCode": "N1 1AA"},
            {"use": "home", "line": ["1 High Street", "London"], "postalCode": "E1 6AN"},
        ],
        **changes,
    }


def refusal(code, status):
    issue = {"code": "x", "details": {"coding": [{"code": code}]}}
    return answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)
