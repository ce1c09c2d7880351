"""Read the parameters of a PDS search and refuse what PDS refuses.

Searches nothing (`pds_search` does). PDS FHIR API, Search for a patient.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from adapters.simulators.pds_refusals import PdsRefusal

_TEXTS = frozenset({"family", "email", "phone", "general-practitioner"})
_POSTCODES = ("address-postalcode", "address-postcode")
_FLAGS = frozenset({"_fuzzy-match", "_exact-match", "_history"})
_DATES = frozenset({"birthdate", "death-date"})
_KNOWN = _TEXTS | _FLAGS | _DATES | {*_POSTCODES, "given", "gender", "_max-results"}
_REPEATABLE = _DATES | {"given"}
_GENDERS = frozenset({"male", "female", "other", "unknown"})
MOST_RESULTS = 50  # Healthcare-worker mode; application-restricted mode allows 1.

PLAIN_MINIMUM = (frozenset({"family", "birthdate"}),)
FUZZY_MINIMUM = (
    frozenset({"given", "family", "birthdate"}),
    frozenset({"family", "birthdate", "gender", "postcode"}),
    frozenset({"given", "birthdate", "gender", "postcode"}),
)


class RefusedSearchError(ValueError):
    """Say why a search is refused."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.refusal = PdsRefusal(code, field)


@dataclass(frozen=True, slots=True)
class DateBound:
    """A day with how it bounds: eq, ge or le."""

    bound: str
    day: date

    def holds(self, day: date) -> bool:
        """Tell whether a day is inside."""
        if self.bound == "ge":
            return day >= self.day
        return day <= self.day if self.bound == "le" else day == self.day


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; empty text means not asked."""

    family: str
    given: tuple[str, ...]
    gender: str
    born: tuple[DateBound, ...]
    died: tuple[DateBound, ...]
    postcode: str
    practice: str
    email: str
    phone: str
    is_fuzzy: bool
    max_results: int


def read_criteria(parameters: Iterable[tuple[str, str]]) -> Criteria:
    """Read a query string's pairs.

    Raises RefusedSearchError with PDS's code for the first fault found.
    """
    asked = _gathered(parameters)
    criteria = Criteria(
        family=_one(asked, "family"),
        given=tuple(asked.get("given", ())),
        gender=_gender(asked),
        born=_bounds(asked, "birthdate"),
        died=_bounds(asked, "death-date"),
        postcode=_one(asked, _POSTCODES[0]) or _one(asked, _POSTCODES[1]),
        practice=_one(asked, "general-practitioner"),
        email=_one(asked, "email"),
        phone=_one(asked, "phone"),
        is_fuzzy=_flag(asked, "_fuzzy-match"),
        max_results=_max_results(asked),
    )
    _refuse_bad_flags(asked)
    _refuse_too_little(criteria)
    _refuse_wildcards(criteria)
    return criteria


def _gathered(parameters: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for name, value in parameters:
        if name not in _KNOWN:
            raise RefusedSearchError("ADDITIONAL_PROPERTIES", name)
        if not value.strip():
            raise RefusedSearchError("MISSING_VALUE", name)
        if name in asked and name not in _REPEATABLE:
            raise RefusedSearchError("INVALID_VALUE", name)
        asked.setdefault(name, []).append(value)
    return asked


def _one(asked: Mapping[str, list[str]], name: str) -> str:
    return asked.get(name, [""])[0]


def _gender(asked: Mapping[str, list[str]]) -> str:
    gender = _one(asked, "gender")
    if gender and gender not in _GENDERS:
        raise RefusedSearchError("INVALID_VALUE", "gender")
    return gender


def _bounds(asked: Mapping[str, list[str]], name: str) -> tuple[DateBound, ...]:
    return tuple(_bound(text, name) for text in asked.get(name, ()))


def _bound(text: str, name: str) -> DateBound:
    bound, day = (text[:2], text[2:]) if text[:2] in ("eq", "ge", "le") else ("eq", text)
    try:
        return DateBound(bound, date.fromisoformat(day[:10] if name == "death-date" else day))
    except ValueError:
        raise RefusedSearchError("INVALID_VALUE", name) from None


def _flag(asked: Mapping[str, list[str]], name: str) -> bool:
    text = _one(asked, name) or "false"
    if text not in ("true", "false"):
        raise RefusedSearchError("INVALID_VALUE", name)
    return text == "true"


def _refuse_bad_flags(asked: Mapping[str, list[str]]) -> None:
    # Accepted and without effect here: the cohort has no former names.
    for name in ("_exact-match", "_history"):
        _flag(asked, name)


def _max_results(asked: Mapping[str, list[str]]) -> int:
    text = _one(asked, "_max-results") or str(MOST_RESULTS)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_RESULTS):
        raise RefusedSearchError("INVALID_VALUE", "_max-results")
    return int(text)


def _refuse_too_little(criteria: Criteria) -> None:
    given = {
        "family": criteria.family,
        "given": criteria.given,
        "birthdate": criteria.born,
        "gender": criteria.gender,
        "postcode": criteria.postcode,
    }
    present = frozenset(name for name, value in given.items() if value)
    minimum = FUZZY_MINIMUM if criteria.is_fuzzy else PLAIN_MINIMUM
    if not any(needed <= present for needed in minimum):
        raise RefusedSearchError("MISSING_VALUE", "birthdate and family at least")


def _refuse_wildcards(criteria: Criteria) -> None:
    for name, text in (("family", criteria.family), (_POSTCODES[0], criteria.postcode)):
        if "*" in text and (criteria.is_fuzzy or "*" in text[:2]):
            raise RefusedSearchError("INVALID_SEARCH_DATA", name)
