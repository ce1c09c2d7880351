"""Read the pages' forms strictly, and only from pages of the same session.

Decides nothing about what is asked. Safety rules 14 and 22; OWASP cross-site request forgery prevention.
"""

import re
from collections.abc import Callable, Mapping
from hmac import compare_digest
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from gateway.errors import BadRequestError, FormNotOursError
from gateway.settings import Settings
from gateway.web.sessions import ChoiceToMake, Session

FORM_BYTES_AT_MOST = 16_384
FIELDS_AT_MOST = 20
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field

_FORM = "application/x-www-form-urlencoded"
_PLAIN_VALUE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]{0,2000}")
"""Several lines, and longer than any such field takes, so that what is too long is said at the field."""

_TOKEN = re.compile(r"[!-~]*")

_NO_TEXTS: frozenset[str] = frozenset()


async def read_form(
    request: Request,
    session: Session | ChoiceToMake,
    settings: Settings,
    texts: frozenset[str] = _NO_TEXTS,
) -> Mapping[str, str]:
    """Read a form that this session's own page sent; `texts` are the fields that take several lines.

    Raises FormNotOursError for a form that no page of this session sent, BadRequestError for one that cannot be read.
    """
    refuse_other_origin(request, settings)
    raw = await _body(request)
    fields = _fields(raw, lambda name: _TEXT if name in texts else _PLAIN_VALUE)
    if not compare_digest(fields.get(TOKEN_FIELD, "").encode(), session.form_token.encode()):
        raise FormNotOursError("The form is not of this session.")
    return fields


async def read_token_form(request: Request, field: str) -> str:
    """Read a form of one token, which no page of ours sent: the token is its own proof.

    Raises FormNotOursError for what is no form, BadRequestError for any other.
    """
    fields = _fields(await _body(request), lambda _name: _TOKEN)
    if fields.keys() != {field}:
        raise BadRequestError("A token is needed, and nothing else.")
    return fields[field]


def refuse_other_origin(request: Request, settings: Settings) -> None:
    """Refuse a form that a browser says was sent by a page of another origin.

    Raises FormNotOursError. A client that names no origin is held to the form's token alone.
    """
    base = urlsplit(settings.base_url)
    own = {f"{base.scheme}://{host}" for host in (base.netloc, *settings.allowed_hosts)}
    if any(origin not in own for origin in request.headers.getlist("origin")):
        raise FormNotOursError("The form was sent from another place.")


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise FormNotOursError("A page of ours sends a form as a form.")
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > FORM_BYTES_AT_MOST:
            raise BadRequestError("The form is too large.", "too-long")
        pieces.append(piece)
    return b"".join(pieces)


def _fields(raw: bytes, form_of: Callable[[str], re.Pattern[str]]) -> Mapping[str, str]:
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
    is_ours = all(form_of(name).fullmatch(value) for name, value in pairs)
    if len(fields) != len(pairs) or not is_ours:
        raise BadRequestError("The form holds what no field of ours takes.")
    return fields
