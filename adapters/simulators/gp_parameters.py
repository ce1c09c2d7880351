"""Read the Parameters resource of a structured-record request, or say why it is refused.

Does not look anybody up. Follows GP Connect Access Record: Structured 1.6, retrieve a patient's
structured record, request parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from adapters.simulators.gp_refusals import (
    Refusal,
    bad_request,
    invalid_parameter,
    invalid_resource,
)
from adapters.simulators.gp_rules import Area
from fhir_profiles import systems
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

PATIENT_PARAMETER = "patientNHSNumber"


class _WrongValueError(ValueError):
    """Say that a part's value is not one that the operation takes."""


PartReader = Callable[[object, date], object]
"""Gives the part's value, or raises ValueError, as date.fromisoformat does."""

Parts = tuple[tuple[str, object], ...]
"""The parts of one parameter with their read values, sorted by name."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both included; an open end is not stated."""

    start: date | None
    end: date | None

    def covers(self, day: date) -> bool:
        """Say whether the day lies within."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose record is asked for, and which areas with which parts; hashable, sorted by area."""

    number: NhsNumber
    areas: tuple[tuple[Area, Parts], ...]

    def part(self, area: Area, name: str) -> object:
        """Give the value of one part, or nothing."""
        return dict(dict(self.areas).get(area, ())).get(name)


def read_request(body: bytes, today: date) -> Asked | Refusal:
    """Read a request body; dates are held against `today`."""
    try:
        resource = orjson.loads(body)
    except orjson.JSONDecodeError:
        return bad_request("The body is not JSON.")
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        return invalid_resource("The body must be a Parameters resource.")
    parameters = resource.get("parameter")
    if not isinstance(parameters, list) or not all(isinstance(p, dict) for p in parameters):
        return invalid_resource("The Parameters resource has no list of parameters.")
    return _read_parameters(parameters, today)


def _read_parameters(parameters: list[dict[str, object]], today: date) -> Asked | Refusal:
    names = [parameter.get("name") for parameter in parameters]
    if len(set(map(str, names))) != len(names):
        return invalid_parameter("A parameter is given more than once.")
    if PATIENT_PARAMETER not in names:
        return invalid_parameter("Missing parameter: patientNHSNumber.")
    patient = parameters.pop(names.index(PATIENT_PARAMETER))
    number = _read_number(patient.get("valueIdentifier"))
    if isinstance(number, Refusal):
        return number
    areas: list[tuple[Area, Parts]] = []
    for parameter in parameters:
        if isinstance(area := _read_area(parameter, today), Refusal):
            return area
        areas.append(area)
    return Asked(number, tuple(sorted(areas, key=lambda area: area[0].value)))


def _read_number(identifier: object) -> NhsNumber | Refusal:
    if not isinstance(identifier, dict):
        return invalid_parameter("Parameter patientNHSNumber must be an Identifier.")
    if identifier.get("system") != systems.NHS_NUMBER:
        return Refusal(400, "INVALID_IDENTIFIER_SYSTEM", "value", "The identifier system is wrong.")
    try:
        return NhsNumber(str(identifier.get("value")))
    except InvalidNhsNumberError:
        return Refusal(400, "INVALID_NHS_NUMBER", "value", "The NHS number is not valid.")


def _read_area(parameter: Mapping[str, object], today: date) -> tuple[Area, Parts] | Refusal:
    try:
        area = Area(str(parameter.get("name")))
    except ValueError:
        return invalid_parameter("Unknown parameter.")
    parts = parameter.get("part", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return invalid_parameter(f"The parts of {area} are not a list.")
    read: dict[str, object] = {}
    for part in parts:
        name = str(part.get("name"))
        if isinstance(value := _read_part(area, name, part, today), Refusal):
            return value
        read[name] = value
    return _refuse_combination(area, read) or (area, tuple(sorted(read.items())))


def _read_part(area: Area, name: str, part: Mapping[str, object], today: date) -> object:
    if (known := _PARTS[area].get(name)) is None:
        return invalid_parameter(f"Unknown part of {area}.")
    element, read = known
    try:
        return read(part.get(element), today)
    except ValueError:
        return invalid_parameter(f"Part {name} of {area} has a wrong value.")


def _refuse_combination(area: Area, parts: Mapping[str, object]) -> Refusal | None:
    if area is Area.ALLERGIES and "includeResolvedAllergies" not in parts:
        return invalid_parameter("Missing part: includeResolvedAllergies.")
    if {"consultationSearchPeriod", "includeNumberOfMostRecent"} <= set(parts):
        return invalid_resource("A search period and a number of most recent exclude each other.")
    return None


def _boolean(value: object, _today: date) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError("Expected true or false.")
    return value


def _positive(value: object, _today: date) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _WrongValueError("Expected a whole number above zero.")
    return value


def _filter_status(value: object, _today: date) -> str:
    if value not in ("active", "inactive"):
        raise _WrongValueError("Expected active or inactive.")
    return str(value)


def _whole_date(value: object) -> date:
    if not isinstance(value, str) or len(value) != len("2000-01-01"):
        raise _WrongValueError("Expected a whole date.")
    return date.fromisoformat(value)


def _date_not_after_today(value: object, today: date) -> date:
    if (day := _whole_date(value)) > today:
        raise _WrongValueError("The date lies in the future.")
    return day


def _date_not_before_today(value: object, today: date) -> date:
    if (day := _whole_date(value)) < today:
        raise _WrongValueError("The date lies in the past.")
    return day


def _past_period(value: object, today: date) -> Span:
    if not isinstance(value, dict) or not value.keys() & {"start", "end"}:
        raise _WrongValueError("Expected a period.")
    days = [_date_not_after_today(value[end], today) for end in ("start", "end") if end in value]
    if days != sorted(days):
        raise _WrongValueError("The period ends before it starts.")
    return Span(
        days[0] if "start" in value else None,
        days[-1] if "end" in value else None,
    )


_PARTS: Mapping[Area, Mapping[str, tuple[str, PartReader]]] = {
    Area.ALLERGIES: {"includeResolvedAllergies": ("valueBoolean", _boolean)},
    Area.MEDICATION: {
        "includePrescriptionIssues": ("valueBoolean", _boolean),
        "medicationSearchFromDate": ("valueDate", _date_not_after_today),
    },
    Area.CONSULTATIONS: {
        "consultationSearchPeriod": ("valuePeriod", _past_period),
        "includeNumberOfMostRecent": ("valuePositiveInt", _positive),
    },
    Area.PROBLEMS: {"filterStatus": ("valueCode", _filter_status)},
    Area.IMMUNISATIONS: {
        "includeNotGiven": ("valueBoolean", _boolean),
        "includeStatus": ("valueBoolean", _boolean),
    },
    Area.UNCATEGORISED: {"uncategorisedDataSearchPeriod": ("valuePeriod", _past_period)},
    Area.INVESTIGATIONS: {"investigationSearchPeriod": ("valuePeriod", _past_period)},
    Area.REFERRALS: {"referralSearchPeriod": ("valuePeriod", _past_period)},
    Area.DIARY: {"diaryEntriesSearchDate": ("valueDate", _date_not_before_today)},
}
