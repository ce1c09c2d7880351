"""Read what a GP structured record says about itself: areas, warnings on lists, areas switched off.

Reads no clinical item, and takes no empty list for "none known".
Follows GP Connect Access Record Structured 1.6.2 (lists, list warnings, NOT_IMPLEMENTED).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from adapters.contract import Notice, NoticeKind
from fhir_profiles.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the record: how it is asked for, which list answers, which category it fills.

    `asked_for` holds every category that items of this area can turn out to be.
    """

    parameter: str
    list_code: str
    category: Category
    asked_for: frozenset[Category]


def _area(parameter: str, list_code: str, category: Category, *also: Category) -> Area:
    return Area(parameter, list_code, category, frozenset({category, *also}))


# Plans for the end of life and social care are observations and problems until their codes are read.
_CODED_LATER = (Category.END_OF_LIFE, Category.SOCIAL_CARE)

AREAS: Final = (
    _area("includeAllergies", "886921000000105", Category.ALLERGIES),
    _area("includeMedication", "933361000000108", Category.MEDICATIONS),
    _area("includeConsultations", "1149501000000101", Category.ENCOUNTERS),
    _area("includeProblems", "717711000000103", Category.PROBLEMS, *_CODED_LATER),
    _area("includeImmunisations", "1102181000000102", Category.IMMUNISATIONS),
    _area("includeUncategorisedData", "826501000000100", Category.RESULTS, *_CODED_LATER),
    _area("includeInvestigations", "887191000000108", Category.RESULTS),
    _area("includeReferrals", "792931000000107", Category.PROCEDURES),
    _area("includeDiaryEntries", "714311000000108", Category.PROCEDURES),
)
"""Areas in the order of the specification's table of parameters."""

ENDED_ALLERGIES: Final = "1103671000000101"

_CATEGORY_OF_PARAMETER = {area.parameter: area.category for area in AREAS}
_CATEGORY_OF_LIST = MappingProxyType(
    {
        **{area.list_code: area.category for area in AREAS},
        ENDED_ALLERGIES: Category.ALLERGIES,
    }
)
# Secondary lists are `{query}-{what}-{how}`; the first word that is found names what they hold.
_CATEGORY_OF_SECONDARY_LIST = MappingProxyType(
    {
        "allergies": Category.ALLERGIES,
        "diary-entries": Category.PROCEDURES,
        "documents": Category.DOCUMENTS,
        "immunisations": Category.IMMUNISATIONS,
        "investigations": Category.RESULTS,
        "medications": Category.MEDICATIONS,
        "outbound-referrals": Category.PROCEDURES,
        "uncategorised-data": Category.RESULTS,
        "problems-consultations": Category.ENCOUNTERS,
        "linked-problems": Category.PROBLEMS,
        "consultations-problems": Category.PROBLEMS,
    }
)

_WARNING = re.compile(r"/Extension-CareConnect-(?:GPC-)?ListWarningCode-1$")
_PARAMETER = re.compile(r"\binclude[A-Z][A-Za-z]+")
_DAY = re.compile(
    r"\b(\d{1,2})[-/ ]([A-Za-z]{3,9}|\d{1,2})[-/ ](\d{4})\b|\b(\d{4})-(\d\d)-(\d\d)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KIND_OF_WARNING = {
    "confidential-items": NoticeKind.CONFIDENTIAL_ITEMS,
    "data-in-transit": NoticeKind.DATA_IN_TRANSIT,
    "data-awaiting-filing": NoticeKind.DATA_AWAITING_FILING,
}


def list_codes(record_list: dict[str, Any]) -> list[str]:
    """Give the codes of a List, in the order stated; titles identify nothing."""
    codings = record_list.get("code", {}).get("coding", [])
    return [str(coding["code"]) for coding in codings if "code" in coding]


def notices_of_list(record_list: dict[str, Any]) -> list[Notice]:
    """Read every warning on a List; a transfer in progress concerns all categories."""
    category = _category_of(list_codes(record_list))
    return [
        _notice(code, category, record_list)
        for extension in record_list.get("extension", [])
        if _WARNING.search(str(extension.get("url")))
        for code in _warning_codes(extension)
    ]


def _warning_codes(extension: dict[str, Any]) -> Iterator[str]:
    # The profile says valueCode; some systems send a Coding.
    yield str(extension.get("valueCode") or extension.get("valueCoding", {}).get("code"))


def _notice(code: str, category: Category | None, record_list: dict[str, Any]) -> Notice:
    # A warning in a word we do not know still warns: something of this list cannot be told.
    kind = _KIND_OF_WARNING.get(code, NoticeKind.UNREADABLE_PART)
    if kind is NoticeKind.DATA_IN_TRANSIT:
        return Notice(kind, None, _day_in_notes(record_list))
    return Notice(kind, category)


def _category_of(codes: list[str]) -> Category | None:
    for code in codes:
        if code in _CATEGORY_OF_LIST:
            return _CATEGORY_OF_LIST[code]
        for words, category in _CATEGORY_OF_SECONDARY_LIST.items():
            if words in code:
                return category
    return None


def _day_in_notes(record_list: dict[str, Any]) -> date | None:
    notes = " ".join(str(note.get("text", "")) for note in record_list.get("note", []))
    found = _DAY.search(notes)
    return _day_of(*found.groups()) if found else None


def _day_of(
    day: str | None,
    month: str | None,
    year: str | None,
    iso_year: str | None,
    iso_month: str | None,
    iso_day: str | None,
) -> date | None:
    named_month = (month or "").lower()[:3]
    number = _MONTHS.index(named_month) + 1 if named_month in _MONTHS else month or iso_month or ""
    try:
        return date(int(year or iso_year or ""), int(number), int(day or iso_day or ""))
    except ValueError:
        return None


def notices_of_outcome(outcome: dict[str, Any]) -> list[Notice]:
    """Read the areas that a practice has switched off out of a record's OperationOutcome."""
    return [
        notice
        for issue in outcome.get("issue", [])
        if issue.get("severity") != "information"
        for notice in _notices_of_issue(issue)
    ]


def _notices_of_issue(issue: dict[str, Any]) -> Iterator[Notice]:
    codings = issue.get("details", {}).get("coding", [])
    if not any(coding.get("code") == "NOT_IMPLEMENTED" for coding in codings):
        yield Notice(NoticeKind.UNREADABLE_PART)
        return
    parameters = _PARAMETER.findall(str(issue.get("diagnostics", "")))
    for parameter in parameters or [""]:
        yield Notice(NoticeKind.AREA_SWITCHED_OFF, _CATEGORY_OF_PARAMETER.get(parameter))
