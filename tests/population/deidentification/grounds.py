"""Make what a test of de-identification needs: a source with one known person, and resources of theirs."""

import json
from typing import Any

from fhir_profiles.systems import NHS_NUMBER, ODS_ORGANISATION
from gateway.population.allow_list import load_allow_lists
from gateway.population.deidentify import Deidentified, deidentify
from gateway.population.ground import Ground
from gateway.population.ladders import Places
from gateway.population.people import people_of
from gateway.population.released_codes import load_code_lists

KEY = bytes(range(32))
NUMBER = "9990000018"
LSOA, POSTCODE, PRACTICE = "E01000842", "NW1 0AA", "F83021"
PLACES = Places({"NW10AA": LSOA}, {LSOA: "E02000166"}, {LSOA: "E09000007"})
SNOMED, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
ALLOW_LISTS, CODE_LISTS = load_allow_lists(), load_code_lists()

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": NHS_NUMBER, "value": NUMBER}],
    "gender": "female",
    "birthDate": "1947-03-09",
    "address": [{"postalCode": POSTCODE}],
    "generalPractitioner": [{"identifier": {"system": ODS_ORGANISATION, "value": PRACTICE}}],
}


def ndjson(*resources: dict[str, Any]) -> bytes:
    """Write one resource a line."""
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in resources)


def ground(*patients: dict[str, Any], **changed: Any) -> Ground:
    """Make a ground on which the patients are known; with none given, the one above."""
    people = people_of(ndjson(*(patients or (PATIENT,))), KEY).by_id
    made = {
        "source": "trust",
        "store_key": KEY,
        "people": people,
        "places": PLACES,
        "register": {PRACTICE: "A Practice", "RRV": "A Trust"},
        "allow_lists": ALLOW_LISTS,
        "code_lists": CODE_LISTS,
    }
    return Ground(**{**made, **changed})


GROUND = ground()
PERSON = GROUND.people["p1"].subject


def about(resource_type: str, **elements: Any) -> dict[str, Any]:
    """Make a resource of the person; `class_` stands for `class`."""
    named = {name.rstrip("_"): value for name, value in elements.items()}
    if resource_type == "Patient":
        return {**PATIENT, **named}
    whose = {
        "Organization": {},
        "Location": {},
        "Immunization": {"patient": {"reference": "Patient/p1"}},
        "AllergyIntolerance": {"patient": {"reference": "Patient/p1"}},
    }.get(resource_type, {"subject": {"reference": "Patient/p1"}})
    return {"resourceType": resource_type, "id": "r1", **whose, **named}


def left_of(resource: dict[str, Any], on: Ground = GROUND) -> dict[str, Any]:
    """Give what is left of a resource; empty if nothing."""
    done = deidentify(ndjson(resource), on)
    return json.loads(done.ndjson) if done.ndjson else {}


def done_with(*resources: dict[str, Any], on: Ground = GROUND) -> Deidentified:
    """De-identify some resources."""
    return deidentify(ndjson(*resources), on)


def concept(code: str, system: str = SNOMED, **more: Any) -> dict[str, Any]:
    """Make a concept of one coding."""
    return {"coding": [{"system": system, "code": code, **more}]}
