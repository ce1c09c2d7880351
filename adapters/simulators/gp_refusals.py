"""List what a GP Connect provider refuses, with the status and Spine code of each refusal.

Decides nothing. Follows GP Connect Access Record: Structured 1.6, error handling.
"""

from dataclasses import dataclass

from adapters.simulators.rendering import Resource

ERROR_SYSTEM = "https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1"
WARNING_SYSTEM = "https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1"
OUTCOME_PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-OperationOutcome-1"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused request: HTTP status, Spine code, FHIR issue type, and why."""

    status: int
    code: str
    issue: str
    diagnostics: str


def bad_request(why: str) -> Refusal:
    """Refuse a faulty header, token or address."""
    return Refusal(400, "BAD_REQUEST", "invalid", why)


def invalid_parameter(why: str) -> Refusal:
    """Refuse a parameter that the operation does not take, or not with that value."""
    return Refusal(422, "INVALID_PARAMETER", "invalid", why)


def invalid_resource(why: str) -> Refusal:
    """Refuse a body that is not the resource that the operation takes."""
    return Refusal(422, "INVALID_RESOURCE", "invalid", why)


def unsupported_media_type() -> Refusal:
    """Refuse a body that is not declared to be FHIR JSON."""
    return Refusal(
        415, "UNSUPPORTED_MEDIA_TYPE", "invalid", "Content-Type must be application/fhir+json."
    )


def patient_not_found() -> Refusal:
    """Refuse alike whoever is not registered here, died, or must not be found."""
    return Refusal(404, "PATIENT_NOT_FOUND", "not-found", "No patient details found.")


def no_patient_consent() -> Refusal:
    """Refuse because the patient dissented."""
    return Refusal(
        403, "NO_PATIENT_CONSENT", "forbidden", "Patient has not provided consent to share data."
    )


def error_outcome(refusal: Refusal) -> Resource:
    """Give the OperationOutcome of a refusal."""
    coding = {"system": ERROR_SYSTEM, "code": refusal.code, "display": refusal.code}
    issue = {"severity": "error", "code": refusal.issue, "details": {"coding": [coding]}}
    return _outcome([{**issue, "diagnostics": refusal.diagnostics}])


def warning_outcome(switched_off: list[str]) -> Resource:
    """Give the OperationOutcome that names areas which the practice has switched off."""
    coding = {"system": WARNING_SYSTEM, "code": "NOT_IMPLEMENTED", "display": "Not implemented"}
    issue = {"severity": "warning", "code": "not-supported", "details": {"coding": [coding]}}
    return _outcome([{**issue, "diagnostics": parameter} for parameter in switched_off])


def _outcome(issues: list[Resource]) -> Resource:
    return {
        "resourceType": "OperationOutcome",
        "meta": {"profile": [OUTCOME_PROFILE]},
        "issue": issues,
    }
