"""Read a request into typed values: who asks, what for, about whom, with which parameters.

Decides nothing. Bodies and parameters are read strictly (safety rules 12 to 15): what is not known is
refused, and nothing is ever authorised by the text of an address.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request

from fhir_profiles.nhs_number import NhsNumber
from gateway.errors import (
    BadRequestError,
    NotAcceptableError,
    NotAuthenticatedError,
    NotFoundError,
)
from gateway.identity import Principal
from gateway.patient.ids import PatientIds
from rbac.types import Purpose

BODY_BYTES_AT_MOST = 1024 * 1024
FIELDS_AT_MOST = 50

_FORM = "application/x-www-form-urlencoded"
_JSON_TYPES = ("application/fhir+json", "application/json", "application/*", "*/*")
_BEARER = re.compile(r"Bearer ([A-Za-z0-9\-._~+/]+)")
_PLAIN_VALUE = re.compile(r"[^\x00-\x1f\x7f]{0,1000}")

SESSION_COOKIES = frozenset({"session", "__Host-session"})
"""The pages' sessions. One beside a token would make two callers of one request."""

TOKEN_PARAMETER = "access_token"  # noqa: S105 - a name, from RFC 6750 section 2.3
"""Addresses end up in logs and histories: a token in one is refused, and never read."""

PrincipalOf = Callable[[str], Awaitable[Principal]]
Parameters = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """The person that a request is about: the opaque id under the current key, and the number behind it."""

    id: str
    number: NhsNumber


async def principal_of(request: Request, verify: PrincipalOf) -> Principal:
    """Recognise the caller by the bearer token, and by nothing else.

    Raises NotAuthenticatedError; BadRequestError for a token in the address, or a page's session beside it.
    """
    if TOKEN_PARAMETER in request.query_params:
        raise BadRequestError("An access token is never part of an address.")
    if not SESSION_COOKIES.isdisjoint(request.cookies):
        raise BadRequestError("A session of the pages came along: two callers are none.")
    match = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise NotAuthenticatedError("A bearer token is needed.")
    return await verify(match.group(1))


def purpose_of(request: Request, principal: Principal) -> Purpose | None:
    """Give the purpose of use that is asked for; `access` refuses, on record, one that the token does not hold.

    None when what is sent is no purpose, or nothing says which.
    Raises BadRequestError when the header stands twice.
    """
    sent = request.headers.getlist("purpose-of-use")
    if len(sent) > 1:
        raise BadRequestError("Purpose-Of-Use must stand once.")
    if sent:
        return next((each for each in Purpose if each.value == sent[0].strip()), None)
    if Purpose.TREAT in principal.purposes:
        return Purpose.TREAT
    return next(iter(principal.purposes)) if len(principal.purposes) == 1 else None


def refuse_other_formats(request: Request) -> None:
    """Refuse a caller who takes no JSON.

    Raises NotAcceptableError.
    """
    wanted = request.query_params.get("_format")
    accepted = [wanted] if wanted else request.headers.get("accept", "*/*").split(",")
    if not any(_is_json(each) for each in accepted):
        raise NotAcceptableError("Only JSON is served.")


def _is_json(media_type: str) -> bool:
    name, *parameters = (part.strip() for part in media_type.split(";"))
    refused = any(parameter in {"q=0", "q=0.0"} for parameter in parameters)
    return not refused and (name in _JSON_TYPES or name == "json")


def query_of(request: Request) -> Parameters:
    """Read the parameters of the address, in order, without `_format`.

    Raises BadRequestError when they cannot be read or are too many.
    """
    raw = request.scope.get("query_string", b"")
    return tuple(pair for pair in _pairs(raw) if pair[0] != "_format")


async def form_of(request: Request) -> Parameters:
    """Read the parameters of a POSTed search; those of its address must be none.

    Raises BadRequestError.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise BadRequestError(f"A search is POSTed as {_FORM}.", "not-supported")
    if query_of(request):
        raise BadRequestError("A POSTed search has its parameters in the body alone.")
    return _pairs(await body_of(request))


async def body_of(request: Request) -> bytes:
    """Read a body up to the cap.

    Raises BadRequestError when it is larger.
    """
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_AT_MOST:
            raise BadRequestError("The body is too large.", "too-long")
        pieces.append(piece)
    return b"".join(pieces)


def _pairs(raw: bytes) -> Parameters:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=FIELDS_AT_MOST,
        )
    except ValueError as fault:
        raise BadRequestError("The parameters cannot be read.") from fault
    if not all(_PLAIN_VALUE.fullmatch(text) for pair in pairs for text in pair):
        raise BadRequestError("A parameter holds characters that no search needs.")
    return tuple(pairs)


def patient_in(text: str, ids: PatientIds) -> Patient:
    """Open an opaque patient id.

    Raises NotFoundError for anything else, whatever is wrong with it.
    """
    number = ids.open(text)
    if number is None:
        raise NotFoundError("There is no such patient.")
    return Patient(ids.seal(number), number)


def take_patient(
    parameters: Sequence[tuple[str, str]], ids: PatientIds
) -> tuple[Patient, Parameters]:
    """Take the one `patient` (or `subject`) out of a search's parameters.

    Raises BadRequestError when it is missing or stands twice, NotFoundError when it is not one of ours.
    """
    named = [value for name, value in parameters if name in {"patient", "subject"}]
    if len(named) != 1:
        raise BadRequestError("A search needs exactly one patient.", "required")
    rest = tuple(pair for pair in parameters if pair[0] not in {"patient", "subject"})
    return patient_in(named[0].removeprefix("Patient/"), ids), rest


def only(parameters: Sequence[tuple[str, str]], allowed: frozenset[str]) -> Mapping[str, str]:
    """Give parameters by name.

    Raises BadRequestError for one that is not allowed here, or that stands twice.
    """
    found = dict(parameters)
    if len(found) != len(parameters):
        raise BadRequestError("A parameter stands twice.")
    if not found.keys() <= allowed:
        raise BadRequestError("A parameter is not supported here.", "not-supported")
    return found


async def without_body(request: Request) -> None:
    """Refuse parameters of an act whose address says it all. Raises BadRequestError."""
    if await body_of(request) or query_of(request):
        raise BadRequestError("This act takes no parameters.", "not-supported")


def id_in(text: str) -> UUID:
    """Read an id of ours in an address, in its one spelling. Raises NotFoundError."""
    try:
        found = UUID(text)
    except ValueError as fault:
        raise NotFoundError("There is no such thing.") from fault
    if str(found) != text:
        raise NotFoundError("There is no such thing.")
    return found
