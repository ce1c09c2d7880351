"""Say in words what each section is, what state it is in, and what must not be concluded from it.

Decides no state: `gateway/patient/sections.py` does.
"""

from collections.abc import Mapping
from typing import assert_never

from fhir_profiles.vocabulary import Category
from gateway.patient.receipt import SourceLine
from gateway.patient.sections import Section, SectionState
from gateway.web.source_words import SourceName, gap_of_category_in_words

SECTION_TITLES: Mapping[Category, str] = {
    Category.ALERTS: "Alerts",
    Category.ALLERGIES: "Allergies and adverse reactions",
    Category.PROBLEMS: "Problems and diagnoses",
    Category.MEDICATIONS: "Medicines",
    Category.ENCOUNTERS: "Encounters",
}

_ABSENCES: Mapping[Category, str] = {
    Category.ALERTS: "no alerts",
    Category.ALLERGIES: "no known allergies",
    Category.PROBLEMS: "no problems",
    Category.MEDICATIONS: "no medicines",
    Category.ENCOUNTERS: "no encounters",
}

_THINGS: Mapping[Category, str] = {
    Category.ALERTS: "alerts",
    Category.ALLERGIES: "allergies",
    Category.PROBLEMS: "problems",
    Category.MEDICATIONS: "medicines",
    Category.ENCOUNTERS: "encounters",
}


def statement_in_words(section: Section) -> str:
    """Write what a reader may conclude from a section; empty when its items say it."""
    what = _THINGS[section.category]
    match section.state:
        case SectionState.PRESENT:
            return ""
        case SectionState.KNOWN_NONE:
            return f"A source states: {_ABSENCES[section.category]}."
        case SectionState.EMPTY:
            return (
                f"Nothing to show: no source that answered gave {what} that you may see. "
                "This does not say that there are none."
            )
        case SectionState.PARTIAL:
            return f"Incomplete: {what} may be missing here."
        case SectionState.UNAVAILABLE if not section.is_for_role:
            return "Not available: your role does not see this part of the record."
        case SectionState.UNAVAILABLE:
            return f"Not available: no source that may hold {what} gave its record."
        case _:
            assert_never(section.state)


def warning_in_words(line: SourceLine, name: SourceName, category: Category) -> str:
    """Write what a section's reader must not conclude from one source's gap."""
    gap = gap_of_category_in_words(line, name, category)
    return f"{gap}: do not read this page as ‘{_ABSENCES[category]}’."
