"""Write who somebody is: the banner over a record, and a line of the people found.

Decides nothing of what may be told: `gateway/patient/banner.py` does. Common user interface patient banner, ISB 1505.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from gateway.access.evidence import is_restricted
from gateway.patient.banner import Banner, Whereabouts
from gateway.patient.find import Found
from gateway.patient.statements import Subject
from gateway.web.dates_in_words import date_in_words
from gateway.web.facts import Fact

_NOT_RECORDED = "Not recorded"
_NOT_FOR_ROLE = "Not shown in your role"


_NUMBER_STATUSES: Mapping[str | None, str] = {
    "01": "verified",
    "02": "not traced",
    "03": "trace required",
    "04": "traced without one match",
    "05": "trace to be resolved",
    "06": "trace in progress",
    "07": "not traced",
    "08": "trace postponed",
    None: "status not stated",
}
"""NHS Data Dictionary, NHS number status indicator code."""


@dataclass(frozen=True, slots=True)
class PersonWords:
    """Somebody in words. `died` is empty for the living."""

    name: str
    died: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class FoundWords:
    """Somebody found, in words, and where the record is."""

    patient_id: str
    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class SubjectWords:
    """Whom a statement is about, in words."""

    name: str
    facts: tuple[Fact, ...]
    is_restricted: bool


def banner_in_words(banner: Banner, practice_name: str | None) -> PersonWords:
    """Write the banner; the practice is told by name and code where its name is known."""
    replaced = ", ".join(number.grouped for number in banner.superseded)
    facts = (
        Fact("Born", _born(banner.born_on, banner.age, died=banner.died_at is not None)),
        Fact("NHS number", f"{banner.nhs_number.grouped} ({_status(banner.number_status)})"),
        *((Fact("Replaces NHS number", replaced),) if replaced else ()),
        Fact("Gender", (banner.gender or _NOT_RECORDED).capitalize()),
        Fact("Address", _whereabouts(banner, ", ".join(banner.address_lines))),
        Fact("GP practice", _whereabouts(banner, _practice(banner, practice_name))),
    )
    died = date_in_words(banner.died_at)
    return PersonWords(_name(banner.family_name, banner.given_names, banner.prefix), died, facts)


def found_in_words(found: Found) -> FoundWords:
    """Write one person found, with what tells them from others of the name."""
    person = found.person
    facts = (
        Fact("Born", date_in_words(person.born_on) or _NOT_RECORDED),
        Fact("NHS number", person.nhs_number.grouped),
        Fact("Gender", (person.gender or _NOT_RECORDED).capitalize()),
        Fact("Postcode", person.postcode or _NOT_RECORDED),
    )
    name = _name(person.family_name, person.given_names, person.prefix)
    return FoundWords(found.patient_id, name, facts)


def subject_in_words(subject: Subject) -> SubjectWords | None:
    """Write whom a statement is about, without where they are; None where that may not be told, or nobody knows."""
    person = subject.person
    if person is None:
        return None
    facts = (
        Fact("Born", date_in_words(person.born_on) or _NOT_RECORDED),
        Fact("NHS number", person.nhs_number.grouped),
    )
    name = _name(person.family_name, person.given_names, person.prefix)
    return SubjectWords(name, facts, is_restricted(person))


def _name(family_name: str, given_names: tuple[str, ...], prefix: str | None) -> str:
    given = " ".join(given_names)
    title = f" ({prefix})" if prefix else ""
    return f"{family_name.upper()}, {given}{title}" if given else f"{family_name.upper()}{title}"


def _status(code: str | None) -> str:
    return _NUMBER_STATUSES.get(code, "status not known")


def _born(born_on: str | None, age: int | None, *, died: bool) -> str:
    words = date_in_words(born_on) or _NOT_RECORDED
    if age is None:
        return words
    return f"{words} ({'died at' if died else 'age'} {age})"


def _practice(banner: Banner, name: str | None) -> str:
    code = banner.practice or ""
    return f"{name} ({code})" if name and name != code else code


def _whereabouts(banner: Banner, words: str) -> str:
    match banner.whereabouts:
        case Whereabouts.TOLD:
            return words or _NOT_RECORDED
        case Whereabouts.RESTRICTED:
            return "Restricted"
        case Whereabouts.NOT_FOR_ROLE:
            return _NOT_FOR_ROLE
        case _:
            assert_never(banner.whereabouts)
