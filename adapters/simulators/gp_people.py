"""Render the people and places of a structured record: patient, practice, clinicians.

Follows the profiles CareConnect-GPC-Patient-1, -Organization-1, -Practitioner-1, -PractitionerRole-1
and -Location-1 (FHIR STU3).
"""

from adapters.simulators.gp_chart import CODE_SYSTEM_BASE, PROFILE_BASE, Chart, meta
from adapters.simulators.rendering import Resource, coded, extension, stated
from adapters.simulators.staff import Clinician, clinicians_of
from fhir_profiles import systems


def people_of(chart: Chart) -> list[Resource]:
    """Give the resources that every answer holds; the usual GP is the practice's first clinician."""
    usual = clinicians_of(chart.practice)[0]
    return [
        _patient(chart, usual),
        _organisation(chart),
        _location(chart),
        *clinician(chart, usual),
    ]


def clinician(chart: Chart, person: Clinician) -> list[Resource]:
    """Give a clinician and their role at the practice."""
    return [_practitioner(person), _role(chart, person)]


def _patient(chart: Chart, usual: Clinician) -> Resource:
    person = chart.person
    return {
        "resourceType": "Patient",
        "id": chart.patient_id,
        "meta": {"versionId": "1", **meta("Patient")},
        "extension": [_registration()],
        "identifier": [_nhs_number(chart)],
        "active": True,
        "name": [
            {
                "use": "official",
                "text": f"{person.family_name.upper()}, {' '.join(person.given_names)}",
                "family": person.family_name,
                "given": list(person.given_names),
                "prefix": [person.prefix],
            }
        ],
        "telecom": [{"system": "phone", "value": person.phone, "use": "home"}],
        "gender": person.gender,
        "birthDate": person.born_on.isoformat(),
        "address": [
            {
                "use": "home",
                "type": "physical",
                "line": list(person.address_lines),
                "postalCode": person.postcode,
            }
        ],
        "generalPractitioner": [{"reference": f"Practitioner/{usual.id}"}],
        "managingOrganization": {"reference": f"Organization/{_organisation_id(chart)}"},
    }


def _nhs_number(chart: Chart) -> Resource:
    status = coded(
        f"{CODE_SYSTEM_BASE}/CareConnect-NHSNumberVerificationStatus-1",
        "01",
        "Number present and verified",
    )
    url = f"{PROFILE_BASE}/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1"
    return {
        "extension": [extension(url, "CodeableConcept", status)],
        "system": systems.NHS_NUMBER,
        "value": chart.person.nhs_number.digits,
    }


def _registration() -> Resource:
    kind = coded(f"{CODE_SYSTEM_BASE}/CareConnect-RegistrationType-1", "R", "Regular")
    return {
        "url": f"{PROFILE_BASE}/Extension-CareConnect-GPC-RegistrationDetails-1",
        "extension": [
            extension("registrationPeriod", "Period", {"start": "2015-04-01"}),
            extension("registrationType", "CodeableConcept", kind),
        ],
    }


def _organisation_id(chart: Chart) -> str:
    return f"practice-{chart.practice.lower()}"


def _organisation(chart: Chart) -> Resource:
    return {
        "resourceType": "Organization",
        "id": _organisation_id(chart),
        "meta": meta("Organization"),
        "identifier": [{"system": systems.ODS_ORGANISATION, "value": chart.practice}],
        "name": chart.practice_name,
        "telecom": [{"system": "phone", "value": "020 7946 0000", "use": "work"}],
    }


def _location(chart: Chart) -> Resource:
    return {
        "resourceType": "Location",
        "id": f"surgery-{chart.practice.lower()}",
        "meta": meta("Location"),
        "status": "active",
        "name": f"{chart.practice_name}, main surgery",
        "managingOrganization": {"reference": f"Organization/{_organisation_id(chart)}"},
    }


def _practitioner(person: Clinician) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": person.id,
        "meta": meta("Practitioner"),
        "identifier": [{"system": systems.SDS_USER, "value": person.sds_user}],
        "name": [
            {
                "use": "official",
                "family": person.family_name,
                "given": [person.given_name],
                "prefix": [person.prefix],
            }
        ],
    }


def _role(chart: Chart, person: Clinician) -> Resource:
    job = coded(
        f"{CODE_SYSTEM_BASE}/CareConnect-SDSJobRoleName-1", "R0260", "General Medical Practitioner"
    )
    return stated(
        {
            "resourceType": "PractitionerRole",
            "id": f"role-{person.id}",
            "meta": meta("PractitionerRole"),
            "identifier": [{"system": systems.SDS_ROLE_PROFILE, "value": person.role_profile}],
            "practitioner": {"reference": f"Practitioner/{person.id}"},
            "organization": {"reference": f"Organization/{_organisation_id(chart)}"},
            "code": [job],
        }
    )
