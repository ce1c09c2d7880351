"""Read a reason that somebody types, a closed word and their own words, and say field by field what is wrong with it.

Judges no reason. Wording: NHS service manual, error messages.
"""

from collections.abc import Iterable, Mapping

from gateway.errors import BadRequestError
from gateway.patient.pleas import (
    REASON_CHARACTERS_AT_LEAST,
    REASON_CHARACTERS_AT_MOST,
    read_reason,
)
from gateway.web.find_form import FieldError

CODE_FIELD = "reason_code"
REASON_FIELD = "reason"


def reason_errors(
    fields: Mapping[str, str], codes: Iterable[str], choose: str
) -> tuple[FieldError, ...]:
    """Name what is wrong with each field; `choose` is said where the word is none of the list."""
    code = () if fields.get(CODE_FIELD) in set(codes) else (FieldError(CODE_FIELD, choose),)
    return (*code, *_text_errors(fields.get(REASON_FIELD, "")))


def _text_errors(reason: str) -> tuple[FieldError, ...]:
    try:
        read_reason(reason)
    except BadRequestError as fault:
        return (FieldError(REASON_FIELD, _message(fault)),)
    return ()


def _message(fault: BadRequestError) -> str:
    if fault.code == "too-long":
        return f"Use {REASON_CHARACTERS_AT_MOST} characters or fewer"
    return f"Say in at least {REASON_CHARACTERS_AT_LEAST} characters what has happened"
