"""Recognise the caller: check an access token and read who holds it, in which role, for what purpose.

Issues no tokens and decides nothing about records.
Follows RFC 9068 (JWT access tokens), RFC 8725 (JWT best practice) and the CIS2 claim names.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from gateway.app_context import AppContext, app_context
from gateway.errors import NotAuthenticatedError
from gateway.issuer_keys import FetchKeys, IssuerKeys
from rbac.types import OrganisationKind, Purpose

LEEWAY = timedelta(seconds=60)
"""Clocks of issuer and service may differ by this much; more would prolong revoked tokens."""

TOKEN_CHARACTERS_AT_MOST = 16_384
"""Header limit of the front door; a longer token cannot have come through it."""

TOKENS_REMEMBERED = 4096

_YEAR_10000 = 253_402_300_800

_COMPACT_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ROLE_CODE = re.compile(r"(?:S[0-9]{4}:G[0-9]{4}:)?(R[0-9]{4})")

RoleOf = Callable[[str, OrganisationKind], str | None]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that may call, as the deployment's own directory knows it."""

    code: str
    kind: OrganisationKind
    name: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Hold who is asking: one person in one role at one organisation. `expires_at` is the token's."""

    user_id: str
    family_name: str
    given_name: str
    role: str
    role_code: str
    role_profile_id: str
    organisation: str
    organisation_kind: OrganisationKind
    organisation_name: str
    purposes: frozenset[Purpose]
    token_hash: str
    expires_at: datetime
    app: AppContext = field(default_factory=AppContext)


@dataclass(frozen=True, slots=True)
class Issuer:
    """An OpenID provider whose tokens are taken; the algorithms are pinned, never read from a token."""

    issuer: str
    audience: str
    fetch_keys: FetchKeys
    algorithms: tuple[str, ...] = ("ES256", "RS256")
    needs_scopes: bool = True


@dataclass(frozen=True, slots=True)
class Signed:
    """A token whose signature is right; nothing of what it claims is checked yet."""

    issuer: Issuer
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Whose a checked token is, and which key it was checked with."""

    principal: Principal
    issuer: str
    key: Key = field(repr=False)


class TokenVerifier:
    """Turn an access token into a Principal, or refuse it."""

    def __init__(
        self,
        issuers: tuple[Issuer, ...],
        organisations: Mapping[str, Organisation],
        role_of: RoleOf,
        clock: Callable[[], datetime],
    ) -> None:
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._keys = {issuer.issuer: IssuerKeys(issuer.fetch_keys, clock) for issuer in issuers}
        self._organisations = organisations
        self._role_of = role_of
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}

    async def principal(self, token: str) -> Principal:
        """Check a token and read its holder.

        Raises NotAuthenticatedError for any doubt about it, UnavailableError when keys cannot be read.
        """
        _refuse_malformed(token)
        token_hash = sha256(token.encode()).hexdigest()
        known = self._remembered.get(token_hash)
        if known is not None and await self._still_stands(known):
            return known.principal
        signed, key = await self._signed(token)
        check_claims(signed.claims, signed.header, signed.issuer, self._clock())
        principal = self._holder(signed, token_hash)
        self._remember(_Remembered(principal, signed.issuer.issuer, key))
        return principal

    async def _still_stands(self, known: _Remembered) -> bool:
        # A token must not outlive its key: it is checked anew whenever the keys were fetched anew.
        key = await self._keys[known.issuer].find(known.key.kid or "")
        return key is known.key and self._clock() < known.principal.expires_at

    def _remember(self, checked: _Remembered) -> None:
        if len(self._remembered) >= TOKENS_REMEMBERED:
            self._remembered.clear()
        self._remembered[checked.principal.token_hash] = checked

    async def signed(self, token: str) -> Signed:
        """Check a token's form, issuer and signature; what it claims is for the caller to check.

        Raises NotAuthenticatedError, and UnavailableError when keys cannot be read.
        """
        signed, _key = await self._signed(token)
        return signed

    async def _signed(self, token: str) -> tuple[Signed, Key]:
        _refuse_malformed(token)
        issuer = self._issuers.get(_unverified_issuer(token))
        if issuer is None:
            raise NotAuthenticatedError("The token's issuer is not one of ours.")
        key = await self._key_for(token, issuer)
        try:
            decoded = jwt.decode(token, key, algorithms=list(issuer.algorithms))
        except (JoseError, ValueError, TypeError, RecursionError) as fault:
            raise NotAuthenticatedError("The token's signature is not right.") from fault
        return Signed(issuer, decoded.header, decoded.claims), key

    async def _key_for(self, token: str, issuer: Issuer) -> Key:
        header = _unverified_header(token)
        key_id = header.get("kid")
        if header.get("alg") not in issuer.algorithms or not isinstance(key_id, str):
            raise NotAuthenticatedError("The token's algorithm or key id is not acceptable.")
        key = await self._keys[issuer.issuer].find(key_id)
        if key is None:
            raise NotAuthenticatedError("The token's key is not known.")
        return key

    def _holder(self, signed: Signed, token_hash: str) -> Principal:
        claims = signed.claims
        role_claim = selected_role(claims)
        organisation = self._organisations.get(_text(role_claim, "org_code"))
        if organisation is None:
            raise NotAuthenticatedError("The token's organisation is not known here.")
        role_code = _role_code(_text(role_claim, "role_code"))
        role = self._role_of(role_code, organisation.kind)
        if role is None:
            raise NotAuthenticatedError("The token's role has no place in the role policy.")
        return Principal(
            user_id=_text(claims, "sub"),
            family_name=_text(claims, "family_name"),
            given_name=_text(claims, "given_name"),
            role=role,
            role_code=role_code,
            role_profile_id=_text(role_claim, "person_roleid"),
            organisation=organisation.code,
            organisation_kind=organisation.kind,
            organisation_name=organisation.name,
            purposes=_purposes(claims),
            token_hash=token_hash,
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            app=app_context(claims, needs_scopes=signed.issuer.needs_scopes),
        )


def check_claims(
    claims: Mapping[str, Any], header: Mapping[str, Any], issuer: Issuer, now: datetime
) -> None:
    """Refuse a token whose signature is right but which is not for us, not now, or not an access token.

    Raises NotAuthenticatedError. Source: RFC 9068 section 4.
    """
    if str(header.get("typ", "")).lower() not in {"at+jwt", "application/at+jwt"}:
        raise NotAuthenticatedError("The token is not an access token.")
    if claims.get("iss") != issuer.issuer or claims.get("aud") not in (
        issuer.audience,
        [issuer.audience],
    ):
        raise NotAuthenticatedError("The token is for another service or from another issuer.")
    check_times(claims, now)


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Refuse a token that is not for now.

    Raises NotAuthenticatedError.
    """
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if not at - leeway < _instant(claims, "exp"):
        raise NotAuthenticatedError("The token has expired.")
    if _instant(claims, "iat") > at + leeway:
        raise NotAuthenticatedError("The token is from the future.")
    if "nbf" in claims and _instant(claims, "nbf") > at + leeway:
        raise NotAuthenticatedError("The token is not valid yet.")


def selected_role(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the one role that the caller chose; several roles are never merged.

    Raises NotAuthenticatedError when none, or more than one, matches the choice.
    """
    roles = claims.get("nhsid_nrbac_roles")
    chosen = claims.get("selected_roleid")
    matching = [
        role
        for role in (roles if isinstance(roles, list) else [])
        if isinstance(role, dict)
        and isinstance(chosen, str)
        and role.get("person_roleid") == chosen
    ]
    if len(matching) != 1:
        raise NotAuthenticatedError("The token does not say in which one role its holder acts.")
    return matching[0]


def _instant(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 < value < _YEAR_10000:
        raise NotAuthenticatedError(f"The token's {name} is not an instant.")
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise NotAuthenticatedError(f"The token lacks {name}.")
    return value


def _role_code(text: str) -> str:
    match = _ROLE_CODE.fullmatch(text)
    if match is None:
        raise NotAuthenticatedError("The token's role code is not one.")
    return match.group(1)


def _purposes(claims: Mapping[str, Any]) -> frozenset[Purpose]:
    words = claims.get("purpose_of_use")
    known = {purpose.value for purpose in Purpose}
    if not isinstance(words, list) or not words or not set(map(str, words)) <= known:
        raise NotAuthenticatedError("The token's purposes of use are missing or unknown.")
    return frozenset(Purpose(word) for word in words)


def _refuse_malformed(token: str) -> None:
    if len(token) > TOKEN_CHARACTERS_AT_MOST or not _COMPACT_TOKEN.fullmatch(token):
        raise NotAuthenticatedError("The token is not a signed compact JWT.")


def _unverified_header(token: str) -> Mapping[str, Any]:
    return _unverified_part(token, 0)


def _unverified_issuer(token: str) -> str:
    return str(_unverified_part(token, 1).get("iss", ""))


def _unverified_part(token: str, index: int) -> Mapping[str, Any]:
    part = token.split(".")[index]
    try:
        read = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as fault:
        raise NotAuthenticatedError("The token cannot be read.") from fault
    if not isinstance(read, dict):
        raise NotAuthenticatedError("The token cannot be read.")
    return read
