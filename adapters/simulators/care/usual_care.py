"""Give one ordinary person of the cohort all their care, by stated chances.

Knows nothing of the named people (`showcases` does).
"""

from datetime import timedelta

from adapters.simulators.care.allergies import give_allergies
from adapters.simulators.care.ambulance_care import AmbulanceRun, give_ambulance_contact
from adapters.simulators.care.care_plans import (
    give_end_of_life_plan,
    give_long_term_plan,
    give_social_care_plan,
)
from adapters.simulators.care.clinic_care import give_clinic_care
from adapters.simulators.care.journeys_of_care import (
    by_ambulance,
    give_admission,
    give_emergency_attendance,
    give_whole_journey,
    new_episode,
)
from adapters.simulators.care.practice_care import give_practice_care
from adapters.simulators.care.sensitive_care import (
    SENSITIVE_PERSON_RATE,
    give_everyday_sensitive_care,
)
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Fact, Noise, SourceKind

# Shares of a cohort that is richer in emergencies than London is, so that every journey is met.
PAST_JOURNEY_RATE = 0.50
SEEN_ON_SCENE_RATE = 0.15
INPATIENT_NOW_RATE = 0.06
CARE_PLAN_RATE = 0.10

# Journeys of the past ended so long ago that none of them gives a relationship today.
PAST_FROM_DAYS, PAST_TO_DAYS = 120, 800


def give_usual_care(chronicle: Chronicle) -> None:
    """Add practice, clinic, emergency and sensitive care by chance."""
    random = chronicle.random
    give_settled_care(chronicle)
    if random.random() < PAST_JOURNEY_RATE:
        give_past_journey(chronicle)
    if random.random() < SEEN_ON_SCENE_RATE:
        give_visit_on_scene(chronicle)
    if random.random() < CARE_PLAN_RATE:
        random.choice((give_end_of_life_plan, give_long_term_plan, give_social_care_plan))(
            chronicle
        )
    if random.random() < SENSITIVE_PERSON_RATE:
        give_everyday_sensitive_care(chronicle)
    is_alive_here = chronicle.person.died_at is None and chronicle.person.hospitals == ("RRV",)
    if is_alive_here and random.random() < INPATIENT_NOW_RATE:
        give_stay_now(chronicle)


def give_settled_care(chronicle: Chronicle) -> None:
    """Add practice, allergies and clinics: nothing of an emergency."""
    give_practice_care(chronicle)
    give_allergies(chronicle)
    give_clinic_care(chronicle)


def give_past_journey(chronicle: Chronicle) -> None:
    """Add a whole journey that ended months ago."""
    days_ago = chronicle.random.randint(PAST_FROM_DAYS, PAST_TO_DAYS)
    starts_at = chronicle.earlier(chronicle.now, days=days_ago)
    give_whole_journey(chronicle, starts_at, days_in=chronicle.random.randint(1, 12))


def give_visit_on_scene(chronicle: Chronicle) -> None:
    """Add an ambulance contact of long ago that took nobody anywhere."""
    episode = new_episode(chronicle)
    outcome = chronicle.random.choice(("see_treat", "see_treat", "hear_treat", "refused"))
    days_ago = chronicle.random.randint(PAST_FROM_DAYS, PAST_TO_DAYS)
    starts_at = chronicle.earlier(chronicle.now, days=days_ago)
    run = AmbulanceRun(starts_at, starts_at + timedelta(minutes=55), outcome)
    give_ambulance_contact(chronicle, episode.journey, episode.incident, episode.reason, run)


def give_stay_now(chronicle: Chronicle) -> None:
    """Add an attendance and an admission that is still going on."""
    episode = new_episode(chronicle)
    arrived = chronicle.now - timedelta(hours=chronicle.random.randint(8, 90))
    run = AmbulanceRun(
        arrived - timedelta(minutes=40), arrived + timedelta(minutes=8), "see_convey_ED", "RRV"
    )
    give_ambulance_contact(chronicle, episode.journey, episode.incident, episode.reason, run)
    left = arrived + timedelta(hours=4)
    give_emergency_attendance(chronicle, episode, arrived, left, by_ambulance())
    give_admission(chronicle, episode, left, None)


def give_like_a_twin(chronicle: Chronicle, sibling_facts: tuple[Fact, ...]) -> None:
    """Add three items that are alike, code and minute, to those of the twin."""
    for fact in sibling_facts[:3]:
        alike = Happening(fact.kind, fact.coding, fact.starts_at, fact.ends_at, detail=fact.detail)
        chronicle.note(alike, SourceKind.GP, noise=(Noise.TWIN,))
