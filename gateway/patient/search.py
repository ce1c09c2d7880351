"""Filter, sort and count what a reader may see; counts are taken after narrowing, never before.

Fetches nothing and narrows nothing. FHIR R4 search, sections 3.1.1.4 and 3.1.1.5; parameters of HL7 UK's
UK Core Access draft where it names one, ours elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from gateway.errors import BadRequestError
from gateway.patient.dates import DateCriterion, Span, parse_criterion, span_of
from gateway.patient.shown import ShownItem, codings_in

COUNT_AT_MOST = 100


class Kind(StrEnum):
    """What a search parameter compares."""

    ID = "id"
    DATE = "date"
    RECORDED = "recorded"
    STATUS = "status"
    CLINICAL_STATUS = "clinical-status"
    CODE = "code"
    TYPE = "type"
    CLASS = "class"


class SortKey(StrEnum):
    """What a search may be sorted by."""

    DATE = "date"
    ID = "_id"


_COMMON: Mapping[str, Kind] = {
    "_id": Kind.ID,
    "date": Kind.DATE,
    "code": Kind.CODE,
    "status": Kind.STATUS,
}

PARAMETERS: Mapping[str, Mapping[str, Kind]] = {
    "AllergyIntolerance": {
        "_id": Kind.ID,
        "date": Kind.RECORDED,
        "code": Kind.CODE,
        "clinical-status": Kind.CLINICAL_STATUS,
    },
    "Condition": {
        "_id": Kind.ID,
        "recorded-date": Kind.RECORDED,
        "code": Kind.CODE,
        "clinical-status": Kind.CLINICAL_STATUS,
    },
    "Encounter": {
        "_id": Kind.ID,
        "date": Kind.DATE,
        "status": Kind.STATUS,
        "type": Kind.TYPE,
        "class": Kind.CLASS,
    },
    "Observation": _COMMON,
    "DiagnosticReport": _COMMON,
    "Procedure": _COMMON,
    "Immunization": {
        "_id": Kind.ID,
        "date": Kind.DATE,
        "vaccine-code": Kind.CODE,
        "status": Kind.STATUS,
    },
    "MedicationRequest": {
        "_id": Kind.ID,
        "authoredon": Kind.DATE,
        "code": Kind.CODE,
        "status": Kind.STATUS,
    },
    "MedicationStatement": {
        "_id": Kind.ID,
        "effective": Kind.DATE,
        "code": Kind.CODE,
        "status": Kind.STATUS,
    },
    "MedicationAdministration": {
        "_id": Kind.ID,
        "effective-time": Kind.DATE,
        "code": Kind.CODE,
        "status": Kind.STATUS,
    },
    "DocumentReference": {
        "_id": Kind.ID,
        "date": Kind.DATE,
        "type": Kind.TYPE,
        "status": Kind.STATUS,
    },
    "Appointment": {"_id": Kind.ID, "date": Kind.DATE, "status": Kind.STATUS},
    "ServiceRequest": {
        "_id": Kind.ID,
        "authored": Kind.RECORDED,
        "code": Kind.CODE,
        "status": Kind.STATUS,
    },
    "CarePlan": {"_id": Kind.ID, "date": Kind.DATE, "status": Kind.STATUS},
    "Flag": {"_id": Kind.ID, "date": Kind.DATE, "status": Kind.STATUS},
}
"""Search parameters of each type beside `patient`, `_sort` and `_count`; anything else is refused."""


@dataclass(frozen=True, slots=True)
class Token:
    """A searched code: `system` None means any, empty means none."""

    system: str | None
    code: str

    def matches(self, coding: tuple[str | None, str]) -> bool:
        """Say whether a coding is the one searched for."""
        system, code = coding
        return code == self.code and (self.system is None or (system or "") == self.system)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a search asks for. Several dates must all be met; of several tokens or ids, one."""

    resource_type: str
    dates: tuple[DateCriterion, ...] = ()
    recorded: tuple[DateCriterion, ...] = ()
    ids: tuple[str, ...] | None = None
    statuses: tuple[Token, ...] | None = None
    clinical_statuses: tuple[Token, ...] | None = None
    codes: tuple[tuple[Kind, tuple[Token, ...]], ...] = ()
    sort: SortKey | None = None
    newest_first: bool = False
    count: int | None = None


def parse_criteria(resource_type: str, parameters: Iterable[tuple[str, str]]) -> Criteria:
    """Read a search's parameters strictly; `patient` is read elsewhere.

    Raises BadRequestError on any parameter, repetition or value that is not served.
    """
    known = PARAMETERS[resource_type]
    criteria = Criteria(resource_type)
    seen: set[str] = set()
    for name, value in parameters:
        kind = known.get(name)
        if name in seen and kind not in {Kind.DATE, Kind.RECORDED}:
            raise BadRequestError("A search parameter stands twice.")
        seen.add(name)
        criteria = (
            _with_result(criteria, name, value) if kind is None else _with(criteria, kind, value)
        )
    return criteria


def _with(criteria: Criteria, kind: Kind, value: str) -> Criteria:
    match kind:
        case Kind.DATE:
            return replace(criteria, dates=(*criteria.dates, _date(value)))
        case Kind.RECORDED:
            return replace(criteria, recorded=(*criteria.recorded, _date(value)))
        case Kind.CODE | Kind.TYPE | Kind.CLASS:
            return replace(criteria, codes=(*criteria.codes, (kind, _tokens(value))))
        case Kind.ID:
            return replace(criteria, ids=tuple(value.split(",")))
        case Kind.STATUS:
            return replace(criteria, statuses=_tokens(value))
        case Kind.CLINICAL_STATUS:
            return replace(criteria, clinical_statuses=_tokens(value))
        case _:
            assert_never(kind)


def _with_result(criteria: Criteria, name: str, value: str) -> Criteria:
    if name == "_count":
        return replace(criteria, count=count_of(value))
    if name == "_sort" and value.removeprefix("-") in set(SortKey):
        newest_first = value.startswith("-")
        return replace(criteria, sort=SortKey(value.removeprefix("-")), newest_first=newest_first)
    raise BadRequestError("A search parameter or its value is not supported here.", "not-supported")


def count_of(text: str) -> int:
    """Read a page size; more than the cap is cut to it, as FHIR allows a server to do.

    Raises BadRequestError when it is not a plain number above zero.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise BadRequestError("_count must be a whole number above 0.")
    return min(int(text), COUNT_AT_MOST)


def _date(text: str) -> DateCriterion:
    criterion = parse_criterion(text)
    if criterion is None:
        raise BadRequestError(
            "A date must be a FHIR date, with eq, ge, le, gt or lt before it at most."
        )
    return criterion


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(_token(part) for part in text.split(","))


def _token(text: str) -> Token:
    system, bar, code = text.rpartition("|")
    if not code:
        raise BadRequestError("A code must be given as code or system|code.")
    return Token(system if bar else None, code)


def search(items: Iterable[ShownItem], criteria: Criteria) -> tuple[ShownItem, ...]:
    """Give the items that meet every criterion, in the order asked for.

    Shape: items of equal date stay in the record's order; undated items come last either way.
    """
    found = [item for item in items if _meets(item, criteria)]
    match criteria.sort:
        case None:
            return tuple(found)
        case SortKey.ID:
            return tuple(sorted(found, key=lambda item: item.id, reverse=criteria.newest_first))
        case SortKey.DATE:
            return _by_date(found, newest_first=criteria.newest_first)
        case _:
            assert_never(criteria.sort)


def _by_date(items: list[ShownItem], *, newest_first: bool) -> tuple[ShownItem, ...]:
    dated = [(span, item) for item in items if (span := item.when) is not None]
    dated.sort(key=lambda pair: pair[0].low, reverse=newest_first)
    return (*(item for _span, item in dated), *(item for item in items if item.when is None))


def _meets(item: ShownItem, criteria: Criteria) -> bool:
    return (
        item.resource_type == criteria.resource_type
        and (criteria.ids is None or item.id in criteria.ids)
        and _meets_dates(item.when, criteria.dates)
        and _meets_dates(_recorded(item), criteria.recorded)
        and _has_one(criteria.statuses, ((None, item.status or ""),))
        and _has_one(criteria.clinical_statuses, item.clinical_statuses)
        and all(_has_one(tokens, _codings(item, kind)) for kind, tokens in criteria.codes)
    )


def _meets_dates(when: Span | None, dates: tuple[DateCriterion, ...]) -> bool:
    return not dates or (when is not None and all(each.is_met_by(when) for each in dates))


def _recorded(item: ShownItem) -> Span | None:
    return span_of(item.header.recorded_date or item.header.authored_on)


def _has_one(tokens: tuple[Token, ...] | None, codings: Iterable[tuple[str | None, str]]) -> bool:
    if tokens is None:
        return True
    held = tuple(codings)
    return any(token.matches(coding) for token in tokens for coding in held)


def _codings(item: ShownItem, kind: Kind) -> Iterable[tuple[str | None, str]]:
    header = item.header
    match kind:
        case Kind.TYPE:
            return codings_in(header.type)
        case Kind.CLASS:
            classes = header.class_ if isinstance(header.class_, tuple) else (header.class_,)
            return [(each.system, each.code) for each in classes if each is not None and each.code]
        case _:
            named = (header.code, header.vaccine_code, header.medication_codeable_concept)
            return [coding for field in named for coding in codings_in(field)]
