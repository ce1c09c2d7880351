"""Ask the demo identity provider as browsers, gateways and machines do."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from adapters.simulators.client_assertions import ASSERTION_TYPE
from adapters.simulators.demo_users import PLANNER_CLIENT
from adapters.simulators.sign_in import challenge_of

ISSUER = "http://identity.example"
AUDIENCE = "http://gateway.example"
CALLBACK = "http://gateway.example/callback"
WEB = "gateway-web"
PASSWORD = "a demo password"
VERIFIER = "v" * 43
NONCE = "nonce-1"
SIGNING_KEY = ECKey.generate_key("P-256")
RSA_KEY = RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS384"})
EC_KEY = ECKey.generate_key("P-384", {"kid": "ec", "alg": "ES384"})
STRANGERS_KEY = ECKey.generate_key("P-384", {"kid": "ec", "alg": "ES384"})
KEYS = {"RS384": RSA_KEY, "ES384": EC_KEY}


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


def asked(**changes):
    request = {
        "response_type": "code",
        "client_id": WEB,
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": "state-1",
        "nonce": NONCE,
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (request | changes).items() if value is not None}


async def code_for(client, username="gp"):
    form = asked(username=username, password=PASSWORD)
    sent = await client.post("/authorize", data=form)
    assert sent.status_code == 303
    return parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]


def exchange(code, **changes):
    return {
        "grant_type": "authorization_code",
        "client_id": WEB,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
    } | changes


def by_password(username, password=PASSWORD):
    return {"grant_type": "password", "username": username, "password": password}


def assertion(clock, algorithm="ES384", key=None, **changes):
    claims = {
        "iss": PLANNER_CLIENT,
        "sub": PLANNER_CLIENT,
        "aud": f"{ISSUER}/token",
        "jti": "once",
        "exp": int((clock.now + timedelta(minutes=4)).timestamp()),
    } | changes
    key = key or KEYS[algorithm]
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, kept, key, algorithms=[algorithm])


def by_assertion(signed, **changes):
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
        "scope": "system/*.rs",
    } | changes


async def read_token(client, token):
    keys = KeySet.import_key_set((await client.get("/jwks")).json())
    return jwt.decode(token, keys, algorithms=["ES256"])
