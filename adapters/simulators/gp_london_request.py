"""Read the Parameters resource of a London structured-record request, or find it unreadable.

Looks nobody up. Follows the parameters of `$getstructuredrecord` as London's FHIR service names them;
the type of `patientDOB` is not published, so a date and a text are taken alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from fhir_profiles import systems
from fhir_profiles.nhs_number import NhsNumber

_SWITCHES = {
    "demographicsOnly": "includeDemographicsOnly",
    "includeInactivePatients": "includeInactivePatients",
}


class UnreadableRequestError(ValueError):
    """Say why a request cannot be read; never with what it held."""


@dataclass(frozen=True, slots=True)
class LondonAsked:
    """Whose record is asked for, and how much of it."""

    number: NhsNumber
    born_on: date | None = None
    wants_demographics_only: bool = False
    wants_inactive: bool = False


def read_london_request(body: bytes) -> LondonAsked:
    """Read a request body.

    Raises UnreadableRequestError when it is not Parameters, or not with these parameters.
    """
    named = _parameters(body)
    return LondonAsked(
        number=_number(named.get("patientNHSNumber", {})),
        born_on=_birth_date(named.get("patientDOB")),
        wants_demographics_only=_switch(named, "demographicsOnly"),
        wants_inactive=_switch(named, "includeInactivePatients"),
    )


def _parameters(body: bytes) -> dict[str, Mapping[str, object]]:
    try:
        resource = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableRequestError("The body is not JSON.") from error
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        raise UnreadableRequestError("The body must be a Parameters resource.")
    return _by_name(resource.get("parameter"))


def _by_name(listed: object) -> dict[str, Mapping[str, object]]:
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UnreadableRequestError("The parameters are not a list.")
    return {str(each.get("name")): each for each in listed}


def _number(parameter: Mapping[str, object]) -> NhsNumber:
    identifier = parameter.get("valueIdentifier")
    if isinstance(identifier, dict):
        if identifier.get("system") not in systems.NHS_NUMBER_ACCEPTED:
            raise UnreadableRequestError("The system of patientNHSNumber is wrong.")
        digits = identifier.get("value")
    else:
        digits = parameter.get("valueString")
    try:
        return NhsNumber(str(digits))
    except ValueError as error:
        raise UnreadableRequestError("patientNHSNumber is missing or wrong.") from error


def _birth_date(parameter: Mapping[str, object] | None) -> date | None:
    if parameter is None:
        return None
    try:
        return date.fromisoformat(str(parameter.get("valueDate", parameter.get("valueString"))))
    except ValueError as error:
        raise UnreadableRequestError("patientDOB is not a date.") from error


def _switch(named: Mapping[str, Mapping[str, object]], name: str) -> bool:
    if (parameter := named.get(name)) is None:
        return False
    value = _by_name(parameter.get("part", [])).get(_SWITCHES[name], {}).get("valueBoolean")
    if not isinstance(value, bool):
        raise UnreadableRequestError("The part of a switch is missing or wrong.")
    return value
