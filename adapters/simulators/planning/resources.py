"""Render lives as FHIR R4, as each kind of source would send them in bulk: with names, numbers and free text.

Serves nothing (`simulators/bulk` does). An assault is an Observation whose components are the items of DCB1594, under
codes of the project's own; no published profile carries them.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from adapters.simulators.planning.lives import Assault, Contact, Life, Problem, Resident
from adapters.simulators.planning.rates import CONDITION_NAMES
from adapters.simulators.planning.residents import EXTRACT_CUT_BEFORE
from adapters.simulators.rendering import Resource, write
from adapters.simulators.truth import SourceKind
from fhir_profiles import systems

PLANNING_TYPES = ("Condition", "Encounter", "Observation", "Patient")
# How long after its end a contact reaches the system that exports it.
_WRITTEN_UP_AFTER = timedelta(hours=6)


class Line(NamedTuple):
    """One resource as a bulk source holds it; `updated_at` is its `meta.lastUpdated`, if the source keeps one."""

    resource_type: str
    id: str
    updated_at: datetime | None
    body: bytes


def lines_of(source: SourceKind, life: Life, now: datetime) -> Iterator[Line]:
    """Yield what one kind of source exports of a life: its Patient first, nothing where it does not know them."""
    resident = life.resident
    contacts = [each for each in life.contacts if each.kind.source is source]
    is_gp = source is SourceKind.GP
    if not (is_gp or contacts) or (is_gp and _is_left_out(resident, now)):
        return
    patient_id = id_of(source, resident, "patient")
    yield _line("Patient", patient_id, _patient_updated_at(life, now), _patient(resident))
    for number, problem in enumerate(life.problems if is_gp else ()):
        id_ = id_of(source, resident, f"problem-{number}")
        yield _line("Condition", id_, _at_noon(problem.began_on), _condition(problem, patient_id))
    for number, contact in enumerate(contacts):
        yield from _contact(id_of(source, resident, f"contact-{number}"), contact, patient_id)


def id_of(source: SourceKind, resident: Resident, part: str) -> str:
    """Give a source's own id of a resource; it does not show the NHS number."""
    text = f"planning|{source}|{resident.nhs_number.digits}|{part}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _is_left_out(resident: Resident, now: datetime) -> bool:
    """Say whether a practice keeps a person back: a type 1 objection made before the extract was cut."""
    cut_on = (now - EXTRACT_CUT_BEFORE).date()
    return resident.objected_on is not None and resident.objected_on <= cut_on


def _contact(id_: str, contact: Contact, patient_id: str) -> Iterator[Line]:
    updated_at = contact.ends_at + _WRITTEN_UP_AFTER
    yield _line("Encounter", id_, updated_at, _encounter(contact, patient_id))
    if contact.assault is not None:
        assault = _assault(contact.assault, patient_id, id_)
        yield _line("Observation", f"{id_}-assault", updated_at, assault)


def _line(resource_type: str, id_: str, updated_at: datetime, content: Resource) -> Line:
    meta: Resource = {"lastUpdated": _instant(updated_at), **_meta(content)}
    resource = {"resourceType": resource_type, "id": id_, **content, "meta": meta}
    return Line(resource_type, id_, updated_at, write(resource))


def _meta(content: Resource) -> Resource:
    meta = content.pop("meta", {})
    return meta if isinstance(meta, dict) else {}


def _patient(resident: Resident) -> Resource:
    restricted = {"system": systems.V3_CONFIDENTIALITY, "code": "R"}
    died_on = resident.died_on
    return {
        "meta": {"security": [restricted]} if resident.is_restricted else {},
        "identifier": [{"system": systems.NHS_NUMBER, "value": resident.nhs_number.digits}],
        "name": [{"family": resident.family_name, "given": [resident.given_name]}],
        "gender": resident.gender,
        "birthDate": resident.born_on.isoformat(),
        **({} if died_on is None else {"deceasedDateTime": died_on.isoformat()}),
        "address": [
            {
                "use": "home",
                "line": [resident.address_line],
                "city": "London",
                "postalCode": resident.postcode,
            }
        ],
        "generalPractitioner": [_organisation(resident.practice)],
    }


def _condition(problem: Problem, patient_id: str) -> Resource:
    return {
        "code": _snomed(problem.code),
        "subject": {"reference": f"Patient/{patient_id}"},
        "onsetDateTime": problem.began_on.isoformat(),
        "recordedDate": problem.began_on.isoformat(),
    }


def _encounter(contact: Contact, patient_id: str) -> Resource:
    reason = {} if contact.reason is None else {"reasonCode": [_snomed(contact.reason)]}
    return {
        "status": "finished",
        "class": {"system": systems.V3_ACT_CODE, "code": contact.kind.encounter_class},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": _instant(contact.starts_at), "end": _instant(contact.ends_at)},
        **reason,
        "serviceProvider": _organisation(contact.organisation),
    }


def _assault(assault: Assault, patient_id: str, encounter_id: str) -> Resource:
    place = (
        _item("location-venue", systems.ASSAULT_VENUE, assault.venue)
        if assault.venue
        else _item("location-lsoa", systems.LSOA, assault.lsoa)
    )
    description = {"valueString": assault.location_description}
    return {
        "status": "final",
        "code": _coded(systems.ASSAULT_ITEM, "assault"),
        "subject": {"reference": f"Patient/{patient_id}"},
        "encounter": {"reference": f"Encounter/{encounter_id}"},
        "effectiveDateTime": _instant(assault.at),
        "component": [
            _item("method", systems.ASSAULT_METHOD, assault.method),
            _item("location-type", systems.ASSAULT_LOCATION_TYPE, assault.location_type),
            _item("circumstance", systems.ASSAULT_CIRCUMSTANCE, assault.circumstance),
            place,
            {"code": _coded(systems.ASSAULT_ITEM, "location-description"), **description},
        ],
    }


def _item(item: str, system: str, code: str) -> Resource:
    coded = _coded(system, code)
    return {"code": _coded(systems.ASSAULT_ITEM, item), "valueCodeableConcept": coded}


def _snomed(code: str) -> Resource:
    coding = {"system": systems.SNOMED_CT, "code": code, "display": CONDITION_NAMES[code]}
    return {"coding": [coding]}


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def _organisation(code: str) -> Resource:
    identifier = {"system": systems.ODS_ORGANISATION, "value": code}
    return {"type": "Organization", "identifier": identifier}


def _patient_updated_at(life: Life, now: datetime) -> datetime:
    """Give when demographics last changed: at the first contact known, or a year ago."""
    first = min((each.starts_at for each in life.contacts), default=now - timedelta(days=365))
    died_on = life.resident.died_on
    return first if died_on is None else max(first, _at_noon(died_on))


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
