"""Give a person outpatient care: referral, visit, letter, procedure, next appointment.

Holds no emergencies (`journeys_of_care`).
"""

from datetime import timedelta

from adapters.simulators.care.clinical_codes import LONG_TERM_PROBLEMS, PROCEDURES, VISIT_TYPES
from adapters.simulators.care.letters import letter_about
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import FactKind, SourceKind

GP, HOSPITAL = SourceKind.GP, SourceKind.HOSPITAL


def give_clinic_care(chronicle: Chronicle) -> None:
    """Add outpatient visits with their letters, referrals, procedures and next appointments."""
    random = chronicle.random
    for _ in range(random.randint(1, 2)):
        give_clinic_visit(chronicle)
    if random.random() < 0.4:
        give_procedure(chronicle)
    if random.random() < 0.4:
        give_appointment(chronicle)


def give_procedure(chronicle: Chronicle) -> None:
    """Add an operation or examination done at the hospital."""
    coding, done_at = chronicle.random.choice(PROCEDURES), chronicle.moment_within(2000)
    done = Happening(FactKind.PROCEDURE, coding, done_at, detail={"status": "completed"})
    chronicle.note(done, HOSPITAL)


def give_clinic_visit(chronicle: Chronicle) -> None:
    """Add a referral, the outpatient visit after it, and its letter at hospital and practice."""
    visit, started = VISIT_TYPES["outpatient"], chronicle.moment_within(500)
    journey = chronicle.new_journey()
    reason = chronicle.random.choice(LONG_TERM_PROBLEMS)[0]
    referral = Happening(
        FactKind.REFERRAL,
        reason,
        chronicle.earlier(started, days=30),
        journey=journey,
        detail={"priority": "routine", "recipient": "RRV", "status": "completed"},
    )
    chronicle.note(referral, GP)
    detail = {
        "class": "AMB",
        "status": "finished",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": reason.display,
        "department": "Outpatients",
    }
    ended = started + timedelta(minutes=25)
    seen = Happening(FactKind.ENCOUNTER, visit, started, ended, journey=journey, detail=detail)
    fact = chronicle.note(seen, HOSPITAL)
    chronicle.note(letter_about("outpatient-letter", fact), HOSPITAL, GP)


def give_appointment(chronicle: Chronicle) -> None:
    """Add a booked appointment in the weeks after now."""
    starts_at = chronicle.now + timedelta(days=chronicle.random.randint(3, 60))
    booked = Happening(
        FactKind.APPOINTMENT,
        VISIT_TYPES["outpatient"],
        starts_at,
        starts_at + timedelta(minutes=20),
        detail={"status": "booked", "location": "Outpatients, ground floor"},
    )
    chronicle.note(booked, HOSPITAL)
