"""Read from a token for which application it was given out, with which scopes, and for which person.

Gives no meaning to a scope (`gateway/access/scopes.py` does). RFC 9068 section 2.2; SMART App Launch 2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import NotAuthenticatedError

_CHARACTERS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class AppContext:
    """What a token says beside who holds it.

    `scope` is the token's own text; `patient` the opaque id of the person whom the application was launched for.
    `token_id` is the name that its issuer gave to the token (`jti`), which is no secret; empty where there is none.
    `needs_scopes` says that tokens of this issuer open no record without a SMART scope: so does a session from
    before there were any. `is_own` says that it was given to the gateway's own pages.
    """

    client_id: str = ""
    scope: str = ""
    patient: str | None = None
    needs_scopes: bool = True
    is_own: bool = False
    token_id: str = ""


def app_context(
    claims: Mapping[str, Any], *, needs_scopes: bool, own_client: str | None = None
) -> AppContext:
    """Read the application's part of a checked token; `own_client` is the gateway's own at its issuer.

    Raises NotAuthenticatedError when a claim is not what it should be: a scope that is not read must not be
    taken for one that is not there.
    """
    if "scp" in claims:
        raise NotAuthenticatedError("The token's scopes stand in a claim that is not read here.")
    client_id = _text(claims, "client_id") or ""
    return AppContext(
        client_id=client_id,
        scope=_text(claims, "scope", at_most=None) or "",
        patient=_text(claims, "patient"),
        needs_scopes=needs_scopes,
        is_own=bool(client_id) and client_id == own_client,
        token_id=_text(claims, "jti") or "",
    )


def _text(
    claims: Mapping[str, Any], claim: str, at_most: int | None = _CHARACTERS_AT_MOST
) -> str | None:
    value = claims.get(claim)
    if value is None:
        return None
    if not isinstance(value, str) or (at_most is not None and len(value) > at_most):
        raise NotAuthenticatedError(f"The token's {claim} is not one.")
    return value
