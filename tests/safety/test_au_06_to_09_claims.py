"""A token whose signature is right is still for one moment, one service, one issuer and one use."""

import json

import pytest
from joserfc.jwk import ECKey

from gateway.caller_settings import IssuerSettings
from gateway.token_claims import LEEWAY
from tests.adapters.stub_source import answer, stub_source
from tests.safety.gate import EC, JSON, Gate, gate, signed, usual, verifier_of
from tests.tokens import AT, AUDIENCE, ISSUER, public, signed_by_hand

__all__ = ["gate"]

SECONDS = int(LEEWAY.total_seconds())
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}
OTHER_ISSUER = "https://second.example"


@pytest.mark.parametrize(
    ("name", "value", "opens"),
    [
        ("exp", AT - SECONDS + 1, True),
        ("exp", AT - SECONDS, False),
        ("exp", AT - SECONDS - 1, False),
        ("nbf", AT + SECONDS, True),
        ("nbf", AT + SECONDS + 1, False),
        ("iat", AT + SECONDS, True),
        ("iat", AT + SECONDS + 1, False),
        ("exp", None, False),
        ("iat", None, False),
        *[(name, value, False) for name in ("exp", "nbf", "iat") for value in ("1", 1.5, -1, True)],
    ],
)
async def test_au_06_a_token_is_for_now_give_or_take_a_minute(gate: Gate, name, value, opens):
    assert await gate.opens_for(signed(**{name: value})) is opens


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity", b"9" * 5000])
async def test_au_06_a_number_that_is_no_instant_is_turned_away(gate: Gate, number):
    written = json.dumps(usual(exp=7_777_777)).encode().replace(b"7777777", number)

    assert not await gate.opens_for(signed_by_hand(HEADER, EC, written))


@pytest.mark.parametrize(
    "audience",
    [
        None,
        "https://other.example",
        AUDIENCE.upper(),
        AUDIENCE + "/",
        [],
        [AUDIENCE, "https://other.example"],
        {AUDIENCE: True},
    ],
)
async def test_au_07_a_token_for_another_service_is_turned_away(gate: Gate, audience):
    assert not await gate.opens_for(signed(aud=audience))


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE]])
async def test_au_07_a_token_for_this_service_alone_is_taken(gate: Gate, audience):
    assert await gate.opens_for(signed(aud=audience))


@pytest.mark.parametrize(
    ("client", "audience", "opens"),
    [
        ({"azp": "viewer"}, [AUDIENCE, "https://other.example"], True),
        ({"client_id": "viewer"}, ["https://other.example", AUDIENCE], True),
        ({"client_id": "viewer", "azp": "viewer"}, [AUDIENCE, "x"], True),
        ({"client_id": "viewer"}, ["https://other.example"], False),
        ({"client_id": "viewer", "azp": "other"}, [AUDIENCE, "x"], False),
        ({"client_id": "other"}, [AUDIENCE, "x"], False),
        ({"client_id": ["viewer"]}, [AUDIENCE, "x"], False),
        ({}, [AUDIENCE, "x"], False),
        ({}, AUDIENCE, False),
        ({"client_id": "other"}, AUDIENCE, False),
        ({"client_id": "viewer"}, AUDIENCE, True),
    ],
)
async def test_au_07_where_clients_are_listed_only_theirs_are_taken(
    gate: Gate, client, audience, opens
):
    gate.takes(clients=("viewer",))

    assert await gate.opens_for(signed(aud=audience, **client)) is opens


@pytest.mark.parametrize(
    "issuer", [None, "", "https://other.example", ISSUER + "/", ISSUER.upper(), [ISSUER], 1]
)
async def test_au_08_a_token_of_another_issuer_is_turned_away(gate: Gate, issuer):
    assert not await gate.opens_for(signed(iss=issuer))


async def test_au_08_a_token_of_one_provider_is_not_taken_for_anothers(gate: Gate):
    others = ECKey.generate_key("P-256", {"kid": "ec"})
    async with stub_source(answer({"keys": [public(others)]}, content_type=JSON)) as second:
        of_both(gate, f"{second.url}/jwks")

        assert await gate.opens_for(signed(EC))
        assert await gate.opens_for(signed(others, iss=OTHER_ISSUER))
        assert not await gate.opens_for(signed(others))
        assert not await gate.opens_for(signed(EC, iss=OTHER_ISSUER))


def of_both(gate: Gate, jwks_url: str) -> None:
    gate.takes()
    usual = {"audience": AUDIENCE, "smart_scopes": "honoured"}
    first = IssuerSettings(issuer=ISSUER, jwks_url=f"{gate.keys.stub.url}/jwks", **usual)
    second = IssuerSettings(issuer=OTHER_ISSUER, jwks_url=jwks_url, **usual)
    verifier = verifier_of(gate.stack, gate.clock, first, second)
    object.__setattr__(gate.stack.services, "verifier", verifier)


ID_TOKEN = {"aud": AUDIENCE, "nonce": "n", "sid": "s", "acr": "AAL3_ANY"}
LOGOUT_TOKEN = {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}, "sid": "s"}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("JWT", ID_TOKEN),
        (None, ID_TOKEN),
        ("at+jwt", ID_TOKEN),
        ("logout+jwt", LOGOUT_TOKEN),
        ("JWT", LOGOUT_TOKEN),
        ("at+jwt", LOGOUT_TOKEN),
        ("rt+jwt", {"token_use": "refresh"}),
        ("JWT", {"typ": "Refresh"}),
        ("JWT", {}),
        (None, {}),
        ("", {}),
    ],
)
async def test_au_09_another_kind_of_token_is_no_access_token(gate: Gate, kind, more):
    assert not await gate.opens_for(signed(EC, {"typ": kind}, **more))


async def test_au_09_a_refresh_token_that_is_no_jwt_is_turned_away(gate: Gate):
    assert not await gate.opens_for("GEbRxBN-edjnXbL-eKcXtCtUYWvHz_9bVLkrjPbD0kg")
