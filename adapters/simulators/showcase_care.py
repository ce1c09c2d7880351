"""Give the named people the care that they show.

Decides nothing about who they are (`showcases` does).
"""

from datetime import timedelta

from adapters.simulators.care.allergies import give_allergies, give_no_known_allergy
from adapters.simulators.care.ambulance_care import AmbulanceRun, give_ambulance_contact
from adapters.simulators.care.care_plans import (
    give_end_of_life_plan,
    give_long_term_plan,
    give_social_care_plan,
)
from adapters.simulators.care.clinic_care import (
    give_appointment,
    give_clinic_care,
    give_procedure,
)
from adapters.simulators.care.clinical_codes import ALLERGIES, DRUGS, LONG_TERM_PROBLEMS
from adapters.simulators.care.journeys_of_care import (
    give_admission,
    give_emergency_attendance,
    give_whole_journey,
    new_episode,
    on_foot,
)
from adapters.simulators.care.medicines import disagree_on_dose, dose_of
from adapters.simulators.care.practice_care import give_practice_care
from adapters.simulators.care.sensitive_care import give_sensitive
from adapters.simulators.care.sensitive_codes import (
    ADULT_SAFEGUARDING,
    ANTIRETROVIRAL,
    CHILD_PROTECTION,
    CRISIS_PLAN,
    DEPRESSION,
    GONORRHOEA,
    HIV,
    PSYCHOSIS,
    SERTRALINE,
    SEXUAL_HEALTH_VISIT,
    UNKNOWN_LABEL,
    VIRAL_LOAD,
)
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.care.usual_care import (
    give_past_journey,
    give_settled_care,
    give_stay_now,
)
from adapters.simulators.truth import Fact, FactKind, SourceKind

GP, HOSPITAL, AMBULANCE = SourceKind.GP, SourceKind.HOSPITAL, SourceKind.AMBULANCE


def have_settled_care(chronicle: Chronicle) -> None:
    """Add ordinary care, a booked appointment included."""
    give_settled_care(chronicle)
    give_appointment(chronicle)


def have_practice_care_only(chronicle: Chronicle) -> None:
    """Add what a practice alone knows."""
    give_practice_care(chronicle)
    give_allergies(chronicle)


def have_stay_now(chronicle: Chronicle) -> None:
    """Add ordinary care and a stay that is going on."""
    give_settled_care(chronicle)
    give_stay_now(chronicle)


def be_everywhere(chronicle: Chronicle) -> None:
    """Add every category from all three sources, a whole journey, and an attendance going on."""
    have_settled_care(chronicle)
    give_past_journey(chronicle)
    give_whole_journey(chronicle, chronicle.now - timedelta(days=24), days_in=6)
    episode = new_episode(chronicle)
    arrived = chronicle.now - timedelta(hours=2)
    give_emergency_attendance(chronicle, episode, arrived, None, on_foot())
    give_procedure(chronicle)
    for give_plan in (give_end_of_life_plan, give_long_term_plan, give_social_care_plan):
        give_plan(chronicle)
    give_sensitive(chronicle, ADULT_SAFEGUARDING, HOSPITAL)
    give_sensitive(chronicle, DEPRESSION, GP, HOSPITAL)
    be_conflicted_on_dose(chronicle)


def be_conflicted_on_dose(chronicle: Chronicle) -> None:
    """Add a repeat medicine whose dose differs between practice and hospital, under one identifier."""
    drug = DRUGS[0]
    detail = dose_of(drug) | {
        "prescription_type": "repeat",
        "status": "active",
        "last_issued": (chronicle.now - timedelta(days=9)).date().isoformat(),
        "quantity": "28",
    }
    taken = Happening(FactKind.MEDICATION, drug.coding, chronicle.moment_within(700), detail=detail)
    disagree_on_dose(chronicle, chronicle.note_exactly(taken, GP, HOSPITAL))


def be_in_sexual_health_care(chronicle: Chronicle) -> None:
    """Add an antiretroviral at the practice and sexual-health items of practice and hospital."""
    give_settled_care(chronicle)
    give_sensitive(chronicle, ANTIRETROVIRAL, GP)
    give_sensitive(chronicle, GONORRHOEA, GP)
    give_sensitive(chronicle, HIV, GP, HOSPITAL)
    give_sensitive(chronicle, SEXUAL_HEALTH_VISIT, HOSPITAL)
    give_sensitive(chronicle, VIRAL_LOAD, HOSPITAL)


def be_in_mental_health_care(chronicle: Chronicle) -> None:
    """Add mental-health items of practice and hospital."""
    give_settled_care(chronicle)
    give_sensitive(chronicle, DEPRESSION, GP, HOSPITAL)
    give_sensitive(chronicle, PSYCHOSIS, HOSPITAL)
    give_sensitive(chronicle, SERTRALINE, GP)
    give_sensitive(chronicle, CRISIS_PLAN, HOSPITAL)


def be_safeguarded(chronicle: Chronicle) -> None:
    """Add safeguarding flags."""
    give_settled_care(chronicle)
    give_sensitive(chronicle, ADULT_SAFEGUARDING, HOSPITAL)
    give_sensitive(chronicle, CHILD_PROTECTION, HOSPITAL)


def be_attended_by_ambulance(chronicle: Chronicle, ended_ago: timedelta | None) -> None:
    """Add one ambulance contact that is open, or ended a known while ago."""
    have_practice_care_only(chronicle)
    ends_at = chronicle.now - ended_ago if ended_ago else None
    starts_at = (ends_at or chronicle.now) - timedelta(minutes=40)
    episode = new_episode(chronicle)
    run = AmbulanceRun(starts_at, ends_at, "see_treat" if ends_at else "")
    give_ambulance_contact(chronicle, episode.journey, episode.incident, episode.reason, run)


def be_seen_in_emergency_department(chronicle: Chronicle) -> None:
    """Add an attendance that ended ten hours ago."""
    give_settled_care(chronicle)
    left = chronicle.now - timedelta(hours=10)
    give_emergency_attendance(
        chronicle, new_episode(chronicle), left - timedelta(hours=3), left, on_foot()
    )


def be_conflicted(chronicle: Chronicle) -> None:
    """Add a severe allergy at the practice against no known allergy at the hospital."""
    give_practice_care(chronicle)
    give_clinic_care(chronicle)
    coding, category = ALLERGIES[0]
    detail = {
        "criticality": "high",
        "reaction_code": "39579001",
        "reaction_display": "Anaphylaxis",
        "verification": "confirmed",
        "category": category,
    }
    known = Happening(FactKind.ALLERGY, coding, chronicle.moment_within(900), detail=detail)
    chronicle.note_exactly(known, GP)
    give_no_known_allergy(chronicle, HOSPITAL)


def be_retracted(chronicle: Chronicle) -> None:
    """Add a problem and an allergy that one source withdrew while the other keeps its copy."""
    give_practice_care(chronicle)
    give_clinic_care(chronicle)
    major = {"significance": "major", "status": "active", "verification": "confirmed"}
    wrong = Happening(
        FactKind.PROBLEM,
        LONG_TERM_PROBLEMS[-1][0],
        chronicle.moment_within(600),
        detail=major,
    )
    chronicle.retract(chronicle.note_exactly(wrong, GP, HOSPITAL), HOSPITAL)
    chronicle.retract(_known_allergy(chronicle), GP)


def _known_allergy(chronicle: Chronicle) -> Fact:
    coding, category = ALLERGIES[1]
    detail = {"criticality": "low", "verification": "confirmed", "category": category}
    known = Happening(FactKind.ALLERGY, coding, chronicle.moment_within(900), detail=detail)
    return chronicle.note_exactly(known, GP, HOSPITAL)


def be_of_unknown_label(chronicle: Chronicle) -> None:
    """Add an item whose label is a word that nobody knows."""
    give_settled_care(chronicle)
    give_sensitive(chronicle, UNKNOWN_LABEL, HOSPITAL)


def be_unknown_to_all(chronicle: Chronicle) -> None:
    """Add nothing: registered, and every source is empty."""
    assert not chronicle.facts


def be_known_to_hospital_only(chronicle: Chronicle) -> None:
    """Add attendances and a stay, of which the practice was never told."""
    for days_ago in (400, 90, 40):
        arrived = chronicle.now - timedelta(days=days_ago)
        episode = new_episode(chronicle)
        left = arrived + timedelta(hours=5)
        give_emergency_attendance(chronicle, episode, arrived, left, on_foot())
        give_admission(chronicle, episode, left, left + timedelta(days=3))
    chronicle.statements = [told for told in chronicle.statements if told.source is HOSPITAL]
