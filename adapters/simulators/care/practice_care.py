"""Give a person the everyday care of a GP practice, with the part that the hospital knows too.

Holds no clinics, no emergencies and nothing sensitive (`clinic_care`, `journeys_of_care`, `sensitive_care`).
"""

from datetime import timedelta

from adapters.simulators.care.blood_tests import give_blood_test
from adapters.simulators.care.clinical_codes import (
    DRUGS,
    LONG_TERM_PROBLEMS,
    MINOR_PROBLEMS,
    VACCINES,
    VISIT_TYPES,
)
from adapters.simulators.care.medicines import give_acute_medicine, give_repeat_medicine
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Coding, FactKind, SourceKind

GP = SourceKind.GP


def give_practice_care(chronicle: Chronicle) -> None:
    """Add what the registered practice holds, with the part that the hospital holds too."""
    random = chronicle.random
    for coding, _icd in random.sample(LONG_TERM_PROBLEMS, random.randint(1, 4)):
        give_long_term_problem(chronicle, coding)
    for coding, _icd in random.sample(MINOR_PROBLEMS, random.randint(1, 3)):
        _give_minor_problem(chronicle, coding)
    give_acute_medicine(chronicle)
    for _ in range(random.randint(6, 9)):
        give_consultation(chronicle)
    for _ in range(random.randint(6, 9)):
        give_blood_test(chronicle, *chronicle.gp_maybe_hospital())
    for vaccine in random.sample(VACCINES, random.randint(1, 3)):
        _give_vaccine(chronicle, vaccine)


def give_long_term_problem(chronicle: Chronicle, coding: Coding) -> None:
    """Add an illness and the medicine that treats it."""
    problem = Happening(
        FactKind.PROBLEM,
        coding,
        chronicle.moment_within(3650),
        detail={"significance": "major", "status": "active", "verification": "confirmed"},
    )
    chronicle.note(problem, *chronicle.gp_maybe_hospital())
    for drug in DRUGS:
        if drug.treats == coding.code:
            give_repeat_medicine(chronicle, drug)


def _give_minor_problem(chronicle: Chronicle, coding: Coding) -> None:
    started = chronicle.moment_within(700)
    ended = min(started + timedelta(days=21), chronicle.now)
    detail = {"significance": "minor", "status": "inactive", "verification": "confirmed"}
    chronicle.note(Happening(FactKind.PROBLEM, coding, started, ended, detail=detail), GP)


def give_consultation(chronicle: Chronicle) -> None:
    """Add one visit to, call with or home visit by the practice."""
    started = chronicle.moment_within(800)
    visit = VISIT_TYPES["gp"]
    place = chronicle.random.choice(("AMB", "AMB", "VR", "HH"))
    reason = chronicle.random.choice(MINOR_PROBLEMS)[0].display
    detail = {
        "class": place,
        "status": "finished",
        "type_code": visit.code,
        "type_display": visit.display,
        "reason": reason,
    }
    ended = started + timedelta(minutes=10)
    chronicle.note(Happening(FactKind.ENCOUNTER, visit, started, ended, detail=detail), GP)


def _give_vaccine(chronicle: Chronicle, coding: Coding) -> None:
    random = chronicle.random
    is_given = random.random() < 0.9
    detail = {
        "status": "completed" if is_given else "not-done",
        "dose_number": "1",
        "lot": f"LOT{random.randint(1000, 9999)}" if is_given else "",
        "site": "Left arm" if is_given else "",
    }
    chronicle.note(
        Happening(FactKind.IMMUNISATION, coding, chronicle.moment_within(1200), detail=detail), GP
    )
