"""Sign access tokens with real keys, as an identity provider or an attacker would."""

import base64
import json
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.errors import UnavailableError
from gateway.identity import Issuer, Organisation, TokenVerifier
from rbac.roles import role_for
from rbac.types import OrganisationKind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER = "https://identity.example"
AUDIENCE = "https://record.example"
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
ORGANISATIONS = {
    "F84004": Organisation("F84004", OrganisationKind.GENERAL_PRACTICE, "The Practice"),
    "RRV": Organisation("RRV", OrganisationKind.TRUST, "The Hospital"),
}
GP = {"person_roleid": "555021540101", "org_code": "F84004", "role_code": "S8000:G8000:R0260"}
NURSE = {"person_roleid": "555021540102", "org_code": "RRV", "role_code": "R8001"}


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def passes(self, **time):
        self.now += timedelta(**time)


class KeySetAt:
    """An issuer's key set, and how often it was fetched; None when the issuer does not answer."""

    def __init__(self, *keys):
        self.document = {"keys": [public(key) for key in keys]}
        self.fetched = 0

    async def __call__(self):
        self.fetched += 1
        if self.document is None:
            raise UnavailableError("no answer")
        return self.document


def public(key, **changes):
    return {**key.as_dict(private=isinstance(key, OctKey)), **changes}


def claims(**changes):
    """What a GP's token claims; a claim that is given as None is left out."""
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u1",
        "family_name": "Example",
        "given_name": "Kim",
        "iat": AT,
        "exp": AT + 600,
        "nhsid_nrbac_roles": [GP, NURSE],
        "selected_roleid": GP["person_roleid"],
        "purpose_of_use": ["TREAT"],
        "id_assurance_level": "3",
        "authentication_assurance_level": "3",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def token(key=EC, header=None, **changes):
    """Sign claims; the header may be changed as well (None leaves a field out)."""
    usual = {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "typ": "at+jwt"}
    whole = {**usual, "kid": key.kid, **(header or {})}
    kept = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(kept, claims(**changes), key, algorithms=[kept["alg"]])


def part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(header, body=None, signature=b"x"):
    """Put parts together that no key has signed."""
    return ".".join((part(header), part(claims() if body is None else body), part(signature)))


def signed_by_hand(header, key=EC, body=None):
    """Sign what no library writes."""
    signed = f"{part(header)}.{part(claims() if body is None else body)}"
    der = key.private_key.sign(signed.encode(), ECDSA(SHA256()))
    raw = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return f"{signed}.{part(raw)}"


def verifier(*keys, clock=None, issuers=None, **changes):
    fetch = changes.pop("fetch", None) or KeySetAt(*(keys or (EC, RSA)))
    known = issuers or (Issuer(ISSUER, AUDIENCE, fetch, **changes),)
    return TokenVerifier(known, ORGANISATIONS, role_for, clock or Clock())
