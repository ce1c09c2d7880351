"""Name what a record item is (category) and why it is sensitive (label).

Does not decide who may see it. The words are closed sets: an unknown label is treated as `SEALED`.
"""

from enum import StrEnum


class Category(StrEnum):
    """Say what kind of information an item is."""

    DEMOGRAPHICS = "demographics"
    ENCOUNTERS = "encounters"
    PROBLEMS = "problems"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    RESULTS = "results"
    IMMUNISATIONS = "immunisations"
    DOCUMENTS = "documents"
    CARE_PLANS = "care-plans"
    END_OF_LIFE = "end-of-life"
    SOCIAL_CARE = "social-care"
    PROCEDURES = "procedures"
    APPOINTMENTS = "appointments"
    ALERTS = "alerts"


class Label(StrEnum):
    """Say why an item is sensitive; `NORMAL` when it is not, `OWN` when the caller's organisation wrote it."""

    NORMAL = "normal"
    OWN = "own"
    SEXUAL_HEALTH = "sexual-health"
    MENTAL_HEALTH = "mental-health"
    SAFEGUARDING = "safeguarding"
    SUBSTANCE = "substance"
    REPRODUCTIVE = "reproductive"
    GENDER = "gender"
    PRISON = "prison"
    ADOPTION = "adoption"
    WITNESS = "witness"
    THIRD_PARTY = "third-party"
    SEALED = "sealed"


HARD_BARRED = frozenset(
    {
        Label.REPRODUCTIVE,
        Label.GENDER,
        Label.PRISON,
        Label.ADOPTION,
        Label.WITNESS,
        Label.THIRD_PARTY,
        Label.SEALED,
    }
)
"""Labels that no role sees for any purpose, whatever the policy says."""
