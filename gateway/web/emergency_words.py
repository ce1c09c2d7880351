"""Say in words why somebody may break the glass, what that opens, and until when.

Decides nothing: levels are those of the policy, ends those of the grant. Wording: NHS content style guide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fhir_profiles.vocabulary import Category, Label
from gateway.store.break_glass import Grant
from gateway.store.words import EmergencyReason
from gateway.web.dates_in_words import time_in_words
from rbac.types import Level, Levels, Purpose

REASON_WORDS: Mapping[EmergencyReason, str] = {
    EmergencyReason.RISK_TO_LIFE: "There is a risk to the person’s life",
    EmergencyReason.CANNOT_BE_ASKED: "The person cannot be asked, and care cannot wait",
    EmergencyReason.URGENT_UNPLANNED_CARE: "Urgent care that nobody could plan",
    EmergencyReason.RISK_OF_HARM_TO_OTHERS: "Somebody else may come to harm",
    EmergencyReason.OTHER_EMERGENCY: "Another emergency",
}

_CATEGORY_WORDS: Mapping[Category, str] = {
    Category.DEMOGRAPHICS: "who the person is",
    Category.ALERTS: "alerts",
    Category.ALLERGIES: "allergies",
    Category.PROBLEMS: "problems and diagnoses",
    Category.MEDICATIONS: "medicines",
    Category.ENCOUNTERS: "encounters",
    Category.RESULTS: "test results",
    Category.END_OF_LIFE: "end-of-life wishes",
    Category.CARE_PLANS: "care plans",
    Category.DOCUMENTS: "documents and letters",
    Category.IMMUNISATIONS: "immunisations",
    Category.PROCEDURES: "procedures",
    Category.APPOINTMENTS: "appointments",
    Category.SOCIAL_CARE: "social care",
}
"""In the order in which they are told: what matters most in an emergency first."""


@dataclass(frozen=True, slots=True)
class SliceWords:
    """What a step opens and what it leaves closed, each as one list in words; either may be empty."""

    opens: str
    closed: str


@dataclass(frozen=True, slots=True)
class EmergencyWords:
    """One emergency that is open, as every page of its record tells it.

    `slice` is None on the page for direct care, which shows nothing by the emergency.
    """

    patient_id: str
    until: str
    slice: SliceWords | None
    is_second_step: bool
    offers_second_step: bool


def emergency_in_words(
    grant: Grant, levels: Levels | None, offered: frozenset[Purpose]
) -> EmergencyWords:
    """Write the banner of one open emergency; `levels` are those of a page that it opened."""
    return EmergencyWords(
        patient_id=grant.patient,
        until=time_in_words(grant.ends_at),
        slice=None if levels is None else slice_in_words(levels),
        is_second_step=grant.step is Purpose.BTG,
        offers_second_step=grant.step is Purpose.ETREAT and Purpose.BTG in offered,
    )


def slice_in_words(levels: Levels) -> SliceWords:
    """Write what levels show of ordinary items, and what they do not."""
    shown = {each for each in _CATEGORY_WORDS if _shows(levels, each)}
    return SliceWords(
        _listed(words for each, words in _CATEGORY_WORDS.items() if each in shown),
        _listed(words for each, words in _CATEGORY_WORDS.items() if each not in shown),
    )


def _shows(levels: Levels, category: Category) -> bool:
    return levels.level_of(category, frozenset({Label.NORMAL})) is not Level.NONE


def _listed(words: Iterable[str]) -> str:
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last
