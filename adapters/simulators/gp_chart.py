"""Gather what one practice system knows of one person before it renders anything.

Renders only what every resource of the structured record shares. Follows the GP Connect FHIR STU3
profiles, CareConnect-GPC-*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adapters.simulators.rendering import (
    Resource,
    coding,
    extension,
    moment,
    pick_number,
    stated,
)
from adapters.simulators.sensitivity import STU3_ACT_CODE, security_of
from adapters.simulators.staff import clinician_for
from adapters.simulators.truth import Cohort, FactKind, Person, SourceKind, Statement

PROFILE_BASE = "https://fhir.nhs.uk/STU3/StructureDefinition"
CARE_CONNECT = "https://fhir.hl7.org.uk/STU3/StructureDefinition"
CODE_SYSTEM_BASE = "https://fhir.nhs.uk/STU3/CodeSystem"


@dataclass(frozen=True, slots=True)
class Chart:
    """One person's record at one practice; `encounters` maps a fact's key to the local consultation."""

    practice: str
    practice_name: str
    person: Person
    patient_id: str
    statements: tuple[Statement, ...]
    encounters: Mapping[str, Statement]
    today: date
    documents_url: str

    def consultation_of(self, statement: Statement) -> Statement | None:
        """Give the consultation in which something was recorded."""
        return self.encounters.get(statement.fact.encounter or "")


def open_chart(cohort: Cohort, person: Person, today: date, documents_url: str) -> Chart:
    """Take a person's GP statements from the cohort."""
    said = cohort.statements.get(person.nhs_number, ())
    statements = tuple(s for s in said if s.source is SourceKind.GP)
    return Chart(
        practice=person.practice,
        practice_name=cohort.organisations.get(person.practice, person.practice),
        person=person,
        patient_id=patient_id_of(cohort, person),
        statements=statements,
        encounters={s.fact.key: s for s in statements if s.fact.kind is FactKind.ENCOUNTER},
        today=today,
        documents_url=documents_url,
    )


def begin(chart: Chart, statement: Statement, resource_type: str, *, suffix: str = "") -> Resource:
    """Begin a resource: type, id, profile, labels, identifiers."""
    local_id = statement.local_id + suffix
    own = {"system": f"https://gp-system.example/{chart.practice}", "value": local_id}
    shared = statement.business_identifier if not suffix else None
    return {
        "resourceType": resource_type,
        "id": local_id,
        "meta": meta(resource_type, statement.fact.labels),
        "identifier": [own, *([{"system": shared[0], "value": shared[1]}] if shared else [])],
    }


def meta(resource_type: str, labels: frozenset[str] = frozenset()) -> Resource:
    """Give the profile of a type and the labels of an item."""
    profile = "ProblemHeader-Condition" if resource_type == "Condition" else resource_type
    return stated(
        {
            "profile": [f"{PROFILE_BASE}/CareConnect-GPC-{profile}-1"],
            "security": security_of(labels, STU3_ACT_CODE),
        }
    )


def subject(chart: Chart) -> Resource:
    """Refer to the patient."""
    return {"reference": f"Patient/{chart.patient_id}"}


def context(chart: Chart, statement: Statement) -> Resource | None:
    """Refer to the consultation in which something was recorded."""
    consultation = chart.consultation_of(statement)
    return {"reference": f"Encounter/{consultation.local_id}"} if consultation else None


def recorder(chart: Chart, statement: Statement) -> Resource:
    """Refer to the clinician who recorded it."""
    clinician = clinician_for(chart.practice, statement.local_id)
    return {"reference": f"Practitioner/{clinician.id}"}


def recorded_code(statement: Statement) -> Resource:
    """Give the code as recorded, with the description id that GP systems add to SNOMED CT."""
    recorded = statement.coding
    if not (recorded.system and recorded.code):
        return {"text": recorded.display}
    parts = [extension("descriptionId", "Id", f"{pick_number(recorded.code, 'desc', 10**8)}019")]
    url = f"{PROFILE_BASE}/Extension-coding-sctdescid"
    described = (
        {"extension": [{"url": url, "extension": parts}]} if "snomed" in recorded.system else {}
    )
    return {"coding": [described | coding(recorded.system, recorded.code, recorded.display)]}


def starts(statement: Statement) -> str:
    """Write when it began."""
    return moment(statement.starts_at)


def ends(statement: Statement) -> str | None:
    """Write when it ended, if it did."""
    return moment(statement.ends_at) if statement.ends_at else None


def patient_id_of(cohort: Cohort, person: Person) -> str:
    """Give the id that a person has at their practice."""
    # Practice systems number their own patients, so two practices use the same id for two people.
    registered = [p.nhs_number for p in cohort.people.values() if p.practice == person.practice]
    return str(registered.index(person.nhs_number) + 1)
