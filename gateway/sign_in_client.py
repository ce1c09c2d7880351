"""Speak with the OpenID provider for one sign-in: where to send the person, and what their code is worth.

Checks no token (`identity` and `id_tokens` do) and keeps nothing. OAuth 2.1 authorization code, RFC 7636 (PKCE).
"""

import asyncio
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Self
from urllib.parse import urlencode, urlsplit

import msgspec

from adapters.limits import Allowance, ByteBudget
from adapters.source_config import SourceConfig, SourceDialect
from adapters.transport import Call, Fetched, Transport, Unfetched
from gateway.errors import NotAuthenticatedError, UnavailableError
from gateway.settings import IssuerSettings, Settings

CALLBACK_PATH = "/sign-in/callback"
NAMED_CALLBACK_PATH = "/sign-in/callback/{provider}"

ONLY_PROVIDER = "default"
"""The key, in addresses, of the one provider that settings give no id."""

ATTEMPT_LASTS = timedelta(minutes=10)
"""Long enough to find a smartcard and its PIN, short enough that a forgotten screen is worth nothing."""

EXCHANGE_SECONDS = 5.0
ANSWER_BYTES = 64 * 1024
"""Two tokens of the front door's header limit fit, with room."""

_SCOPE = "openid profile nationalrbacaccess selectedrole"
_SCOPES_FOR_RECORDS = "user/*.rs"
"""Asked for where tokens open no record without: the pages then open what their user's role may see."""

_ATTEMPT = re.compile(r"([0-9]{1,11})\.[A-Za-z0-9_-]{43}")
"""Eleven digits of seconds lead to the year 5138; one more would be no moment at all."""

_CODE = re.compile(r"[!-~]{1,2048}")


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """One OpenID provider of the sign-in page, and our own exact address to come back from it alone.

    `key` stands for it in our addresses, `name` is what people call it, `scope` is what it is asked for.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    authorize_url: str
    token_url: str
    redirect_uri: str
    scope: str = _SCOPE


@dataclass(frozen=True, slots=True)
class Attempt:
    """One browser's try to sign in, known by one secret that only this browser holds.

    State, nonce and verifier are hashes of the secret and the provider, so none of them tells another, and an
    answer of another provider fits none of them (RFC 9700 section 4.4).
    """

    issuer: str
    secret: str = field(repr=False)
    begun_at: datetime

    @classmethod
    def begin(cls, issuer: str, now: datetime, random: bytes) -> Self:
        """Begin a try. `random` is 32 bytes that nobody can guess."""
        return cls(issuer, f"{int(now.timestamp())}.{_text(random)}", now)

    @classmethod
    def read(cls, issuer: str, secret: str, now: datetime) -> Self | None:
        """Read the secret as a browser brings it back; None when it is none of ours or too old."""
        match = _ATTEMPT.fullmatch(secret)
        if match is None:
            return None
        begun_at = datetime.fromtimestamp(int(match.group(1)), now.tzinfo)
        return cls(issuer, secret, begun_at) if begun_at <= now < begun_at + ATTEMPT_LASTS else None

    @property
    def state(self) -> str:
        """Give what ties the answer to this browser."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Give what ties the id token to this try."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Give what ties the code to this try (RFC 7636 section 4.1)."""
        return self._derived("verifier")

    def _derived(self, what: str) -> str:
        return _text(sha256(f"{what}:{self.secret}:{self.issuer}".encode()).digest())


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was worth."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)


class _Answer(msgspec.Struct):
    access_token: str
    id_token: str
    token_type: str


def providers_of(settings: Settings) -> tuple[SignInProvider, ...]:
    """Give the providers that people can sign in with, as configured."""
    callback = settings.base_url + CALLBACK_PATH
    found = (_provider(row, callback) for row in settings.issuer)
    return tuple(each for each in found if each is not None)


def authorize_address(provider: SignInProvider, attempt: Attempt) -> str:
    """Give the address to which a browser is sent to sign in."""
    challenge = _text(sha256(attempt.verifier.encode()).digest())
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "scope": provider.scope,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorize_url else "?"
    return f"{provider.authorize_url}{joint}{urlencode(parameters)}"


async def exchange(provider: SignInProvider, code: str, verifier: str) -> Tokens:
    """Give a code back for its tokens.

    Raises NotAuthenticatedError when the provider does not take it, UnavailableError when it gives no answer.
    """
    if _CODE.fullmatch(code) is None:
        raise NotAuthenticatedError("The code is none.")
    answer = await _fetched(provider.token_url, _form(provider, code, verifier))
    if isinstance(answer, Unfetched) or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnavailableError("The identity provider did not answer.")
    if answer.status != HTTPStatus.OK:
        raise NotAuthenticatedError("The identity provider did not take the code.")
    return _tokens(answer.body)


def _provider(row: IssuerSettings, callback: str) -> SignInProvider | None:
    if row.client_id is None or row.authorize_url is None or row.token_url is None:
        return None
    return SignInProvider(
        key=row.id or ONLY_PROVIDER,
        name=row.name or urlsplit(row.issuer).netloc or row.issuer,
        issuer=row.issuer,
        client_id=row.client_id,
        authorize_url=row.authorize_url,
        token_url=row.token_url,
        redirect_uri=callback if row.id is None else f"{callback}/{row.id}",
        scope=_SCOPE if row.smart_scopes == "honoured" else f"{_SCOPE} {_SCOPES_FOR_RECORDS}",
    )


def _form(provider: SignInProvider, code: str, verifier: str) -> Call:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.redirect_uri,
        "client_id": provider.client_id,
        "code_verifier": verifier,
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    return Call(provider.token_url, "POST", headers, urlencode(fields).encode())


async def _fetched(url: str, call: Call) -> Fetched | Unfetched:
    # A connection of its own: sign-ins are rare, and a kept one would outlive the provider's patience.
    config = SourceConfig("sign-in", SourceDialect.FHIR_R4, url, "", EXCHANGE_SECONDS)
    transport = Transport(config)
    ends_at = asyncio.get_running_loop().time() + EXCHANGE_SECONDS
    try:
        return await transport.fetch(call, Allowance(ends_at, ByteBudget(ANSWER_BYTES)))
    finally:
        await transport.aclose()


def _tokens(body: bytes) -> Tokens:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise UnavailableError("The identity provider's answer cannot be read.") from fault
    if answer.token_type.lower() != "bearer":
        raise NotAuthenticatedError("The identity provider gave another kind of token.")
    return Tokens(answer.access_token, answer.id_token)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
