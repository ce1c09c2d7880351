"""Say in words what the banner tells of the record: allergies, alerts, conflicts, and how much of it is there.

Counts nothing and decides no state: `gateway/patient/headlines.py` and `sections.py` do.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from fhir_profiles.vocabulary import Category
from gateway.patient.headlines import Headline, answered_of, headline_of
from gateway.patient.receipt import Receipt
from gateway.patient.sections import Section, SectionState
from gateway.web.dates_in_words import time_in_words
from gateway.web.facts import Fact

_NAMED: Mapping[Category, tuple[str, str, str]] = {
    Category.ALLERGIES: ("Allergies", "allergy", "allergies"),
    Category.ALERTS: ("Alerts", "alert", "alerts"),
}


def headlines_in_words(sections: Iterable[Section], conflicts: int) -> tuple[Fact, ...]:
    """Write the headlines of a page, the most dangerous first."""
    by_category = {section.category: section for section in sections}
    told = (
        Fact(term, _headline(headline_of(by_category[category]), one, many))
        for category, (term, one, many) in _NAMED.items()
    )
    return (*told, *((Fact("Sources differ on", _count(conflicts, "thing")),) if conflicts else ()))


def view_in_words(receipt: Receipt, now: datetime) -> str:
    """Write when a view was built and how many of its sources answered."""
    found = answered_of(receipt)
    whole = "" if receipt.is_complete else ", incomplete"
    sources = "source" if found.asked == 1 else "sources"
    return (
        f"View built at {time_in_words(now)}: {found.answered} of {found.asked} {sources} "
        f"answered{whole}"
    )


def _headline(headline: Headline, one: str, many: str) -> str:
    counted = _count(headline.count, one, many)
    match headline.state:
        case SectionState.UNAVAILABLE:
            return _unavailable(headline)
        case SectionState.PARTIAL if headline.count:
            return f"{counted}, and more may be missing"
        case SectionState.PARTIAL:
            return "Not known: a source did not give its whole record"
        case SectionState.KNOWN_NONE:
            return f"A source states: no known {many}"
        case SectionState.EMPTY:
            # For every reader alike: in other words than these, what is withheld would show.
            return "None shown to you. This does not say that there are none"
        case SectionState.PRESENT:
            return counted if headline.count else _without_any(headline)
        case _:
            assert_never(headline.state)


def _unavailable(headline: Headline) -> str:
    if not headline.is_for_role:
        return "Not shown in your role"
    return "Not known: no source that may hold them answered"


def _without_any(headline: Headline) -> str:
    if headline.denies_some:
        return "Not known: a source states that there is none of one kind only"
    return "None current among those shown to you"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
