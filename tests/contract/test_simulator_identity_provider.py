"""The demo identity provider signs in whom it should and refuses what real ones refuse."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from adapters.simulators.client_assertions import ASSERTION_TYPE, MachineClient
from adapters.simulators.demo_users import DEMO_USERS, PLANNER_CLIENT, PLANNER_MACHINE
from adapters.simulators.identity_provider import IdentitySettings, create_app
from adapters.simulators.people import ORGANISATIONS
from adapters.simulators.sign_in import challenge_of
from rbac.roles import Role, role_for
from rbac.types import OrganisationKind

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


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def client(clock):
    public = KeySet.import_key_set({"keys": [k.as_dict(private=False) for k in KEYS.values()]})
    machine = MachineClient(PLANNER_CLIENT, public, PLANNER_MACHINE, frozenset({"system/*.rs"}))
    settings = IdentitySettings(
        issuer=ISSUER,
        audience=AUDIENCE,
        signing_key=SIGNING_KEY,
        password=PASSWORD,
        users=DEMO_USERS,
        web_clients={WEB: frozenset({CALLBACK})},
        machine_clients={PLANNER_CLIENT: machine},
    )
    transport = httpx2.ASGITransport(app=create_app(settings, now=clock))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER) as client:
        yield client


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


async def test_discovery_names_every_endpoint_under_the_issuer(client):
    document = (await client.get("/.well-known/openid-configuration")).json()

    assert document["issuer"] == ISSUER
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert document[name].startswith(f"{ISSUER}/")
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert set(document["token_endpoint_auth_signing_alg_values_supported"]) == {"RS384", "ES384"}


async def test_the_key_set_holds_public_keys_only(client):
    (key,) = (await client.get("/jwks")).json()["keys"]

    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in key


async def test_the_form_carries_the_request_and_names_the_users(client):
    page = await client.get("/authorize", params=asked(state='"><script>'))

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert 'value="ed-consultant"' in page.text
    assert "<script>" not in page.text


async def test_signing_in_sends_the_person_back_with_code_and_state(client):
    form = asked(username="gp", password=PASSWORD)
    location = (await client.post("/authorize", data=form)).headers["location"]

    sent = parse_qs(urlsplit(location).query)
    assert location.startswith(f"{CALLBACK}?")
    assert (sent["state"], sent["iss"]) == (["state-1"], [ISSUER])


async def test_a_code_gives_an_access_token_as_rfc_9068_says(client, clock):
    answer = await client.post("/token", data=exchange(await code_for(client)))
    token = await read_token(client, answer.json()["access_token"])

    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == AUDIENCE
    assert token.claims["client_id"] == WEB
    assert token.claims["jti"]
    assert token.claims["iat"] == int(clock.now.timestamp())
    assert token.claims["exp"] - token.claims["iat"] == 600
    assert answer.headers["cache-control"] == "no-store"


async def test_an_access_token_says_who_acts_in_which_role(client):
    answer = await client.post("/token", data=exchange(await code_for(client, "ed-consultant")))
    claims = (await read_token(client, answer.json()["access_token"])).claims

    (role,) = claims["nhsid_nrbac_roles"]
    assert role["person_roleid"] == claims["selected_roleid"]
    assert role["org_code"] == "RRV"
    assert role["role_code"].endswith(":R0050")
    assert claims["purpose_of_use"] == ["TREAT", "ETREAT"]
    assert claims["authentication_assurance_level"] == claims["id_assurance_level"] == "3"


async def test_a_code_gives_an_id_token_with_the_nonce_for_the_client(client):
    answer = (await client.post("/token", data=exchange(await code_for(client)))).json()
    id_token = await read_token(client, answer["id_token"])
    access_token = await read_token(client, answer["access_token"])

    assert id_token.header["typ"] == "JWT"
    assert (id_token.claims["nonce"], id_token.claims["aud"]) == (NONCE, WEB)
    assert id_token.claims["sub"] == access_token.claims["sub"]
    assert id_token.claims["acr"] == "AAL3_ANY"


async def test_two_tokens_never_share_an_identifier(client):
    tokens = [(await client.post("/token", data=by_password("gp"))).json() for _ in range(2)]
    identifiers = [
        (await read_token(client, token["access_token"])).claims["jti"] for token in tokens
    ]

    assert identifiers[0] != identifiers[1]


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "unknown"}, {"redirect_uri": f"{CALLBACK}/x"}, {"redirect_uri": None}],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_is_sent_to_an_address_that_is_not_registered(client, method, changes):
    if method == "GET":
        response = await client.get("/authorize", params=asked(**changes))
    else:
        form = asked(username="gp", password=PASSWORD, **changes)
        response = await client.post("/authorize", data=form)

    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_wrong_request_is_told_to_the_client(client, method, changes, error):
    sent = {"params": asked(**changes)} if method == "GET" else {"data": asked(**changes)}
    response = await client.request(method, "/authorize", **sent)

    location = urlsplit(response.headers["location"])
    assert response.status_code == 303
    assert parse_qs(location.query)["error"] == [error]


@pytest.mark.parametrize(
    ("username", "password"), [("gp", "wrong"), ("gp", ""), ("nobody", PASSWORD)]
)
async def test_a_wrong_password_shows_the_form_again_and_gives_no_code(client, username, password):
    form = asked(username=username, password=password)
    response = await client.post("/authorize", data=form)

    assert response.status_code == 401
    assert "wrong" in response.text
    assert "location" not in response.headers


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{CALLBACK}/x"},
        {"code": "made-up"},
    ],
)
async def test_a_wrong_exchange_is_refused_and_uses_the_code_up(client, changes):
    code = await code_for(client)
    refused = await client.post("/token", data=exchange(code) | changes)
    again = await client.post("/token", data=exchange(code))

    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert again.status_code == (200 if "code" in changes else 400)


async def test_a_code_works_once(client):
    code = await code_for(client)
    first = await client.post("/token", data=exchange(code))
    second = await client.post("/token", data=exchange(code))

    assert first.status_code == 200
    assert (second.status_code, second.json()) == (400, {"error": "invalid_grant"})


async def test_a_code_is_worth_nothing_after_a_minute(client, clock):
    code = await code_for(client)
    clock.now += timedelta(seconds=60)

    assert (await client.post("/token", data=exchange(code))).json() == {"error": "invalid_grant"}


async def test_an_unknown_client_cannot_exchange_a_code(client):
    code = await code_for(client)
    response = await client.post("/token", data=exchange(code, client_id="unknown"))

    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize("username", sorted(DEMO_USERS))
async def test_every_demo_user_can_sign_in_by_password(client, username):
    response = await client.post("/token", data=by_password(username))
    claims = (await read_token(client, response.json()["access_token"])).claims

    assert claims["sub"] == DEMO_USERS[username].user_id
    assert claims["nhsid_nrbac_roles"][0]["role_code"] == DEMO_USERS[username].role_code
    assert "id_token" not in response.json()


@pytest.mark.parametrize(
    ("username", "password"), [("gp", "wrong"), ("nobody", PASSWORD), ("", "")]
)
async def test_a_wrong_password_gives_no_token(client, username, password):
    response = await client.post("/token", data=by_password(username, password))

    assert (response.status_code, response.json()) == (400, {"error": "invalid_grant"})


async def test_a_password_grant_of_an_unknown_client_is_refused(client):
    response = await client.post("/token", data=by_password("gp") | {"client_id": "unknown"})

    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize("grant_type", ["", "implicit", "refresh_token"])
async def test_other_grants_are_refused(client, grant_type):
    response = await client.post("/token", data={"grant_type": grant_type})

    assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
async def test_the_machine_client_signs_in_by_its_key(client, clock, algorithm):
    response = await client.post("/token", data=by_assertion(assertion(clock, algorithm)))
    claims = (await read_token(client, response.json()["access_token"])).claims

    assert response.json()["scope"] == claims["scope"] == "system/*.rs"
    assert claims["client_id"] == PLANNER_CLIENT
    assert claims["purpose_of_use"] == ["PUBHLTH", "HOPERAT"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"aud": ISSUER},
        {"aud": None},
        {"jti": None},
        {"jti": ""},
        {"exp": None},
        {"exp": int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp())},
        {"exp": int(datetime(2026, 11, 20, 12, 5, 1, tzinfo=UTC).timestamp())},
        {"key": STRANGERS_KEY},
    ],
)
async def test_a_wrong_assertion_is_refused(client, clock, changes):
    response = await client.post("/token", data=by_assertion(assertion(clock, **changes)))

    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize("algorithm", ["RS256", "PS384"])
async def test_an_assertion_under_another_algorithm_is_refused(client, clock, algorithm):
    key = RSAKey.import_key({**RSA_KEY.as_dict(private=True), "alg": algorithm})
    signed = assertion(clock, algorithm, key=key)

    assert (await client.post("/token", data=by_assertion(signed))).status_code == 401


async def test_an_assertion_works_once(client, clock):
    signed = assertion(clock)
    first = await client.post("/token", data=by_assertion(signed))
    second = await client.post("/token", data=by_assertion(signed))

    assert (first.status_code, second.status_code) == (200, 401)


async def test_an_unsigned_assertion_is_refused(client, clock):
    _, payload, _ = assertion(clock).split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{payload}."

    assert (await client.post("/token", data=by_assertion(unsigned))).status_code == 401


async def test_an_assertion_signed_with_a_shared_secret_is_refused(client, clock):
    _, payload, _ = assertion(clock).split(".")
    header = urlsafe_b64encode(b'{"alg":"HS384","kid":"rsa"}').rstrip(b"=").decode()
    secret = RSA_KEY.as_pem(private=False)
    mac = hmac.digest(secret, f"{header}.{payload}".encode(), "sha384")
    signed = f"{header}.{payload}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    assert (await client.post("/token", data=by_assertion(signed))).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_assertion_type": "other"}, 401, "invalid_client"),
        ({"client_assertion": "garbage"}, 401, "invalid_client"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "system/*.rs system/*.cruds"}, 400, "invalid_scope"),
    ],
)
async def test_a_wrong_machine_request_is_refused(client, clock, changes, status, error):
    response = await client.post("/token", data=by_assertion(assertion(clock)) | changes)

    assert (response.status_code, response.json()) == (status, {"error": error})


PUBLISHED_ROLES = {
    "gp": Role.GP,
    "gp-nurse": Role.GP_NURSE,
    "receptionist": Role.PRACTICE_ADMIN,
    "ed-consultant": Role.ED_CONSULTANT,
    "nurse": Role.HOSPITAL_NURSE,
    "pharmacist": Role.HOSPITAL_PHARMACIST,
    "discharge-officer": Role.DISCHARGE_OFFICER,
    "paramedic": Role.PARAMEDIC,
    "clinical-hub": Role.AMB_CLINICAL_HUB,
    "nhs111": Role.NHS111_CLINICIAN,
    "mental-health": Role.MH_PRACTITIONER,
    "social-worker": Role.SOCIAL_WORKER,
    "care-home": Role.CARE_HOME_NURSE,
    "planner": Role.PUBLIC_HEALTH_PLANNER,
    "csp-analyst": Role.CSP_VIOLENCE_ANALYST,
    "researcher": Role.RESEARCHER,
    "policy-admin": Role.POLICY_ADMIN,
    "policy-approver": Role.POLICY_ADMIN,
    "caldicott": Role.CALDICOTT_GUARDIAN,
    "privacy-officer": Role.IG_PRIVACY_OFFICER,
    "auditor": Role.SYSTEM_AUDITOR,
}
KINDS = {
    "F84004": OrganisationKind.GENERAL_PRACTICE,
    "RRV": OrganisationKind.TRUST,
    "RRU": OrganisationKind.AMBULANCE,
    "NLO": OrganisationKind.NHS_111,
    "RV3": OrganisationKind.MENTAL_HEALTH_TRUST,
    "702": OrganisationKind.COUNCIL,
    "VM4G1": OrganisationKind.CARE_HOME,
    "CSP1": OrganisationKind.CSP,
    "UNI1": OrganisationKind.UNIVERSITY,
    "QMJ": OrganisationKind.ICB,
}


def test_demo_users_are_those_of_the_published_table():
    assert set(DEMO_USERS) == set(PUBLISHED_ROLES)


@pytest.mark.parametrize("username", sorted(PUBLISHED_ROLES))
def test_job_role_and_organisation_of_each_user_mean_the_published_role(username):
    user = DEMO_USERS[username]
    role = role_for(user.role_code.rpartition(":")[2], KINDS[user.organisation])

    assert role is PUBLISHED_ROLES[username]
    assert user.organisation in ORGANISATIONS


def test_each_user_has_an_id_and_a_role_profile_of_their_own():
    users = [*DEMO_USERS.values(), PLANNER_MACHINE]

    assert len({user.user_id for user in users}) == len(users)
    assert len({user.role_profile_id for user in users}) == len(users)
    assert all(len(user.user_id) == len(user.role_profile_id) == 12 for user in users)


def test_settings_do_not_show_the_password(clock):
    settings = IdentitySettings(ISSUER, AUDIENCE, SIGNING_KEY, PASSWORD, {}, {}, {})

    assert PASSWORD not in repr(settings)
