"""Check the id token of a sign-in: that it is the answer to our own question.

Says nothing of what its holder may do: the access token does. OpenID Connect Core 1.0, section 3.1.3.7.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest

from gateway.errors import NotAuthenticatedError
from gateway.identity import Signed
from gateway.token_claims import check_times, text_in


@dataclass(frozen=True, slots=True)
class ExpectedIdToken:
    """What our own question fixes of the answer."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProvenSignIn:
    """Who signed in, the provider's own session, if it names one, the provider, and the role that it selected."""

    user_id: str
    provider_session: str | None
    issuer: str
    role_profile_id: str | None = None


def check_id_token(signed: Signed, expected: ExpectedIdToken, now: datetime) -> ProvenSignIn:
    """Check a signed id token.

    Raises NotAuthenticatedError when it is not one, or not the answer to this sign-in.
    """
    claims = signed.claims
    if str(signed.header.get("typ", "JWT")).upper() != "JWT" or "events" in claims:
        raise NotAuthenticatedError("The token is not an id token.")
    if signed.issuer.issuer != expected.issuer or claims.get("iss") != expected.issuer:
        raise NotAuthenticatedError("The id token is from another issuer.")
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise NotAuthenticatedError("The id token is for another client.")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise NotAuthenticatedError("The id token is for another client.")
    if not compare_digest(str(claims.get("nonce")).encode(), expected.nonce.encode()):
        raise NotAuthenticatedError("The id token answers another sign-in.")
    check_times(claims, now)
    session = claims.get("sid")
    # CIS2 says it here; null is its word for nobody having selected any, and then there is no access.
    selected = text_in(claims, "selected_roleid") if "selected_roleid" in claims else None
    provider_session = session if isinstance(session, str) else None
    return ProvenSignIn(signed.user_id, provider_session, expected.issuer, selected)
