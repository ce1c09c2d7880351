"""Recognise the caller: check an access token and read who holds it, in which role, for what purpose.

Issues no tokens and decides nothing about records.
Follows RFC 9068 (JWT access tokens), RFC 8725 (JWT best practice) and the CIS2 claim names.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from gateway.app_context import AppContext, app_context
from gateway.compact_tokens import CompactToken, read_compact, read_object
from gateway.errors import NoRoleError, NotAuthenticatedError
from gateway.issuer_keys import IssuerKeys
from gateway.token_claims import Issuer as Issuer
from gateway.token_claims import (
    check_access_token,
    check_assurance,
    offered_roles,
    plain_text_in,
    purposes_in,
    selected_role,
    text_in,
)
from gateway.token_sessions import session_of
from rbac.roles import AGGREGATE_ROLES
from rbac.types import OrganisationKind, Purpose

TOKENS_REMEMBERED = 4096

AGGREGATE_ASSURANCE = 2
"""Enough for who sees counts and releases, never a person: CIS2's least level for such tools."""

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
    """Hold who is asking: one person in one role at one organisation. `expires_at` is the token's.

    `session` is a hash of the session in which they ask; empty where it is not known, and then no glass is broken.
    """

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
    session: str = ""

    def may_name(self, purpose: Purpose) -> bool:
        """Say whether the token lets its holder name a purpose; the second step of an emergency is part of it."""
        named = Purpose.ETREAT if purpose is Purpose.BTG else purpose
        return purpose in self.purposes or named in self.purposes


@dataclass(frozen=True, slots=True)
class Profile:
    """One role profile that somebody holds; `principal` is them acting in it, None where it has no place here."""

    id: str
    role_name: str
    organisation_name: str
    principal: Principal | None


@dataclass(frozen=True, slots=True)
class Holding:
    """Who signed in, at which provider, and in which roles they may act: one that was chosen, or some to choose from."""

    issuer: str
    user_id: str
    chosen: Principal | None
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A token whose signature is right; nothing of what it claims is checked yet."""

    issuer: Issuer
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def user_id(self) -> str:
        """Who it says its holder is, told apart from other providers' people. Raises NotAuthenticatedError."""
        return self.issuer.user_id_in(self.claims)


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

        Raises NotAuthenticatedError for any doubt about it, NoRoleError when its holder has no role here,
        UnavailableError when keys cannot be read.
        """
        token_hash = sha256(token.encode(errors="surrogatepass")).hexdigest()
        known = self._remembered.get(token_hash)
        if known is not None and await self._still_stands(known):
            return known.principal
        signed, key = await self._signed(read_compact(token))
        check_access_token(signed.claims, signed.header, signed.issuer, self._clock())
        principal = self._holder(signed, selected_role(signed.claims), token_hash)
        self._remember(_Remembered(principal, signed.issuer.issuer, key))
        return principal

    async def holding(self, token: str) -> Holding:
        """Check a token and read in which roles its holder may act; where the provider chose, in that one alone.

        Raises NotAuthenticatedError for any doubt about it, NoRoleError when none of its roles has a place here,
        UnavailableError when keys cannot be read.
        """
        signed, _key = await self._signed(read_compact(token))
        check_access_token(signed.claims, signed.header, signed.issuer, self._clock())
        user_id, token_hash = signed.user_id, sha256(token.encode()).hexdigest()
        if "selected_roleid" in signed.claims:
            chosen = self._holder(signed, selected_role(signed.claims), token_hash)
            return Holding(signed.issuer.issuer, user_id, chosen, ())
        profiles = tuple(
            self._profile(signed, each, token_hash) for each in offered_roles(signed.claims)
        )
        if all(each.principal is None for each in profiles):
            raise NoRoleError(user_id, "None of the token's roles has a place in the role policy.")
        return Holding(signed.issuer.issuer, user_id, None, profiles)

    def _profile(self, signed: Signed, role: Mapping[str, Any], token_hash: str) -> Profile:
        organisation = self._organisations.get(str(role.get("org_code")))
        try:
            principal = self._holder(signed, role, token_hash)
        except NoRoleError:
            principal = None
        return Profile(
            id=text_in(role, "person_roleid"),
            role_name=plain_text_in(role, "role_name"),
            organisation_name="" if organisation is None else organisation.name,
            principal=principal,
        )

    async def _still_stands(self, known: _Remembered) -> bool:
        # A token must not outlive its key: it is checked anew whenever the keys were fetched anew.
        key = await self._keys[known.issuer].find(known.key.kid or "")
        return key is known.key and self._clock() < known.principal.expires_at

    def _remember(self, checked: _Remembered) -> None:
        if len(self._remembered) >= TOKENS_REMEMBERED:
            self._remembered.clear()
        self._remembered[checked.principal.token_hash] = checked

    def has_place(self, principal: Principal, issuer: str | None) -> bool:
        """Say whether somebody who signed in with a provider would still get the same role at the same place there."""
        organisation = self._organisations.get(principal.organisation)
        return (
            organisation is not None
            and self.trusts(issuer, principal.app)
            and self._issuers[str(issuer)].speaks_for(organisation.code)
            and organisation.kind is principal.organisation_kind
            and self._role_of(principal.role_code, organisation.kind) == principal.role
        )

    def trusts(self, issuer: str | None, app: AppContext) -> bool:
        """Say whether a provider's tokens are still taken, and those without scopes for as much as before."""
        known = None if issuer is None else self._issuers.get(issuer)
        return known is not None and (app.needs_scopes or not known.needs_scopes)

    async def signed(self, token: str) -> Signed:
        """Check a token's form, issuer and signature; what it claims is for the caller to check.

        Raises NotAuthenticatedError, and UnavailableError when keys cannot be read.
        """
        signed, _key = await self._signed(read_compact(token))
        return signed

    async def _signed(self, compact: CompactToken) -> tuple[Signed, Key]:
        claims = read_object(compact.payload)
        issuer = self._issuers.get(str(claims.get("iss", "")))
        if issuer is None:
            raise NotAuthenticatedError("The token's issuer is not one of ours.")
        if compact.algorithm not in issuer.algorithms:
            raise NotAuthenticatedError("The token's algorithm is not acceptable.")
        key = await self._keys[issuer.issuer].find(compact.key_id)
        if key is None:
            raise NotAuthenticatedError("The token's key is not known.")
        check_signature(compact, key, issuer.algorithms)
        return Signed(issuer, compact.header, claims), key

    def _holder(self, signed: Signed, profile: Mapping[str, Any], token_hash: str) -> Principal:
        claims = signed.claims
        organisation, role_code, role = self._place(signed, profile)
        least = signed.issuer.least_assurance
        enough = min(least, AGGREGATE_ASSURANCE) if role in AGGREGATE_ROLES else least
        check_assurance(claims, enough)
        return Principal(
            user_id=signed.user_id,
            family_name=text_in(claims, "family_name"),
            given_name=text_in(claims, "given_name"),
            role=role,
            role_code=role_code,
            role_profile_id=text_in(profile, "person_roleid"),
            organisation=organisation.code,
            organisation_kind=organisation.kind,
            organisation_name=organisation.name,
            purposes=purposes_in(claims),
            token_hash=token_hash,
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            app=app_context(
                claims,
                needs_scopes=signed.issuer.needs_scopes,
                own_client=signed.issuer.own_client,
            ),
            session=session_of(claims, token_hash),
        )

    def _place(self, signed: Signed, profile: Mapping[str, Any]) -> tuple[Organisation, str, str]:
        user_id = signed.user_id
        organisation = self._organisations.get(str(profile.get("org_code")))
        if organisation is None:
            raise NoRoleError(user_id, "The token's organisation is not known here.")
        if not signed.issuer.speaks_for(organisation.code):
            raise NoRoleError(user_id, "The token's issuer does not speak for its organisation.")
        written = _ROLE_CODE.fullmatch(str(profile.get("role_code")))
        role = None if written is None else self._role_of(written.group(1), organisation.kind)
        if written is None or role is None:
            raise NoRoleError(user_id, "The token's role has no place in the role policy.")
        return organisation, written.group(1), role


def check_signature(compact: CompactToken, key: Key, algorithms: tuple[str, ...]) -> None:
    """Check that this key signed the token, by one of these algorithms.

    Raises NotAuthenticatedError. Source: RFC 7515 section 5.2.
    """
    try:
        jws.deserialize_compact(compact.text, key, algorithms=list(algorithms))
    except (JoseError, ValueError, TypeError) as fault:
        raise NotAuthenticatedError("The token's signature is not right.") from fault
