"""The provider's key set fails, lies or changes: the last good keys stand for a day, then nobody gets in."""

import asyncio

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.issuer_keys import KEY_SET_BYTES, KEYS_LAST, KEYS_LAST_WITHOUT_ISSUER
from tests.adapters.stub_source import answer, hangs, response, stub_source
from tests.safety.gate import EC, JSON, RSA, Gate, gate, signed
from tests.tokens import AT, public

__all__ = ["gate"]

TEN_MEGABYTES = b" " * 10_000_000
NEW = ECKey.generate_key("P-256", {"kid": "new"})
A_WEEK = {"exp": AT + 7 * 86_400}


async def drips(_asked, writer):
    """Misbehave: one byte, and the next one never in time."""
    whole = response(b'{"keys": []}' + b" " * 100, content_type=JSON)
    for byte in whole:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


FAILING = {
    "500": answer({}, 500),
    "ten megabytes": answer(TEN_MEGABYTES, content_type=JSON),
    "a byte too many": answer(b" " * (KEY_SET_BYTES + 1), content_type=JSON),
    "no set": answer({}, content_type=JSON),
    "slow drip": drips,
    "silence": hangs,
}


@pytest.mark.parametrize("behaviour", FAILING.values(), ids=FAILING)
async def test_au_11_while_the_provider_fails_its_last_good_keys_stand_for_a_day(
    gate: Gate, monkeypatch, behaviour
):
    monkeypatch.setattr("gateway.issuer_keys.FETCH_SECONDS", 0.2)
    assert await gate.opens_for(signed(**A_WEEK))
    gate.keys.behave = behaviour

    gate.clock.passes(seconds=KEYS_LAST_WITHOUT_ISSUER.total_seconds())
    assert await gate.opens_for(signed(**A_WEEK))
    gate.clock.passes(seconds=1)

    refused = await gate.asks(signed(**A_WEEK))
    assert (refused.status_code, refused.json()["resourceType"]) == (503, "OperationOutcome")


@pytest.mark.parametrize("behaviour", FAILING.values(), ids=FAILING)
async def test_au_11_without_any_good_keys_nobody_gets_in(gate: Gate, monkeypatch, behaviour):
    monkeypatch.setattr("gateway.issuer_keys.FETCH_SECONDS", 0.2)
    gate.keys.behave = behaviour

    assert (await gate.asks(signed())).status_code == 503
    assert await gate.rows() == []


async def test_au_11_a_redirect_of_the_key_set_is_never_followed(gate: Gate):
    async with stub_source(answer({"keys": [public(EC)]}, content_type=JSON)) as elsewhere:
        gate.keys.behave = answer({}, 302, location=f"{elsewhere.url}/jwks")

        assert (await gate.asks(signed())).status_code == 503

    assert elsewhere.connections == 0


def weak_rsa():
    return RSAKey.generate_key(1024, {"kid": "weak"}), {"alg": "RS256"}


def shared_secret():
    return OctKey.import_key(b"s" * 64, {"kid": "secret"}), {"alg": "HS256"}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("make", [weak_rsa, shared_secret])
async def test_au_11_weak_keys_and_shared_secrets_of_a_set_are_ignored(gate: Gate, make):
    key, header = make()
    gate.keys.gives(public(key), public(EC))

    assert not await gate.opens_for(signed(key, header))
    assert await gate.opens_for(signed())


async def test_au_11_an_id_that_stands_for_two_keys_stands_for_none(gate: Gate):
    gate.keys.gives(public(EC), public(NEW, kid="ec"), public(RSA))

    assert not await gate.opens_for(signed(EC))
    assert not await gate.opens_for(signed(NEW, {"kid": "ec"}))
    assert await gate.opens_for(signed(RSA))


async def test_au_12_the_first_request_with_a_new_key_is_served(gate: Gate):
    assert await gate.opens_for(signed(EC))
    gate.keys.gives(public(EC), public(NEW))
    gate.clock.passes(seconds=60)

    assert await gate.opens_for(signed(NEW))
    assert await gate.opens_for(signed(EC))


async def test_au_12_a_withdrawn_key_opens_nothing_after_five_minutes(gate: Gate):
    seen, unseen = signed(EC, **A_WEEK), signed(EC, sub="another", **A_WEEK)
    assert await gate.opens_for(seen)
    gate.keys.gives(public(NEW))

    gate.clock.passes(seconds=KEYS_LAST.total_seconds() + 1)

    assert not await gate.opens_for(seen)
    assert not await gate.opens_for(unseen)
    assert await gate.opens_for(signed(NEW, **A_WEEK))
