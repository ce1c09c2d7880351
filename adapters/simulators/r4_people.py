"""Render the person and the staff, organisations and places of an R4 source.

Follows UKCore-Patient, -Practitioner, -PractitionerRole, -Organization and -Location (FHIR R4).
"""

from adapters.simulators.r4_chart import Chart, narrative, profile
from adapters.simulators.rendering import Resource, coded, coding, extension, moment, stated
from adapters.simulators.staff import Clinician
from adapters.simulators.truth import Person
from fhir_profiles import systems

_VERIFICATION_SYSTEM = (
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
)
_STATIC_TIME = "2024-01-01T00:00:00+00:00"


def patient(chart: Chart) -> Resource:
    """Render the person without saying whether they live; the hospital adds what it knows."""
    person = chart.person
    return {
        "resourceType": "Patient",
        "id": chart.patient_id,
        "meta": _static_meta("Patient"),
        "text": narrative(f"{person.prefix} {person.family_name}"),
        "identifier": _identifiers(chart),
        "active": True,
        "name": [
            {
                "use": "official",
                "family": person.family_name,
                "given": list(person.given_names),
                "prefix": [person.prefix],
            }
        ],
        "telecom": [{"system": "phone", "value": person.phone, "use": "home"}],
        "gender": person.gender,
        "birthDate": person.born_on.isoformat(),
        "address": [
            {"use": "home", "line": list(person.address_lines), "postalCode": person.postcode}
        ],
        "generalPractitioner": [
            {
                "type": "Organization",
                "identifier": {"system": systems.ODS_ORGANISATION, "value": person.practice},
            }
        ],
    }


def deceased(person: Person) -> Resource:
    """Give the element that says when somebody died, if they did."""
    return {"deceasedDateTime": moment(person.died_at)} if person.died_at else {}


def practitioner(who: Clinician) -> Resource:
    """Render one member of staff."""
    name = {"family": who.family_name, "given": [who.given_name], "prefix": [who.prefix]}
    return {
        "resourceType": "Practitioner",
        "id": who.id,
        "meta": _static_meta("Practitioner"),
        "text": narrative(who.full_name),
        "identifier": [{"system": systems.SDS_USER, "value": who.sds_user}],
        "name": [name],
    }


def practitioner_role(who: Clinician, organisation: str, job: tuple[str, str]) -> Resource:
    """Render what one member of staff does; `job` is the SDS role code and its name."""
    job_system = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName"
    return {
        "resourceType": "PractitionerRole",
        "id": f"role-{who.id}",
        "meta": _static_meta("PractitionerRole"),
        "identifier": [{"system": systems.SDS_ROLE_PROFILE, "value": who.role_profile}],
        "practitioner": {"reference": f"Practitioner/{who.id}"},
        "organization": {"reference": f"Organization/{organisation_id(organisation)}"},
        "code": [coded(job_system, *job)],
    }


def organisation(ods_code: str, name: str) -> Resource:
    """Render an organisation."""
    return {
        "resourceType": "Organization",
        "id": organisation_id(ods_code),
        "meta": _static_meta("Organization"),
        "text": narrative(name),
        "identifier": [{"system": systems.ODS_ORGANISATION, "value": ods_code}],
        "active": True,
        "name": name,
    }


def organisation_id(ods_code: str) -> str:
    """Give the id of an organisation at every source."""
    return f"org-{ods_code.lower()}"


def location(
    location_id: str, name: str, physical_type: tuple[str, str], extra: Resource | None = None
) -> Resource:
    """Render a place; `physical_type` is a code of location-physical-type and its display."""
    system = "http://terminology.hl7.org/CodeSystem/location-physical-type"
    return {
        "resourceType": "Location",
        "id": location_id,
        "meta": _static_meta("Location"),
        "text": narrative(name),
        "status": "active",
        "name": name,
        "mode": "instance",
        "physicalType": coded(system, *physical_type),
        **(extra or {}),
    }


def _identifiers(chart: Chart) -> list[Resource]:
    status = {"coding": [coding(_VERIFICATION_SYSTEM, "01", "Number present and verified")]}
    verified = [extension(systems.NHS_NUMBER_VERIFICATION_STATUS, "CodeableConcept", status)]
    number = {"system": systems.NHS_NUMBER, "value": chart.person.nhs_number.digits}
    former: list[Resource] = [
        {"use": "old", "system": systems.NHS_NUMBER, "value": old.digits}
        for old in chart.person.former_numbers
    ]
    own_system = f"https://fhir.nhs.uk/{chart.organisation}/Id/Patient"
    own: Resource = {"use": "secondary", "system": own_system, "value": chart.patient_id}
    return [{"extension": verified, "use": "official", **number}, *former, own]


def _static_meta(resource_type: str) -> Resource:
    return stated(
        {"versionId": "1", "lastUpdated": _STATIC_TIME, "profile": [profile(resource_type)]}
    )
