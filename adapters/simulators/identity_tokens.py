"""Make the tokens of the demo identity provider.

Checks nobody (`identity_provider` does). RFC 9068 access tokens; OpenID Connect Core 1.0 id tokens; CIS2 claim names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.jwk import ECKey

from adapters.simulators.demo_users import DemoUser, FurtherRole

ALGORITHM = "ES256"
# Short, so that a token that leaks in a demo is soon worth nothing.
TOKEN_LIFETIME = timedelta(minutes=10)

Claims = dict[str, object]


@dataclass(frozen=True, slots=True)
class TokenMaker:
    """Signs tokens; `new_secret` gives an unguessable text each time."""

    issuer: str
    audience: str
    signing_key: ECKey
    now: Callable[[], datetime]
    new_secret: Callable[[], str]

    def public_keys(self) -> Claims:
        """Give the JSON Web Key Set that verifies these tokens."""
        public = self.signing_key.as_dict(private=False)
        return {"keys": [{**public, "kid": self._key_id(), "use": "sig", "alg": ALGORITHM}]}

    def access_token(
        self, user: DemoUser, client_id: str, scope: str, patient: str | None = None
    ) -> str:
        """Make an access token for the gateway; `patient` is whom the client was launched for, if anybody."""
        claims = {
            **self._common(user),
            "aud": self.audience,
            "client_id": client_id,
            "jti": self.new_secret(),
            "scope": scope,
            "purpose_of_use": list(user.purposes),
            "nhsid_nrbac_roles": [_role(user.user_id, each) for each in user.roles],
            **({} if patient is None else {"patient": patient}),
        }
        return self._signed("at+jwt", claims)

    def id_token(
        self, user: DemoUser, client_id: str, nonce: str, fhir_user: str | None = None
    ) -> str:
        """Make an id token for the client that signed the user in; `fhir_user` is where FHIR knows the user."""
        claims = {
            **self._common(user),
            "aud": client_id,
            "acr": "AAL3_ANY",
            "amr": ["N3_SMARTCARD"],
            "sid": self.new_secret(),
            **({"nonce": nonce} if nonce else {}),
            **({"fhirUser": fhir_user} if fhir_user else {}),
        }
        return self._signed("JWT", claims)

    def _common(self, user: DemoUser) -> Claims:
        issued_at = int(self.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": user.user_id,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + int(TOKEN_LIFETIME.total_seconds()),
            "given_name": user.given_name,
            "family_name": user.family_name,
            **({} if user.further else {"selected_roleid": user.role_profile_id}),
            "id_assurance_level": "3",
            "authentication_assurance_level": "3",
        }

    def _signed(self, token_type: str, claims: Claims) -> str:
        header = {"typ": token_type, "alg": ALGORITHM, "kid": self._key_id()}
        return jwt.encode(header, claims, self.signing_key, algorithms=[ALGORITHM])

    def _key_id(self) -> str:
        return self.signing_key.thumbprint()


def _role(user_id: str, role: DemoUser | FurtherRole) -> Claims:
    return {
        "person_orgid": user_id,
        "person_roleid": role.role_profile_id,
        "org_code": role.organisation,
        "role_name": role.role_name,
        "role_code": role.role_code,
    }
