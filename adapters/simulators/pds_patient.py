"""Render a person as PDS does.

Decides nothing about who may be found (`pds_search` does). PDS FHIR API, Patient; UK Core Patient.
"""

from datetime import date

from adapters.simulators.rendering import Resource
from adapters.simulators.truth import Person
from fhir_profiles import systems

_VERIFICATION_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
_DEATH_NOTIFICATION = f"{systems.UK_CORE}/Extension-UKCore-DeathNotificationStatus"
_DEATH_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeathNotificationStatus"


def pds_patient(person: Person) -> Resource:
    """Give the whole Patient; a restricted person's has no address, telephone or practice."""
    restricted = {} if person.is_restricted else _whereabouts(person)
    return {
        "resourceType": "Patient",
        "id": person.nhs_number.digits,
        "meta": {"versionId": "2", "security": [_confidentiality(person)]},
        "identifier": [_identifier(person)],
        "name": [_name(person)],
        "gender": person.gender,
        "birthDate": person.born_on.isoformat(),
        **_death(person),
        **restricted,
    }


def _confidentiality(person: Person) -> Resource:
    code, display = ("R", "restricted") if person.is_restricted else ("U", "unrestricted")
    return {"system": systems.V3_CONFIDENTIALITY, "code": code, "display": display}


def _identifier(person: Person) -> Resource:
    verified = {
        "system": _VERIFICATION_CODES,
        "version": "1.0.0",
        "code": "01",
        "display": "Number present and verified",
    }
    return {
        "extension": [
            {
                "url": systems.NHS_NUMBER_VERIFICATION_STATUS,
                "valueCodeableConcept": {"coding": [verified]},
            }
        ],
        "system": systems.NHS_NUMBER,
        "value": person.nhs_number.digits,
    }


def _name(person: Person) -> Resource:
    return {
        "id": "name1",
        "use": "usual",
        "period": _since(person.born_on),
        "family": person.family_name,
        "given": list(person.given_names),
        **({"prefix": [person.prefix]} if person.prefix else {}),
    }


def _whereabouts(person: Person) -> Resource:
    moved_in = _since(person.born_on)
    practice = {"system": systems.ODS_ORGANISATION, "value": person.practice, "period": moved_in}
    return {
        "address": [
            {
                "id": "address1",
                "use": "home",
                "period": moved_in,
                "line": list(person.address_lines),
                "postalCode": person.postcode,
            }
        ],
        "telecom": [
            {
                "id": "telecom1",
                "use": "home",
                "period": moved_in,
                "system": "phone",
                "value": person.phone,
            }
        ],
        "generalPractitioner": [{"id": "gp1", "type": "Organization", "identifier": practice}],
    }


def _death(person: Person) -> Resource:
    if person.died_at is None:
        return {}
    formal = {
        "system": _DEATH_CODES,
        "version": "1.0.0",
        "code": "2",
        "display": "Formal - death notice received from Registrar of Deaths",
    }
    died_at = person.died_at.isoformat()
    parts = [
        {"url": "deathNotificationStatus", "valueCodeableConcept": {"coding": [formal]}},
        {"url": "systemEffectiveDate", "valueDateTime": died_at},
    ]
    return {
        "deceasedDateTime": died_at,
        "extension": [{"url": _DEATH_NOTIFICATION, "extension": parts}],
    }


def _since(day: date) -> Resource:
    return {"start": day.isoformat()}
