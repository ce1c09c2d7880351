"""Gather what one R4 source knows of one person, and render what all its resources share.

Knows neither hospital nor ambulance. Follows FHIR R4 and the UK Core profiles (UKCore-*).
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.simulators.rendering import Resource, coding, concept, moment, picks, stated
from adapters.simulators.sensitivity import security_of
from adapters.simulators.staff import clinician_for
from adapters.simulators.truth import FactKind, Person, Statement
from fhir_profiles import systems

PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_CONTAINED_ID = "author"


@dataclass(frozen=True, slots=True)
class Chart:
    """One person's record at one source; `encounters` maps a fact's key to the local encounter."""

    organisation: str
    organisation_name: str
    base_url: str
    person: Person
    patient_id: str
    statements: tuple[Statement, ...]
    encounters: Mapping[str, Statement]

    def encounter_of(self, statement: Statement) -> Statement | None:
        """Give the encounter in which something was recorded."""
        return self.encounters.get(statement.fact.encounter or "")

    def recorded_in(self, encounter: Statement, kind: FactKind) -> list[Statement]:
        """Give what was recorded of one kind in an encounter."""
        key = encounter.fact.key
        return [s for s in self.statements if s.fact.encounter == key and s.fact.kind is kind]


def begin(chart: Chart, statement: Statement, resource_type: str, *, suffix: str = "") -> Resource:
    """Begin a resource: type, id, meta, narrative, identifiers."""
    local_id = statement.local_id + suffix
    own = {"system": own_system(chart.organisation, resource_type), "value": local_id}
    shared = statement.business_identifier if not suffix else None
    return {
        "resourceType": resource_type,
        "id": local_id,
        "meta": meta(statement, resource_type),
        "text": narrative(f"{statement.coding.display}, {statement.starts_at:%d %b %Y}"),
        "identifier": [own, *([{"system": shared[0], "value": shared[1]}] if shared else [])],
    }


def own_system(organisation: str, resource_type: str) -> str:
    """Give the identifier system of one organisation for one type."""
    return f"https://fhir.nhs.uk/{organisation}/Id/{resource_type}"


def meta(statement: Statement, resource_type: str) -> Resource:
    """Give version, time of last change, profile and labels."""
    return stated(
        {
            "versionId": "2" if statement.is_retracted else "1",
            "lastUpdated": moment(statement.ends_at or statement.starts_at),
            "profile": [profile(resource_type)],
            "security": security_of(statement.fact.labels),
        }
    )


def profile(resource_type: str) -> str:
    """Give the UK Core profile of a type."""
    return f"{systems.UK_CORE}/UKCore-{resource_type}"


def narrative(words: str) -> Resource:
    """Give an invented narrative."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{html.escape(words)}</p></div>'
    return {"status": "generated", "div": div}


def subject(chart: Chart, statement: Statement) -> Resource:
    """Refer to the patient: mostly relative, at times by full address or with a display."""
    relative = f"Patient/{chart.patient_id}"
    if picks(statement.local_id, "absolute subject", one_in=9):
        return {"reference": f"{chart.base_url}/{relative}"}
    if picks(statement.local_id, "shown subject", one_in=9):
        return {"reference": relative, "display": "The patient"}
    return {"reference": relative}


def encounter(chart: Chart, statement: Statement) -> Resource | None:
    """Refer to the encounter, if any: at times to one version of it."""
    if (found := chart.encounter_of(statement)) is None:
        return None
    history = "/_history/1" if picks(statement.local_id, "versioned", one_in=8) else ""
    return {"reference": f"Encounter/{found.local_id}{history}"}


def author(chart: Chart, statement: Statement) -> Resource:
    """Refer to who did it: a Practitioner of the source, or one contained in the resource."""
    if has_contained_author(statement):
        return {"reference": f"#{_CONTAINED_ID}"}
    return {"reference": f"Practitioner/{clinician_for(chart.organisation, statement.local_id).id}"}


def contained_author(chart: Chart, statement: Statement) -> list[Resource]:
    """Give the Practitioner that `author` refers to inside the resource, if it does."""
    if not has_contained_author(statement):
        return []
    who = clinician_for(chart.organisation, statement.local_id)
    name = {"family": who.family_name, "given": [who.given_name], "prefix": [who.prefix]}
    return [{"resourceType": "Practitioner", "id": _CONTAINED_ID, "name": [name]}]


def has_contained_author(statement: Statement) -> bool:
    """Say whether this resource carries its author inside."""
    return picks(statement.local_id, "contained author", one_in=7)


def code(statement: Statement) -> Resource:
    """Give the code as recorded."""
    return concept(statement.coding)


def starts(statement: Statement) -> str:
    """Write when it began."""
    return moment(statement.starts_at)


def period(statement: Statement) -> Resource:
    """Give when it began, and ended if it did."""
    end = moment(statement.ends_at) if statement.ends_at else None
    return stated({"start": starts(statement), "end": end})


def status_code(system_name: str, word: str) -> Resource:
    """Give a one-word status as a CodeableConcept of an HL7 terminology."""
    return {"coding": [coding(f"http://terminology.hl7.org/CodeSystem/{system_name}", word)]}


def by_ods_code(organisation: str, name: str) -> Resource:
    """Refer to an organisation by its ODS code alone, as trusts do."""
    identifier = {"system": systems.ODS_ORGANISATION, "value": organisation}
    return {"type": "Organization", "identifier": identifier, "display": name}
