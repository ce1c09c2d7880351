"""Show one source who the gateway is: nothing, a fixed token, or one fetched from its token endpoint.

Tokens live in memory until shortly before they expire and go to no other host than the source's.
`spine-jwt` is made per request by the GP Connect adapter; `mtls` lives in the transport.
Follows RFC 6749 section 4.4, RFC 7523 section 2.2 and SMART Backend Services.
"""

import asyncio
import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Protocol
from urllib.parse import quote_plus, urlencode
from uuid import UUID

import msgspec
from joserfc import jwk, jwt

from adapters.contract import Outcome, Reason
from adapters.limits import Allowance, ByteBudget
from adapters.source_config import Auth
from adapters.transport import Call, Fetched, Fetcher, Unfetched

# A token answer is a few hundred bytes; this leaves room for very long tokens.
_TOKEN_ANSWER_BYTES = 64 * 1024
# So a token does not expire between our check and the source's.
_RENEW_BEFORE_SECONDS = 30.0
# SMART Backend Services: an assertion lives five minutes at most.
_ASSERTION_LIFE = timedelta(minutes=4)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# RFC 6750 section 2.1 (b64token): anything else could break out of the header line.
_TOKEN_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Credentials(Protocol):
    """Gives the headers that show a source who we are."""

    async def headers(self, ends_at: float) -> Mapping[str, str] | Unfetched:
        """Give them before `ends_at` on the loop's clock, or say why there are none."""
        ...

    def forget(self) -> None:
        """Drop a token that the source no longer takes."""
        ...

    async def aclose(self) -> None:
        """Close connections of our own."""
        ...


class FixedCredentials:
    """The same headers every time, or none."""

    def __init__(self, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        self._headers = headers

    async def headers(self, ends_at: float) -> Mapping[str, str] | Unfetched:  # noqa: ARG002
        """Give them."""
        return self._headers

    def forget(self) -> None:
        """Keep them: there are no others."""

    async def aclose(self) -> None:
        """Close nothing."""


def bearer(token: str) -> Mapping[str, str]:
    """Give the header of a bearer token.

    Raises ValueError when it has characters that a token cannot have.
    """
    if _TOKEN_CHARACTERS.fullmatch(token) is None:
        raise ValueError("A bearer token has only letters, digits and -._~+/=.")
    return {"Authorization": f"Bearer {token}"}


class TokenForm(Protocol):
    """Writes the request for a token: form fields and headers."""

    def __call__(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Make them anew."""
        ...


@dataclass(frozen=True, slots=True)
class SecretForm:
    """Client credentials by secret, in a Basic header (RFC 6749 section 2.3.1)."""

    auth: Auth

    def __call__(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Give grant and scope as fields, client and secret as the header."""
        pair = f"{quote_plus(self.auth.client_id)}:{quote_plus(self.auth.secret)}"
        basic = base64.b64encode(pair.encode()).decode()
        return _grant(self.auth), {"Authorization": f"Basic {basic}"}


@dataclass(frozen=True, slots=True)
class AssertionForm:
    """Client credentials by a signed assertion (RFC 7523)."""

    auth: Auth
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def __call__(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Give grant, scope and a fresh assertion as fields."""
        fields = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": self._assertion()}
        return {**_grant(self.auth), **fields}, _NO_HEADERS

    def _assertion(self) -> str:
        now = self.now()
        claims = {
            "iss": self.auth.client_id,
            "sub": self.auth.client_id,
            "aud": self.auth.token_url,
            "iat": int(now.timestamp()),
            "exp": int((now + _ASSERTION_LIFE).timestamp()),
            "jti": str(self.new_id()),
        }
        header = {"alg": self.auth.algorithm, "kid": self.auth.key_id}
        key = _signing_key(self.auth)
        return jwt.encode(header, claims, key, algorithms=[self.auth.algorithm])


def _signing_key(auth: Auth) -> jwk.RSAKey | jwk.ECKey:
    if auth.algorithm.startswith("ES"):
        return jwk.ECKey.import_key(auth.private_key)
    return jwk.RSAKey.import_key(auth.private_key)


def _grant(auth: Auth) -> dict[str, str]:
    scope = {"scope": auth.scope} if auth.scope else {}
    return {"grant_type": "client_credentials", **scope}


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float = 60.0


class TokenCredentials:
    """A token from the source's token endpoint, kept until shortly before it expires."""

    def __init__(
        self, token_url: str, fetcher: Fetcher, form: TokenForm, monotonic: Callable[[], float]
    ) -> None:
        self._token_url = token_url
        self._fetcher = fetcher
        self._form = form
        self._monotonic = monotonic
        self._one_at_a_time = asyncio.Lock()
        self._headers: Mapping[str, str] = _NO_HEADERS
        self._renew_at = 0.0

    async def headers(self, ends_at: float) -> Mapping[str, str] | Unfetched:
        """Give the token's header, fetching a token when there is none; callers at once share it."""
        async with self._one_at_a_time:
            if self._headers and self._monotonic() < self._renew_at:
                return self._headers
            return await self._renew(ends_at)

    def forget(self) -> None:
        """Drop a token that the source no longer takes."""
        self._headers = _NO_HEADERS

    async def aclose(self) -> None:
        """Close the connections to the token endpoint."""
        await self._fetcher.aclose()

    async def _renew(self, ends_at: float) -> Mapping[str, str] | Unfetched:
        fields, headers = self._form()
        call = Call(
            self._token_url,
            method="POST",
            headers={**headers, "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
        )
        result = await self._fetcher.fetch(
            call, Allowance(ends_at, ByteBudget(_TOKEN_ANSWER_BYTES))
        )
        return self._keep(result) if isinstance(result, Fetched) else result

    def _keep(self, fetched: Fetched) -> Mapping[str, str] | Unfetched:
        if fetched.status != HTTPStatus.OK:
            return Unfetched(Outcome.FAILED, Reason.UNAUTHORISED, fetched.status)
        try:
            answer = msgspec.json.decode(fetched.body, type=_TokenAnswer)
            self._headers = bearer(answer.access_token)
        except ValueError:
            return Unfetched(Outcome.FAILED, Reason.UNAUTHORISED, fetched.status)
        self._renew_at = self._monotonic() + answer.expires_in - _RENEW_BEFORE_SECONDS
        return self._headers
