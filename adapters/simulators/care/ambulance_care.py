"""Give a person an ambulance contact: observations with NEWS2, drugs, stated allergies, impression.

Does not say what came after it (`journeys_of_care` does). NEWS2: Royal College of Physicians, 2017.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.simulators.care.allergies import give_allergy
from adapters.simulators.care.blood_tests import value_of
from adapters.simulators.care.clinical_codes import ALLERGIES, AMBULANCE_DRUGS, VISIT_TYPES
from adapters.simulators.care.measurements import NEWS2_TOTAL, VITAL_SIGNS
from adapters.simulators.care.medicines import dose_of
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Coding, Fact, FactKind, SourceKind

AMBULANCE = SourceKind.AMBULANCE
NEWS2_FROM_AGE_YEARS = 16


@dataclass(frozen=True, slots=True)
class AmbulanceRun:
    """One contact: when at the patient, when done (empty while open), and where it went."""

    starts_at: datetime
    ends_at: datetime | None
    outcome: str
    destination: str = ""


def give_ambulance_contact(
    chronicle: Chronicle, journey: str, incident: str, reason: Coding, run: AmbulanceRun
) -> Fact:
    """Add a contact with what the crew recorded."""
    random, visit = chronicle.random, VISIT_TYPES["ambulance"]
    detail = {
        "class": "VR" if run.outcome == "hear_treat" else "FLD",
        "status": "finished" if run.ends_at else "in-progress",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": reason.display,
        "ambulance_incident": incident,
        "outcome": run.outcome,
        "category": random.choice(("C1", "C2", "C2", "C3")),
        "ods_destination": run.destination,
    }
    contact = Happening(
        FactKind.ENCOUNTER, visit, run.starts_at, run.ends_at, journey=journey, detail=detail
    )
    fact = chronicle.note(contact, AMBULANCE)
    if run.outcome != "hear_treat":
        _give_care_on_scene(chronicle, fact, reason)
    return fact


def _give_care_on_scene(chronicle: Chronicle, contact: Fact, reason: Coding) -> None:
    _give_observations(chronicle, contact, minutes=5)
    _give_observations(chronicle, contact, minutes=25)
    _give_drug(chronicle, contact)
    impression = {"significance": "minor", "status": "active", "verification": "provisional"}
    _note_inside(
        chronicle,
        contact,
        Happening(FactKind.PROBLEM, reason, contact.starts_at, detail=impression),
    )
    if chronicle.random.random() < 0.3:
        coding, category = chronicle.random.choice(ALLERGIES)
        give_allergy(chronicle, coding, category, AMBULANCE)


def _give_observations(chronicle: Chronicle, contact: Fact, minutes: int) -> None:
    taken_at = contact.starts_at + timedelta(minutes=minutes)
    for sign in VITAL_SIGNS:
        value = value_of(chronicle.random, sign)
        taken = Happening(FactKind.VITAL_SIGN, sign.coding, taken_at, detail=value)
        _note_inside(chronicle, contact, taken)
    if _is_old_enough_for_news2(chronicle):
        total = {"value": str(chronicle.random.randint(0, 9))}
        _note_inside(
            chronicle, contact, Happening(FactKind.VITAL_SIGN, NEWS2_TOTAL, taken_at, detail=total)
        )


def _is_old_enough_for_news2(chronicle: Chronicle) -> bool:
    lived = chronicle.now.date() - chronicle.person.born_on
    return lived >= timedelta(days=366 * NEWS2_FROM_AGE_YEARS)


def _give_drug(chronicle: Chronicle, contact: Fact) -> None:
    drug = chronicle.random.choice(AMBULANCE_DRUGS)
    detail = dose_of(drug) | {"prescription_type": "given", "status": "completed", "route": ""}
    detail["route_code"] = ""
    given_at = min(contact.starts_at + timedelta(minutes=12), chronicle.now)
    _note_inside(
        chronicle,
        contact,
        Happening(FactKind.MEDICATION, drug.coding, given_at, given_at, detail=detail),
    )


def _note_inside(chronicle: Chronicle, contact: Fact, happening: Happening) -> None:
    inside = Happening(
        happening.kind,
        happening.coding,
        happening.starts_at,
        happening.ends_at,
        labels=happening.labels,
        journey=contact.journey,
        encounter=contact.key,
        detail=happening.detail,
    )
    chronicle.note(inside, AMBULANCE)
