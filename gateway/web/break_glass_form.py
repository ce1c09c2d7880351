"""Read the reason that somebody types to break the glass, and say in words, field by field, what is wrong with it.

Judges no reason. Wording: NHS service manual, error messages.
"""

from collections.abc import Mapping

from gateway.errors import BadRequestError
from gateway.patient.pleas import (
    REASON_CHARACTERS_AT_LEAST,
    REASON_CHARACTERS_AT_MOST,
    Plea,
    read_plea,
    read_reason,
)
from gateway.store.words import EmergencyReason
from gateway.web.find_form import FieldError

CODE_FIELD = "reason_code"
REASON_FIELD = "reason"

_CODES = frozenset(each.value for each in EmergencyReason)


def read_break_glass_form(fields: Mapping[str, str]) -> Plea | tuple[FieldError, ...]:
    """Read both fields, or name what is wrong with each."""
    errors = (*_code_errors(fields.get(CODE_FIELD)), *_reason_errors(fields.get(REASON_FIELD, "")))
    return errors or read_plea(fields[CODE_FIELD], fields[REASON_FIELD])


def _code_errors(code: str | None) -> tuple[FieldError, ...]:
    if code in _CODES:
        return ()
    return (FieldError(CODE_FIELD, "Choose why you need emergency access"),)


def _reason_errors(reason: str) -> tuple[FieldError, ...]:
    try:
        read_reason(reason)
    except BadRequestError as fault:
        return (FieldError(REASON_FIELD, _reason_message(fault)),)
    return ()


def _reason_message(fault: BadRequestError) -> str:
    if fault.code == "too-long":
        return f"Use {REASON_CHARACTERS_AT_MOST} characters or fewer"
    return f"Say in at least {REASON_CHARACTERS_AT_LEAST} characters what has happened"
