"""Codes and passwords give tokens that say who acts, once and for a short time."""

from datetime import timedelta

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from tests.contract.identity_provider.asking import (
    AUDIENCE,
    CALLBACK,
    ISSUER,
    NONCE,
    PASSWORD,
    WEB,
    by_password,
    code_for,
    exchange,
    read_token,
)


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
