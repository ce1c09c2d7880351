"""Check what a token claims once its signature is right: for us, for now, an access token, sure enough who it is.

Checks no signature and gives no role. RFC 9068 section 4; RFC 8725 sections 3.8 to 3.12; CIS2 claim names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.caller_settings import HIGH_ASSURANCE
from gateway.errors import NotAuthenticatedError
from gateway.issuer_keys import FetchKeys
from rbac.types import Purpose

LEEWAY = timedelta(seconds=60)
"""Clocks of issuer and service may differ by this much; more would prolong revoked tokens."""

ROLES_AT_MOST = 50
"""Nobody could choose from more on a page."""

_YEAR_10000 = 253_402_300_800
_ASSURANCES = ("id_assurance_level", "authentication_assurance_level")
_LEVELS = {"1": 1, "2": 2, "3": 3}


@dataclass(frozen=True, slots=True)
class Issuer:
    """An OpenID provider whose tokens are taken; the algorithms are pinned, never read from a token.

    `clients`: the only ones whose access tokens count; with none listed any client's does, if made for us alone.
    `least_assurance`: both levels that a token must claim; 0 asks for none. `subjects`: the word that stands before
    its subjects here; `others_words` are other providers'. `organisations`: those it speaks for, or None for all.
    """

    issuer: str
    audience: str
    fetch_keys: FetchKeys
    algorithms: tuple[str, ...] = ("ES256", "RS256")
    clients: frozenset[str] = frozenset()
    least_assurance: int = HIGH_ASSURANCE
    needs_scopes: bool = True
    own_client: str | None = None
    subjects: str | None = None
    others_words: frozenset[str] = frozenset()
    organisations: frozenset[str] | None = None

    def user_id_in(self, claims: Mapping[str, Any]) -> str:
        """Give who a token's holder is here, for two providers may call two people by one subject.

        Raises NotAuthenticatedError. Source: OpenID Connect Core 1.0, section 5.7.
        """
        subject = text_in(claims, "sub")
        if self.subjects is not None:
            return f"{self.subjects}:{subject}"
        if subject.partition(":")[0] in self.others_words:
            raise NotAuthenticatedError("The token's subject reads as another provider's.")
        return subject

    def speaks_for(self, organisation: str) -> bool:
        """Say whether it may tell who works at an organisation, by ODS code."""
        return self.organisations is None or organisation in self.organisations


def check_access_token(
    claims: Mapping[str, Any], header: Mapping[str, Any], issuer: Issuer, now: datetime
) -> None:
    """Refuse a token whose signature is right but which is not for us, not now, or not an access token.

    Raises NotAuthenticatedError. Source: RFC 9068 section 4.
    """
    if str(header.get("typ", "")).lower() not in {"at+jwt", "application/at+jwt"}:
        raise NotAuthenticatedError("The token is not an access token.")
    if "nonce" in claims or "events" in claims:
        raise NotAuthenticatedError("The token is an id token or a logout token.")
    if claims.get("iss") != issuer.issuer:
        raise NotAuthenticatedError("The token is from another issuer.")
    _check_audience(claims, issuer)
    check_times(claims, now)


def _check_audience(claims: Mapping[str, Any], issuer: Issuer) -> None:
    client = _client_of(claims)
    if issuer.clients and client not in issuer.clients:
        raise NotAuthenticatedError("The token is not of a client that is known here.")
    audience = claims.get("aud")
    if audience in (issuer.audience, [issuer.audience]):
        return
    # A token for several services may be passed on by any of them: only a known client's is taken.
    is_for_us_too = isinstance(audience, list) and issuer.audience in audience
    if not (is_for_us_too and client in issuer.clients):
        raise NotAuthenticatedError("The token is for another service.")


def _client_of(claims: Mapping[str, Any]) -> str | None:
    named = [claims[name] for name in ("client_id", "azp") if name in claims]
    if not named:
        return None
    if not isinstance(named[0], str) or any(each != named[0] for each in named):
        raise NotAuthenticatedError("The token does not say of which client it is.")
    return named[0]


def check_assurance(claims: Mapping[str, Any], least: int) -> None:
    """Refuse a token whose holder was not made sure of, when proving who they are or when signing in.

    Raises NotAuthenticatedError.
    """
    levels = [_LEVELS.get(str(claims.get(name)), 0) for name in _ASSURANCES]
    if min(levels) < least:
        raise NotAuthenticatedError("The token's levels of assurance are too low.")


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Refuse a token that is not for now.

    Raises NotAuthenticatedError.
    """
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if not at - leeway < instant_in(claims, "exp"):
        raise NotAuthenticatedError("The token has expired.")
    if instant_in(claims, "iat") > at + leeway:
        raise NotAuthenticatedError("The token is from the future.")
    if "nbf" in claims and instant_in(claims, "nbf") > at + leeway:
        raise NotAuthenticatedError("The token is not valid yet.")


def instant_in(claims: Mapping[str, Any], name: str) -> int:
    """Give a claim that is an instant, in seconds since 1970.

    Raises NotAuthenticatedError.
    """
    value = claims.get(name)
    if type(value) is not int or not 0 < value < _YEAR_10000:
        raise NotAuthenticatedError(f"The token's {name} is not an instant.")
    return value


def text_in(claims: Mapping[str, Any], name: str) -> str:
    """Give a claim that is a text of 1 to 200 characters.

    Raises NotAuthenticatedError.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise NotAuthenticatedError(f"The token lacks {name}.")
    return value


def purposes_in(claims: Mapping[str, Any]) -> frozenset[Purpose]:
    """Give the purposes of use that a token allows.

    Raises NotAuthenticatedError when there is none, or one that is unknown.
    """
    words = claims.get("purpose_of_use")
    known = {purpose.value for purpose in Purpose}
    if not isinstance(words, list) or not words or not set(map(str, words)) <= known:
        raise NotAuthenticatedError("The token's purposes of use are missing or unknown.")
    return frozenset(Purpose(word) for word in words)


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


def offered_roles(claims: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Give the roles from which the holder has still to choose, in the token's order.

    Raises NotAuthenticatedError when there is none, too many, or two of one id: then no choice is clear.
    """
    roles = claims.get("nhsid_nrbac_roles")
    read = [each for each in (roles if isinstance(roles, list) else []) if isinstance(each, dict)]
    ids = {text_in(each, "person_roleid") for each in read}
    if not 0 < len(ids) == len(read) <= ROLES_AT_MOST:
        raise NotAuthenticatedError("The token does not say which roles its holder has.")
    return tuple(read)


def plain_text_in(claims: Mapping[str, Any], name: str) -> str:
    """Give a claim that is only shown to its holder; empty where it is no text."""
    value = claims.get(name)
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 200 else ""
