"""Read what somebody typed to find a person, and say in words what is wrong with it.

Asks nobody. Wording: NHS service manual, error messages; what PDS needs at least: a family name and a birth date.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adapters.contract import FindRequest
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

NUMBER_FIELD = "nhs_number"
FAMILY_FIELD = "family_name"
BIRTH_FIELD = "birth_day"
POSTCODE_FIELD = "postcode"

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’.-])*")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}")
_DIGITS = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; never holds what was typed."""

    field: str
    message: str


Wanted = NhsNumber | FindRequest


def read_find_form(fields: Mapping[str, str]) -> Wanted | tuple[FieldError, ...]:
    """Read either form: the one by number, or the one by name and birth date."""
    if NUMBER_FIELD in fields:
        return _by_number(fields[NUMBER_FIELD])
    typed = {name: value.strip() for name, value in fields.items()}
    errors = tuple(_errors(typed))
    return errors or FindRequest(
        family_name=typed[FAMILY_FIELD],
        born_on=str(_birth_date(typed)),
        given_name=typed.get("given_name") or None,
        postcode=typed.get(POSTCODE_FIELD) or None,
    )


def _by_number(text: str) -> Wanted | tuple[FieldError, ...]:
    try:
        return NhsNumber.parse(text)
    except InvalidNhsNumberError:
        message = "Enter an NHS number with 10 digits, such as 999 000 0018"
        return (FieldError(NUMBER_FIELD, message),)


def _errors(typed: Mapping[str, str]) -> list[FieldError]:
    checks = (
        (_is_name(typed.get(FAMILY_FIELD, "")), FAMILY_FIELD, "Enter a family name"),
        (
            _is_name(typed.get("given_name") or "A"),
            "given_name",
            "Enter a given name with letters only, or leave it empty",
        ),
        (
            _birth_date(typed) is not None,
            BIRTH_FIELD,
            "Enter a date of birth with day, month and year, such as 27 3 1957",
        ),
        (
            _POSTCODE.fullmatch(typed.get(POSTCODE_FIELD) or "N1 1AA") is not None,
            POSTCODE_FIELD,
            "Enter a full postcode, such as SE1 7EH, or leave it empty",
        ),
    )
    return [FieldError(name, message) for is_right, name, message in checks if not is_right]


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _birth_date(typed: Mapping[str, str]) -> date | None:
    parts = [typed.get(name, "") for name in ("birth_year", "birth_month", BIRTH_FIELD)]
    if not all(map(_DIGITS.fullmatch, parts)) or len(parts[0]) != len("1957"):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
