"""Who did not sign in, or signed with what is not the provider's key, is turned away, and no source is asked."""

import hmac

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey

from tests.adapters.stub_source import answer, stub_source
from tests.safety.gate import EC, RSA, Gate, gate, signed, usual
from tests.tokens import forged, part, public, signed_by_hand

__all__ = ["gate"]

ATTACKERS = ECKey.generate_key("P-256", {"kid": "ec"})


async def test_the_gate_opens_for_the_providers_own_tokens(gate: Gate):
    assert await gate.opens_for(signed(EC))
    assert await gate.opens_for(signed(RSA))


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "Basic dTpw"}])
async def test_au_01_a_caller_without_a_bearer_token_is_turned_away(gate: Gate, headers):
    path = f"/fhir/Patient/{gate.stack.patient('everything')}"

    gate.turned_away(await gate.stack.client.get(path, headers=headers))

    assert await gate.rows() == []


async def test_au_01_two_authorization_headers_are_a_bad_request(gate: Gate):
    path = f"/fhir/Patient/{gate.stack.patient('everything')}"
    twice = [("Authorization", f"Bearer {signed()}"), ("Authorization", f"Bearer {signed(RSA)}")]

    found = await gate.stack.client.get(path, headers=twice)

    assert (found.status_code, found.json()["resourceType"]) == (400, "OperationOutcome")
    assert await gate.rows() == []


@pytest.mark.parametrize("name", ["none", "None", "NoNe", "nOnE", "NONE", ""])
@pytest.mark.parametrize("signature", [b"", b"x"])
async def test_au_02_a_token_without_an_algorithm_is_turned_away(gate: Gate, name, signature):
    header = {"alg": name, "typ": "at+jwt", "kid": "ec"}

    assert not await gate.opens_for(forged(header, usual(), signature))


async def test_au_02_a_good_token_without_its_signature_is_turned_away(gate: Gate):
    assert not await gate.opens_for(signed().rpartition(".")[0] + ".")


SECRETS = {
    "PEM": RSA.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "PKCS 1": RSA.public_key.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
    "DER": RSA.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "modulus": public(RSA)["n"].encode(),
}


@pytest.mark.parametrize("form", SECRETS)
@pytest.mark.parametrize(("name", "digest"), [("HS256", "sha256"), ("HS512", "sha512")])
async def test_au_03_the_providers_public_key_is_no_shared_secret(gate: Gate, form, name, digest):
    said = f"{part({'alg': name, 'typ': 'at+jwt', 'kid': 'rsa'})}.{part(usual())}"

    mac = hmac.digest(SECRETS[form], said.encode(), digest)

    assert not await gate.opens_for(f"{said}.{part(mac)}")


@pytest.mark.parametrize("key", [ATTACKERS, EC], ids=["attacker's key", "own key"])
@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
async def test_au_04_a_key_that_a_token_brings_along_is_never_fetched(gate: Gate, name, key):
    async with stub_source(answer({"keys": [public(ATTACKERS)]})) as attacker:
        brought = {"jwk": public(ATTACKERS), "x5c": [part(b"certificate")]}
        header = {name: brought.get(name, f"{attacker.url}/jwks")}

        assert not await gate.opens_for(signed_by_hand(usual_header(header), key, usual()))

    assert attacker.connections == 0


def usual_header(more):
    return {"alg": "ES256", "typ": "at+jwt", "kid": "ec", **more}


@pytest.mark.parametrize(
    "kid",
    [
        None,
        "",
        "unknown",
        "EC",
        "k" * 10_000,
        "../../etc/passwd",
        "' OR 1=1 --",
        "ec\x00",
        ["ec"],
        {"ec": 1},
        0,
        True,
    ],
    ids=repr,
)
async def test_au_05_a_key_id_that_names_no_key_is_turned_away(gate: Gate, kid):
    header = {name: each for name, each in usual_header({"kid": kid}).items() if each is not None}

    assert not await gate.opens_for(signed_by_hand(header, EC, usual()))


async def test_au_05_a_thousand_unknown_key_ids_are_at_most_one_fetch_a_minute(gate: Gate):
    assert await gate.opens_for(signed())
    fetched = gate.keys.fetched
    gate.clock.passes(seconds=60)

    for number in range(1000):
        answer = await gate.asks(forged(usual_header({"kid": f"k{number}"}), usual()))
        assert answer.status_code == 401

    assert gate.keys.fetched == fetched + 1
    assert await gate.opens_for(signed())


async def test_au_05_a_key_of_another_kind_under_the_right_id_is_turned_away(gate: Gate):
    other = RSAKey.generate_key(2048, {"kid": "ec"})

    assert not await gate.opens_for(signed(other, {"alg": "RS256"}))
