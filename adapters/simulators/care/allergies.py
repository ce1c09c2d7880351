"""Give a person allergies, or the statement that none is known.

Resolves no conflict between the two: some people have both, at different sources.
"""

from adapters.simulators.care.clinical_codes import ALLERGIES, NO_KNOWN_ALLERGY, REACTIONS
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Coding, Fact, FactKind, SourceKind

HOSPITAL = SourceKind.HOSPITAL

# One allergic person in fifteen is down as having no known allergy elsewhere.
CONFLICTING_ALLERGY_RATE = 0.07


def give_allergies(chronicle: Chronicle) -> None:
    """Add one or two allergies, or that none is known."""
    random = chronicle.random
    if random.random() < 0.4:
        give_no_known_allergy(chronicle, *chronicle.gp_maybe_hospital())
        return
    for coding, category in random.sample(ALLERGIES, random.choice((1, 1, 2))):
        give_allergy(chronicle, coding, category, *chronicle.gp_maybe_hospital())
    if chronicle.person.hospitals and random.random() < CONFLICTING_ALLERGY_RATE:
        give_no_known_allergy(chronicle, HOSPITAL)


def give_allergy(chronicle: Chronicle, coding: Coding, category: str, *tellers: SourceKind) -> Fact:
    """Add an allergy with its reaction."""
    random = chronicle.random
    reaction = random.choice(REACTIONS)
    detail = {
        "criticality": "high" if reaction.code == "39579001" else "low",
        "reaction_code": reaction.code,
        "reaction_display": reaction.display,
        "verification": "unconfirmed" if tellers == (SourceKind.AMBULANCE,) else "confirmed",
        "category": category,
        "is_ended": "true" if random.random() < 0.05 else "",
    }
    known = Happening(FactKind.ALLERGY, coding, chronicle.moment_within(4000), detail=detail)
    return chronicle.note(known, *tellers)


def give_no_known_allergy(chronicle: Chronicle, *tellers: SourceKind) -> Fact:
    """Add the statement that no allergy is known."""
    detail = {"verification": "confirmed", "is_no_known_allergy": "true"}
    stated = Happening(
        FactKind.ALLERGY, NO_KNOWN_ALLERGY, chronicle.moment_within(900), detail=detail
    )
    return chronicle.note(stated, *tellers)
