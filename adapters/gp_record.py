"""Read what a GP structured record says about itself: areas, warnings on lists, areas switched off.

Reads no clinical item, and takes no empty list for "none known".
Follows GP Connect Access Record Structured 1.6.2 (lists, list warnings, NOT_IMPLEMENTED).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from adapters.contract import Notice, NoticeKind
from fhir_profiles.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the record: how it is asked for, and which list answers.

    `categories` holds every category that items of this area can turn out to be, the usual one first.
    """

    parameter: str
    list_code: str
    categories: tuple[Category, ...]


def _area(parameter: str, list_code: str, *categories: Category) -> Area:
    return Area(parameter, list_code, categories)


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

_Categories: TypeAlias = tuple[Category | None, ...]

_EVERYTHING: Final[_Categories] = (None,)
_CATEGORIES_OF_PARAMETER: Mapping[str, _Categories] = MappingProxyType(
    {area.parameter: area.categories for area in AREAS}
)
_CATEGORIES_OF_LIST: Mapping[str, _Categories] = MappingProxyType(
    {
        **{area.list_code: area.categories for area in AREAS},
        ENDED_ALLERGIES: (Category.ALLERGIES,),
    }
)
# Secondary lists are `{query}-{what}-{how}`; the first word that is found names what they hold.
_CATEGORIES_OF_SECONDARY_LIST: Mapping[str, _Categories] = MappingProxyType(
    {
        "allergies": (Category.ALLERGIES,),
        "diary-entries": (Category.PROCEDURES,),
        "documents": (Category.DOCUMENTS,),
        "immunisations": (Category.IMMUNISATIONS,),
        "investigations": (Category.RESULTS,),
        "medications": (Category.MEDICATIONS,),
        "outbound-referrals": (Category.PROCEDURES,),
        "uncategorised-data": (Category.RESULTS, *_CODED_LATER),
        "problems-consultations": (Category.ENCOUNTERS,),
        "linked-problems": (Category.PROBLEMS, *_CODED_LATER),
        "consultations-problems": (Category.PROBLEMS, *_CODED_LATER),
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
    categories = _categories_of(list_codes(record_list))
    return [
        notice
        for extension in record_list.get("extension", [])
        if _WARNING.search(str(extension.get("url")))
        for code in _warning_codes(extension)
        for notice in _notices(code, categories, record_list)
    ]


def _warning_codes(extension: dict[str, Any]) -> Iterator[str]:
    # The profile says valueCode; some systems send a Coding.
    yield str(extension.get("valueCode") or extension.get("valueCoding", {}).get("code"))


def _notices(code: str, categories: _Categories, record_list: dict[str, Any]) -> Iterator[Notice]:
    # A warning in a word we do not know still warns: something of this list cannot be told.
    kind = _KIND_OF_WARNING.get(code, NoticeKind.UNREADABLE_PART)
    if kind is NoticeKind.DATA_IN_TRANSIT:
        yield Notice(kind, None, _day_in_notes(record_list))
        return
    for category in categories:
        yield Notice(kind, category)


def _categories_of(codes: list[str]) -> _Categories:
    for code in codes:
        if code in _CATEGORIES_OF_LIST:
            return _CATEGORIES_OF_LIST[code]
        for words, categories in _CATEGORIES_OF_SECONDARY_LIST.items():
            if words in code:
                return categories
    return _EVERYTHING


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
        for category in _CATEGORIES_OF_PARAMETER.get(parameter, _EVERYTHING):
            yield Notice(NoticeKind.AREA_SWITCHED_OFF, category)
