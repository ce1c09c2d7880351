"""Give a person medicines from the practice, repeat and acute.

Holds no medicines of journeys (`journeys_of_care`). GP and hospital may disagree on a dose.
"""

from datetime import timedelta

from adapters.simulators.care.clinical_codes import DRUGS, Drug
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Fact, FactKind, SourceKind

GP, HOSPITAL = SourceKind.GP, SourceKind.HOSPITAL

# One repeat medicine in twenty differs between GP list and hospital drug chart.
CONFLICTING_DOSE_RATE = 0.05


def give_repeat_medicine(chronicle: Chronicle, drug: Drug) -> Fact:
    """Add a medicine on repeat; GP and hospital may disagree on its dose."""
    random = chronicle.random
    tellers = chronicle.gp_maybe_hospital()
    detail = dose_of(drug) | {
        "prescription_type": "repeat",
        "status": "active",
        "last_issued": chronicle.moment_within(28).date().isoformat(),
        "quantity": "28",
    }
    taken = Happening(
        FactKind.MEDICATION, drug.coding, chronicle.moment_within(1500), detail=detail
    )
    fact = chronicle.note(taken, *tellers)
    if HOSPITAL in tellers and random.random() < CONFLICTING_DOSE_RATE:
        disagree_on_dose(chronicle, fact)
    return fact


def disagree_on_dose(chronicle: Chronicle, fact: Fact) -> None:
    """Let the hospital state half the dose that the GP does."""
    halved = f"{float(fact.detail['dose_value']) / 2:.2f}"
    text = f"{halved} {fact.detail['dose_unit']} {fact.detail['frequency_text']}"
    chronicle.tell_otherwise(fact, HOSPITAL, {"dose_value": halved, "dose_text": text})


def dose_of(drug: Drug) -> dict[str, str]:
    """Give the dose part of a medicine's details."""
    return {
        "dose_text": f"{drug.dose_value} {drug.dose_unit} {drug.frequency}",
        "dose_value": drug.dose_value,
        "dose_unit": drug.dose_unit,
        "route": "Oral",
        "route_code": "26643006",
        "frequency_text": drug.frequency,
    }


def give_acute_medicine(chronicle: Chronicle) -> None:
    """Add a short course that has ended."""
    random = chronicle.random
    drug = random.choice([drug for drug in DRUGS if not drug.treats])
    started = chronicle.moment_within(400)
    ended = min(started + timedelta(days=7), chronicle.now)
    detail = dose_of(drug) | {
        "prescription_type": "acute",
        "status": "completed",
        "last_issued": started.date().isoformat(),
        "quantity": "21",
    }
    chronicle.note(
        Happening(FactKind.MEDICATION, drug.coding, started, ends_at=ended, detail=detail), GP
    )
