"""Turn what a practice or Spine says instead of a record into one of our outcomes.

Never gives `empty`: an error is no statement about the patient. Follows GP Connect Structured 1.6.2
(error handling) and the Spine Secure Proxy's errors. PATIENT_NOT_FOUND is ambiguous by design (no
record, deceased, not registered here, or a sensitive patient): it is `refused` with `not-found`, so
it neither reads as an empty record nor alarms as a fault, and tells none of its causes apart.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from adapters.contract import Outcome, Reason

Ending: TypeAlias = tuple[Outcome, Reason]

_NEUTRAL_NOT_FOUND: Ending = (Outcome.REFUSED, Reason.NOT_FOUND)
_NOT_ALLOWED: Ending = (Outcome.REFUSED, Reason.UNAUTHORISED)
_SWITCHED_OFF: Ending = (Outcome.REFUSED, Reason.AREA_SWITCHED_OFF)
_OUR_FAULT: Ending = (Outcome.FAILED, Reason.ADAPTER_FAULT)
_SOURCE_DOWN: Ending = (Outcome.FAILED, Reason.HTTP_STATUS)

ENDING_OF_CODE: Mapping[str, Ending] = MappingProxyType(
    {
        "NO_PATIENT_CONSENT": (Outcome.WITHHELD, Reason.NO_CONSENT),
        "PATIENT_NOT_FOUND": _NEUTRAL_NOT_FOUND,
        "NO_RECORD_FOUND": _NEUTRAL_NOT_FOUND,
        "PATIENT_SENSITIVE": _NEUTRAL_NOT_FOUND,
        "PRACTITIONER_NOT_FOUND": _NEUTRAL_NOT_FOUND,
        "ORGANISATION_NOT_FOUND": _NEUTRAL_NOT_FOUND,
        "NO_ORGANISATION_CONSENT": _SWITCHED_OFF,
        "NO_ORGANISATIONAL_CONSENT": _SWITCHED_OFF,
        "ACCESS_DENIED": _NOT_ALLOWED,
        "ACCESS DENIED": _NOT_ALLOWED,
        "ACCESS_DENIED_SSL": _NOT_ALLOWED,
        "NO_RELATIONSHIP": _NOT_ALLOWED,
        "ASID_CHECK_FAILED": _NOT_ALLOWED,
        "INVALID_PATIENT_DEMOGRAPHICS": (Outcome.REFUSED, Reason.NUMBER_NOT_VERIFIED),
        "INVALID_NHS_NUMBER": _OUR_FAULT,
        "INVALID_IDENTIFIER_SYSTEM": _OUR_FAULT,
        "INVALID_IDENTIFIER_VALUE": _OUR_FAULT,
        "INVALID_RESOURCE": _OUR_FAULT,
        "INVALID_PARAMETER": _OUR_FAULT,
        "REFERENCE_NOT_FOUND": _OUR_FAULT,
        "BAD_REQUEST": _OUR_FAULT,
        "DUPLICATE_REJECTED": _OUR_FAULT,
        "INTERNAL_SERVER_ERROR": _SOURCE_DOWN,
        "NOT_IMPLEMENTED": _SOURCE_DOWN,
    }
)
"""By the code alone: systems write its code system in several ways."""

_ENDING_OF_STATUS: Mapping[int, Ending] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: _OUR_FAULT,
        HTTPStatus.UNAUTHORIZED: _NOT_ALLOWED,
        HTTPStatus.FORBIDDEN: _NOT_ALLOWED,
        HTTPStatus.METHOD_NOT_ALLOWED: _OUR_FAULT,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _OUR_FAULT,
        HTTPStatus.UNPROCESSABLE_ENTITY: _OUR_FAULT,
        HTTPStatus.BAD_GATEWAY: (Outcome.FAILED, Reason.CONNECTION),
    }
)


class _Coding(msgspec.Struct):
    code: str | None = None


class _Details(msgspec.Struct, frozen=True):
    coding: list[_Coding] = []


class _Issue(msgspec.Struct):
    details: _Details = _Details()


class _Outcome(msgspec.Struct, tag_field="resourceType", tag="OperationOutcome"):
    issue: list[_Issue] = []


_DECODER = msgspec.json.Decoder(_Outcome)


def ending_of(status: int, body: bytes) -> Ending:
    """Say how an answer that is no record ends: by its error code, else by its HTTP status."""
    stated = ending_of_codes(body)
    return _ENDING_OF_STATUS.get(status, _SOURCE_DOWN) if stated is None else stated


def ending_of_codes(body: bytes) -> Ending | None:
    """Give the ending that an OperationOutcome names; None when it names none that is known."""
    known = (ENDING_OF_CODE[code] for code in _codes_in(body) if code in ENDING_OF_CODE)
    return next(known, None)


def _codes_in(body: bytes) -> list[str]:
    try:
        outcome = _DECODER.decode(body)
    except (ValueError, RecursionError):
        return []
    codings = (coding for issue in outcome.issue for coding in issue.details.coding)
    return [coding.code for coding in codings if coding.code is not None]
