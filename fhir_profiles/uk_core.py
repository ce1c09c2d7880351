"""Know what UK Core adds to FHIR R4 that matters here: profiles, NHS number status, must-have elements.

Is no UK Core validator and never drops a resource. Follows UK Core STU3 Sequence (2.x StructureDefinitions)
and, for the NHS number status, GP Connect STU3 as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from fhir_profiles import systems
from fhir_profiles.issues import Issue, IssueKind
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

UNKNOWN_STATUS = "unknown"
"""Stands for a verification status that is stated but is none of 01 to 08: never the same as absent."""

_GP_CONNECT_STATUS = (
    "https://fhir.nhs.uk/STU3/StructureDefinition/"
    "Extension-CareConnect-GPC-NHSNumberVerificationStatus-1"
)
_STATUS_EXTENSIONS = frozenset({systems.NHS_NUMBER_VERIFICATION_STATUS, _GP_CONNECT_STATUS})
_STATUS_OF_WORDS = {
    "number-present-and-verified": "01",
    "number-present-but-not-traced": "02",
    "trace-required": "03",
    "trace-attempted": "04",
    "trace-needs-to-be-resolved": "05",
    "trace-in-progress": "06",
    "number-not-present-and-trace-not-required": "07",
    "trace-postponed": "08",
}
"""Source: CodeSystem UKCore-NHSNumberVerificationStatus; the numbers, …StatusEngland."""

_PROFILED = frozenset(
    {
        "AllergyIntolerance",
        "Appointment",
        "AuditEvent",
        "Bundle",
        "CarePlan",
        "CareTeam",
        "Communication",
        "Composition",
        "Condition",
        "Consent",
        "Device",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "EpisodeOfCare",
        "FamilyMemberHistory",
        "Flag",
        "HealthcareService",
        "ImagingStudy",
        "Immunization",
        "List",
        "Location",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "Observation",
        "OperationOutcome",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Procedure",
        "Provenance",
        "QuestionnaireResponse",
        "RelatedPerson",
        "ServiceRequest",
        "Specimen",
        "Task",
    }
)
# Elements that UK Core asks for and base R4 does not.
_MUST_HAVE = {"AllergyIntolerance": "code", "Medication": "code"}


class _Coding(msgspec.Struct):
    code: str | None = None


class _Concept(msgspec.Struct):
    coding: list[_Coding] = []


class _Extension(msgspec.Struct, rename="camel"):
    url: str | None = None
    value_codeable_concept: _Concept | None = None


class _Identifier(msgspec.Struct):
    system: str | None = None
    value: str | None = None
    use: str | None = None
    extension: list[_Extension] = []


class _Patient(msgspec.Struct):
    identifier: list[_Identifier] = []


@dataclass(frozen=True, slots=True)
class NhsNumberClaim:
    """One NHS number that a Patient carries; `number` is None when its value is not one.

    `status` is 01 to 08, `UNKNOWN_STATUS`, or None when no status is stated.
    """

    number: NhsNumber | None
    use: str | None
    status: str | None


def profile_of(resource_type: str) -> str | None:
    """Give the canonical of the UK Core profile of a type, or None where UK Core has none."""
    return f"{systems.UK_CORE}/UKCore-{resource_type}" if resource_type in _PROFILED else None


def verification_status_of(identifier: Mapping[str, object]) -> str | None:
    """Read the NHS number verification status of an identifier, in UK Core or GP Connect form.

    Shape: 01 to 08 whichever way it is coded; `UNKNOWN_STATUS` for anything else that is stated;
    None when nothing is stated.
    """
    try:
        return _status_of(msgspec.convert(identifier, _Identifier))
    except msgspec.ValidationError:
        return UNKNOWN_STATUS


def nhs_number_claims(patient: bytes) -> tuple[NhsNumberClaim, ...]:
    """Read every NHS number that a Patient resource carries, under either accepted system.

    Raises ValueError when the identifiers cannot be read.
    """
    try:
        read = msgspec.json.decode(patient, type=_Patient)
    except msgspec.DecodeError as fault:
        # The decoder's own message may quote the input.
        raise ValueError("The identifiers of a Patient could not be read.") from fault
    return tuple(
        NhsNumberClaim(_number_of(one.value), one.use, _status_of(one))
        for one in read.identifier
        if one.system in systems.NHS_NUMBER_ACCEPTED
    )


def must_have_issues(resource: Mapping[str, object]) -> Iterator[Issue]:
    """Find missing elements that UK Core requires, and NHS numbers that are none."""
    kind = str(resource.get("resourceType"))
    wanted = _MUST_HAVE.get(kind)
    if wanted is not None and wanted not in resource:
        yield Issue(IssueKind.MISSING, f"{kind}.{wanted}")
    identifiers = resource.get("identifier") if kind == "Patient" else None
    for position, one in enumerate(identifiers if isinstance(identifiers, list) else []):
        if isinstance(one, dict) and one.get("system") in systems.NHS_NUMBER_ACCEPTED:
            value = one.get("value")
            if _number_of(value if isinstance(value, str) else None) is None:
                yield Issue(IssueKind.INVALID_NHS_NUMBER, f"Patient.identifier[{position}].value")


def _status_of(identifier: _Identifier) -> str | None:
    stated = [one for one in identifier.extension if one.url in _STATUS_EXTENSIONS]
    if not stated:
        return None
    concepts = [one.value_codeable_concept or _Concept() for one in stated]
    codes = {_status_from(coding.code) for concept in concepts for coding in concept.coding}
    # Two codings that disagree are a doubt, and a doubt is not a verified number.
    return codes.pop() if len(codes) == 1 else UNKNOWN_STATUS


def _status_from(code: str | None) -> str:
    word = (code or "").strip().lower()
    known = word if word in _STATUS_OF_WORDS.values() else _STATUS_OF_WORDS.get(word)
    return known or UNKNOWN_STATUS


def _number_of(value: str | None) -> NhsNumber | None:
    try:
        return NhsNumber.parse(value or "")
    except InvalidNhsNumberError:
        return None
