"""Read the pages' forms strictly, and only from pages of the same session.

Decides nothing about what is asked. Safety rules 14 and 22; OWASP cross-site request forgery prevention.
"""

import re
from collections.abc import Mapping
from hmac import compare_digest
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from gateway.errors import BadRequestError
from gateway.settings import Settings
from gateway.web.sessions import Session

FORM_BYTES_AT_MOST = 16_384
FIELDS_AT_MOST = 20
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field

_FORM = "application/x-www-form-urlencoded"
_PLAIN_VALUE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")


async def read_form(request: Request, session: Session, settings: Settings) -> Mapping[str, str]:
    """Read a form that this session's own page sent.

    Raises BadRequestError for anything else.
    """
    refuse_other_origin(request, settings)
    fields = _fields(await _body(request))
    if not compare_digest(fields.get(TOKEN_FIELD, "").encode(), session.form_token.encode()):
        raise BadRequestError("The form is not of this session: open the page again.")
    return fields


def refuse_other_origin(request: Request, settings: Settings) -> None:
    """Refuse a form that a browser says was sent by a page of another origin.

    Raises BadRequestError. A client that names no origin is held to the form's token alone.
    """
    base = urlsplit(settings.base_url)
    own = {f"{base.scheme}://{host}" for host in (base.netloc, *settings.allowed_hosts)}
    if any(origin not in own for origin in request.headers.getlist("origin")):
        raise BadRequestError("The form was sent from another place.")


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise BadRequestError("A form is sent as a form.", "not-supported")
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > FORM_BYTES_AT_MOST:
            raise BadRequestError("The form is too large.", "too-long")
        pieces.append(piece)
    return b"".join(pieces)


def _fields(raw: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=FIELDS_AT_MOST,
        )
    except ValueError as fault:
        raise BadRequestError("The form cannot be read.") from fault
    fields = dict(pairs)
    if len(fields) != len(pairs) or not all(map(_PLAIN_VALUE.fullmatch, fields.values())):
        raise BadRequestError("The form holds what no field of ours takes.")
    return fields
