"""Check a logout token: that a provider says which of its sessions, or whose, are over.

Ends nothing. OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from gateway.errors import NotAuthenticatedError
from gateway.identity import Signed
from gateway.token_claims import LEEWAY, check_times, text_in

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class ProvenLogout:
    """Whose sessions a provider ends: of one person, of one session there, or both. `digest` stands for the token."""

    issuer: str
    user_id: str | None
    provider_session: str | None
    digest: str
    expires_at: datetime


def check_logout_token(signed: Signed, client_id: str, now: datetime) -> ProvenLogout:
    """Check a signed logout token that is for this client.

    Raises NotAuthenticatedError when it is anything else.
    """
    claims, issuer = signed.claims, signed.issuer.issuer
    kind = str(signed.header.get("typ", "")).lower()
    if kind not in {"logout+jwt", "application/logout+jwt"} or "nonce" in claims:
        raise NotAuthenticatedError("The token is not a logout token.")
    if claims.get("iss") != issuer or claims.get("aud") not in (client_id, [client_id]):
        raise NotAuthenticatedError("The logout token is for another client.")
    _check_event(claims)
    check_times(claims, now)
    user_id = signed.user_id if "sub" in claims else None
    provider_session = text_in(claims, "sid") if "sid" in claims else None
    if user_id is None and provider_session is None:
        raise NotAuthenticatedError("The logout token names neither person nor session.")
    return ProvenLogout(
        issuer,
        user_id,
        provider_session,
        sha256(f"{issuer} {text_in(claims, 'jti')}".encode()).hexdigest(),
        _refused_from(claims["exp"]),
    )


def _refused_from(expires: int) -> datetime:
    """Give the moment from which the token's own times refuse it, and nobody need remember it."""
    return min(datetime.fromtimestamp(expires, UTC), _LAST_MOMENT - LEEWAY) + LEEWAY


def _check_event(claims: Mapping[str, Any]) -> None:
    events = claims.get("events")
    if not isinstance(events, dict) or list(events) != [_EVENT]:
        raise NotAuthenticatedError("The token is not about the end of a session.")
    if not isinstance(events[_EVENT], dict):
        raise NotAuthenticatedError("The token is not about the end of a session.")
