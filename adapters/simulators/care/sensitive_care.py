"""Give a person items that are sensitive, each with its label.

Says nothing of who may see them.
"""

from datetime import timedelta

from adapters.simulators.care.sensitive_codes import EVERYDAY_SENSITIVE, Sensitive
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Fact, FactKind, SourceKind

# One person in five has three items, so that every label is met in a cohort of 200.
SENSITIVE_PERSON_RATE = 0.20
SENSITIVE_ITEMS = 3

_DETAILS: dict[FactKind, dict[str, str]] = {
    FactKind.PROBLEM: {"significance": "major", "status": "active", "verification": "confirmed"},
    FactKind.MEDICATION: {
        "dose_text": "1 tablet once daily",
        "dose_value": "1",
        "dose_unit": "tablet",
        "route": "Oral",
        "route_code": "26643006",
        "frequency_text": "once daily",
        "prescription_type": "repeat",
        "status": "active",
        "quantity": "30",
    },
    FactKind.RESULT: {"value": "20", "unit": "copies/mL", "unit_code": "{copies}/mL"},
    FactKind.ENCOUNTER: {"class": "AMB", "status": "finished"},
    FactKind.PROCEDURE: {"status": "completed"},
    FactKind.CARE_PLAN: {"status": "active"},
    FactKind.FLAG: {"status": "active"},
    FactKind.DOCUMENT: {},
}


def give_everyday_sensitive_care(chronicle: Chronicle) -> None:
    """Add sensitive items, told by practice, hospital or both."""
    random = chronicle.random
    for item in random.sample(EVERYDAY_SENSITIVE, SENSITIVE_ITEMS):
        tellers = random.choice(
            ((SourceKind.GP,), (SourceKind.HOSPITAL,), (SourceKind.GP, SourceKind.HOSPITAL))
        )
        give_sensitive(chronicle, item, *_able(item, tellers))


def give_sensitive(chronicle: Chronicle, item: Sensitive, *tellers: SourceKind) -> Fact:
    """Add one sensitive item."""
    started = chronicle.moment_within(900)
    ended = started + timedelta(minutes=30) if item.kind is FactKind.ENCOUNTER else None
    happening = Happening(
        item.kind,
        item.coding,
        started,
        ended,
        labels=frozenset({str(item.label)}),
        detail={**_DETAILS[item.kind], **_wording(item)},
    )
    return chronicle.note(happening, *tellers)


def _wording(item: Sensitive) -> dict[str, str]:
    wording = item.coding.display
    match item.kind:
        case FactKind.CARE_PLAN:
            return {"title": wording}
        case FactKind.DOCUMENT:
            return {"title": wording, "kind": item.coding.code}
        case FactKind.FLAG:
            return {"kind": item.label}
        case FactKind.ENCOUNTER:
            return {"type_code": item.coding.code, "type_display": wording, "reason": wording}
        case _:
            return {}


def _able(item: Sensitive, tellers: tuple[SourceKind, ...]) -> tuple[SourceKind, ...]:
    # GP Connect has no flags and no care plans: only the hospital can tell of them.
    hospital_only = item.kind in (FactKind.FLAG, FactKind.CARE_PLAN, FactKind.PROCEDURE)
    return (SourceKind.HOSPITAL,) if hospital_only else tellers
