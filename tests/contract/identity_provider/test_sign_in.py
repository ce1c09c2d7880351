"""The demo identity provider describes itself, signs people in by its form, and sends nobody astray."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.identity_provider.asking import CALLBACK, ISSUER, PASSWORD, asked


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
