import asyncio
import base64
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from joserfc import jwk, jwt

from adapters.contract import Outcome, Reason
from adapters.credentials import bearer
from adapters.source_config import Auth, AuthKind
from adapters.transport import Fetched, Unfetched
from tests.adapters.stub_source import answer, client_for, stub_source

TOKEN = {"access_token": "token-1", "token_type": "Bearer", "expires_in": 300}
SECRET = Auth(AuthKind.CLIENT_CREDENTIALS, "us", scope="system/*.rs", secret="pass:word")
NO_TOKEN = Unfetched(Outcome.FAILED, Reason.UNAUTHORISED, 200)


async def ask(client):
    async with client.asking() as asking:
        return await asking.get(f"{client.config.base_url}/x", {})


async def ask_with(auth, token_answer, surroundings, times=1):
    async with stub_source(token_answer) as tokens, stub_source(answer(b"{}")) as source:
        auth = replace(auth, token_url=f"{tokens.url}/token")
        async with client_for(source.url, surroundings, auth=auth) as client:
            results = await asyncio.gather(*(ask(client) for _ in range(times)))
    return results[0], tokens, source


@pytest.mark.parametrize("kind", [AuthKind.NONE, AuthKind.MTLS, AuthKind.SPINE_JWT])
async def test_a_source_without_a_token_is_shown_none(surroundings, kind):
    _, tokens, source = await ask_with(Auth(kind), answer(TOKEN), surroundings)

    assert "authorization" not in source.asked[0].headers
    assert tokens.connections == 0


async def test_a_fixed_token_is_shown(surroundings):
    auth = Auth(AuthKind.BEARER, secret="fixed")
    _, _, source = await ask_with(auth, answer(TOKEN), surroundings)

    assert source.asked[0].headers["authorization"] == "Bearer fixed"


@pytest.mark.parametrize("token", ["", "a b", "a\r\nHost: b", "é", "=a"])
def test_a_token_that_could_break_its_header_is_refused(token):
    with pytest.raises(ValueError, match=r"^A bearer token has only"):
        bearer(token)


async def test_a_token_is_fetched_once_for_callers_at_once_and_goes_to_the_source_alone(
    surroundings,
):
    result, tokens, source = await ask_with(SECRET, answer(TOKEN), surroundings, times=5)

    assert isinstance(result, Fetched)
    assert {asked.headers["authorization"] for asked in source.asked} == {"Bearer token-1"}
    [asked] = tokens.asked
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["system/*.rs"],
    }
    scheme, _, pair = asked.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair)) == ("Basic", b"us:pass%3Aword")


async def test_a_token_is_renewed_half_a_minute_before_it_expires(surroundings, monotonic):
    async with stub_source(answer(TOKEN)) as tokens, stub_source(answer(b"{}")) as source:
        auth = replace(SECRET, token_url=f"{tokens.url}/token")
        async with client_for(source.url, surroundings, auth=auth) as client:
            await ask(client)
            monotonic.seconds += 269
            await ask(client)
            assert len(tokens.asked) == 1
            monotonic.seconds += 1
            await ask(client)

    assert len(tokens.asked) == 2


async def test_a_token_that_the_source_refuses_is_dropped(surroundings):
    async with stub_source(answer(TOKEN)) as tokens, stub_source(answer(b"", 401)) as source:
        auth = replace(SECRET, token_url=f"{tokens.url}/token")
        async with client_for(source.url, surroundings, auth=auth) as client:
            await ask(client)
            await ask(client)

    assert len(tokens.asked) == 2


@pytest.mark.parametrize(
    "token_answer",
    [
        answer(b"<html>", content_type="text/html"),
        answer({"token": "x"}),
        answer({**TOKEN, "access_token": "a\r\nHost: b"}),
        answer({**TOKEN, "expires_in": "soon"}),
    ],
    ids=["no JSON", "no token", "evil token", "no number"],
)
async def test_a_token_answer_that_is_none_fails_the_source_unasked(surroundings, token_answer):
    result, _, source = await ask_with(SECRET, token_answer, surroundings)

    assert result == NO_TOKEN
    assert source.connections == 0


async def test_an_endpoint_that_refuses_us_fails_the_source(surroundings):
    result, _, _ = await ask_with(SECRET, answer({}, 400), surroundings)

    assert result == Unfetched(Outcome.FAILED, Reason.UNAUTHORISED, 400)


async def test_so_08_a_token_endpoint_that_redirects_is_not_followed(surroundings):
    async with stub_source(answer(TOKEN)) as other:
        redirect = answer(b"", 307, location=other.url)
        result, _, _ = await ask_with(SECRET, redirect, surroundings)

    assert result == Unfetched(Outcome.FAILED, Reason.REDIRECT, 307)
    assert other.connections == 0


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("RS384", jwk.RSAKey.generate_key(2048)), ("ES384", jwk.ECKey.generate_key("P-384"))],
)
async def test_a_private_key_signs_a_short_assertion_for_the_endpoint(surroundings, algorithm, key):
    auth = Auth(
        AuthKind.PRIVATE_KEY_JWT,
        "us",
        key_id="key-1",
        algorithm=algorithm,
        private_key=key.as_pem(private=True).decode(),
    )
    _, tokens, _ = await ask_with(auth, answer(TOKEN), surroundings)

    form = parse_qs(tokens.asked[0].body.decode())
    token = jwt.decode(form["client_assertion"][0], key, algorithms=[algorithm])
    assert token.header["kid"] == "key-1"
    assert (token.claims["iss"], token.claims["sub"]) == ("us", "us")
    assert token.claims["aud"] == f"{tokens.url}/token"
    assert token.claims["exp"] - token.claims["iat"] == 240
