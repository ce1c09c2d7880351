"""Give a person an emergency: ambulance, emergency department, admission, discharge, GP follow-up.

Decides nothing about when people have one (`cohort`, `showcases` do). Codes: ECDS and CDS 6.2.2 tables.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.simulators.care.ambulance_care import AmbulanceRun, give_ambulance_contact
from adapters.simulators.care.blood_tests import value_of
from adapters.simulators.care.clinical_codes import ACUTE_REASONS, DRUGS, VISIT_TYPES
from adapters.simulators.care.letters import letter_about
from adapters.simulators.care.measurements import BLOOD_TESTS
from adapters.simulators.care.medicines import dose_of
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Coding, Fact, FactKind, SourceKind

GP, HOSPITAL = SourceKind.GP, SourceKind.HOSPITAL

ARRIVED_BY_AMBULANCE = "1048031000000100"
ARRIVED_BY_OWN_TRANSPORT = "1048071000000103"
ACUITIES = ("1064911000000105", "1064901000000108", "1077241000000103")
ADMITTED_FROM_OWN_EMERGENCY_DEPARTMENT = "21"
DISCHARGED_ON_ADVICE = "1"
USUAL_RESIDENCE = "19"

ON_SCENE = timedelta(minutes=50)
IN_DEPARTMENT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Episode:
    """What the encounters of one emergency share."""

    journey: str
    incident: str
    spell: str
    reason: Coding


def new_episode(chronicle: Chronicle) -> Episode:
    """Begin an episode with its own keys."""
    journey = chronicle.new_journey()
    reason, _icd = chronicle.random.choice(ACUTE_REASONS)
    return Episode(journey, chronicle.new_incident(), f"SPELL-{journey[8:]}", reason)


def give_whole_journey(chronicle: Chronicle, starts_at: datetime, days_in: float) -> None:
    """Add ambulance, emergency department, admission and discharge, and follow-up."""
    episode = new_episode(chronicle)
    run = AmbulanceRun(
        starts_at, starts_at + ON_SCENE, "see_convey_ED", chronicle.person.hospitals[0]
    )
    give_ambulance_contact(chronicle, episode.journey, episode.incident, episode.reason, run)
    arrived = starts_at + ON_SCENE - timedelta(minutes=8)
    give_emergency_attendance(chronicle, episode, arrived, arrived + IN_DEPARTMENT, by_ambulance())
    admitted = arrived + IN_DEPARTMENT
    discharged = admitted + timedelta(days=days_in)
    give_admission(chronicle, episode, admitted, discharged)
    give_follow_up(chronicle, episode, discharged + timedelta(days=6))


def by_ambulance() -> dict[str, str]:
    """Say that the arrival was by emergency ambulance."""
    return {"arrival_mode": ARRIVED_BY_AMBULANCE}


def on_foot() -> dict[str, str]:
    """Say that the arrival was by own transport, so that no incident is known."""
    return {"arrival_mode": ARRIVED_BY_OWN_TRANSPORT, "ambulance_incident": ""}


def give_emergency_attendance(
    chronicle: Chronicle,
    episode: Episode,
    arrived: datetime,
    left: datetime | None,
    arrival: dict[str, str],
) -> Fact:
    """Add an attendance with its tests; `left` is empty while the person is there."""
    visit = VISIT_TYPES["emergency"]
    detail = {
        "class": "EMER",
        "status": "finished" if left else "in-progress",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": episode.reason.display,
        "department": "Emergency Department",
        "acuity": chronicle.random.choice(ACUITIES),
        "ambulance_incident": episode.incident,
        "spell": episode.spell,
    }
    attended = Happening(
        FactKind.ENCOUNTER, visit, arrived, left, journey=episode.journey, detail=detail | arrival
    )
    fact = chronicle.note(attended, HOSPITAL)
    for test in chronicle.random.sample(BLOOD_TESTS, 3):
        _note_inside(
            chronicle, fact, FactKind.RESULT, test.coding, value_of(chronicle.random, test)
        )
    diagnosis = {"significance": "minor", "status": "active", "verification": "confirmed"}
    _note_inside(chronicle, fact, FactKind.PROBLEM, episode.reason, diagnosis)
    return fact


def give_admission(
    chronicle: Chronicle, episode: Episode, admitted: datetime, discharged: datetime | None
) -> Fact:
    """Add a stay on a ward; a discharge brings a summary and medicines to take home."""
    visit = VISIT_TYPES["admission"]
    detail = {
        "class": "IMP",
        "status": "finished" if discharged else "in-progress",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": episode.reason.display,
        "ward": chronicle.random.choice(("T7 Medical", "T10 Surgical", "Acute Medical Unit")),
        "admission_method": ADMITTED_FROM_OWN_EMERGENCY_DEPARTMENT,
        "spell": episode.spell,
    }
    if discharged:
        detail |= {
            "discharge_method": DISCHARGED_ON_ADVICE,
            "discharge_destination": USUAL_RESIDENCE,
        }
    stayed = Happening(
        FactKind.ENCOUNTER,
        visit,
        admitted,
        discharged,
        journey=episode.journey,
        detail=detail,
    )
    fact = chronicle.note(stayed, HOSPITAL)
    if discharged:
        chronicle.note(letter_about("discharge-summary", fact), HOSPITAL, GP)
        _give_medicine_to_take_home(chronicle, fact)
    return fact


def give_follow_up(chronicle: Chronicle, episode: Episode, starts_at: datetime) -> None:
    """Add the GP's visit after discharge."""
    visit = VISIT_TYPES["gp"]
    detail = {
        "class": "AMB",
        "status": "finished",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": f"Follow-up after {episode.reason.display}",
    }
    ends_at = starts_at + timedelta(minutes=15)
    seen = Happening(
        FactKind.ENCOUNTER, visit, starts_at, ends_at, journey=episode.journey, detail=detail
    )
    chronicle.note(seen, GP)


def _give_medicine_to_take_home(chronicle: Chronicle, stay: Fact) -> None:
    drug = chronicle.random.choice([drug for drug in DRUGS if not drug.treats])
    detail = dose_of(drug) | {"prescription_type": "discharge", "status": "active"}
    given = Happening(
        FactKind.MEDICATION,
        drug.coding,
        stay.ends_at or stay.starts_at,
        journey=stay.journey,
        encounter=stay.key,
        detail=detail,
    )
    chronicle.note(given, HOSPITAL, GP)


def _note_inside(
    chronicle: Chronicle, visit: Fact, kind: FactKind, coding: Coding, detail: dict[str, str]
) -> None:
    happening = Happening(
        kind,
        coding,
        min(visit.starts_at + timedelta(minutes=40), chronicle.now),
        journey=visit.journey,
        encounter=visit.key,
        detail=detail,
    )
    chronicle.note(happening, HOSPITAL)
