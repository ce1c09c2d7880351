"""Who may sign a token, with what, and for how long that stands."""

import hmac

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from gateway import identity
from gateway.errors import NoRoleError, NotAuthenticatedError, UnavailableError
from gateway.identity import Issuer
from gateway.issuer_keys import KEYS_LAST
from tests.store_factories import anyio_backend
from tests.tokens import (
    AUDIENCE,
    EC,
    ISSUER,
    NOW,
    RSA,
    Clock,
    KeySetAt,
    claims,
    forged,
    part,
    public,
    signed_by_hand,
    token,
    verifier,
)

__all__ = ["anyio_backend"]


async def is_refused(text, *keys, **changes):
    with pytest.raises(NotAuthenticatedError):
        await verifier(*keys, **changes).principal(text)
    return True


@pytest.mark.parametrize("key", [EC, RSA])
async def test_a_token_signed_by_the_issuers_key_is_taken(key):
    signed = await verifier().signed(token(key))

    assert (signed.claims["sub"], signed.header["kid"]) == ("u1", key.kid)
    assert signed.issuer.issuer == ISSUER
    assert "Example" not in repr(signed)


@pytest.mark.parametrize("name", ["none", "None", "nOnE", "NONE", ""])
@pytest.mark.parametrize("signature", [b"x", b""])
async def test_a_token_without_an_algorithm_is_refused(name, signature):
    assert await is_refused(forged({"alg": name, "typ": "at+jwt", "kid": "ec"}, None, signature))


def secrets_of(key):
    """Give what an attacker knows of a public key, in the forms that a careless verifier might take."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return {
        "PEM": key.public_key.public_bytes(serialization.Encoding.PEM, form),
        "DER": key.public_key.public_bytes(serialization.Encoding.DER, form),
        "modulus": public(key)["n"].encode(),
    }


@pytest.mark.parametrize("form", ["PEM", "DER", "modulus"])
async def test_a_public_key_is_no_shared_secret(form):
    signed = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'rsa'})}.{part(claims())}"

    mac = hmac.digest(secrets_of(RSA)[form], signed.encode(), "sha256")

    assert await is_refused(f"{signed}.{part(mac)}")


async def test_the_algorithms_are_the_issuers_not_the_tokens():
    assert await is_refused(token(RSA), algorithms=("ES256",))
    assert await is_refused(token(EC), algorithms=("RS256",))


@pytest.mark.parametrize(("key", "kid"), [(EC, "rsa"), (RSA, "ec")])
async def test_a_key_of_another_kind_does_not_fit(key, kid):
    assert await is_refused(token(key, {"kid": kid}))


async def test_a_key_on_another_curve_does_not_fit():
    other = ECKey.generate_key("P-384", {"kid": "ec"})

    assert await is_refused(token(EC), other)


@pytest.mark.parametrize("changes", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"alg": "ES384"}])
async def test_a_key_that_is_for_something_else_does_not_fit(changes):
    fetch = KeySetAt()
    fetch.document = {"keys": [public(EC, **changes)]}

    assert await is_refused(token(EC), fetch=fetch)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_an_edwards_key_is_taken_only_where_it_is_allowed_and_can_sign():
    signs = OKPKey.generate_key("Ed25519", {"kid": "ok"})
    text = token(signs, {"alg": "EdDSA"})
    agrees = OKPKey.generate_key("X25519", {"kid": "ok"})

    assert await verifier(signs, algorithms=("EdDSA",)).principal(text)
    assert await is_refused(text, signs)
    assert await is_refused(text, agrees, algorithms=("EdDSA",))


@pytest.mark.parametrize(
    "kid",
    [None, "", "unknown", "EC", ["ec"], {"ec": 1}, 1, "../../etc/passwd", "' or 1=1", "ec\0"],
)
async def test_a_key_id_that_is_missing_or_unknown_is_refused(kid):
    assert await is_refused(forged({"alg": "ES256", "typ": "at+jwt", "kid": kid}))


async def test_a_key_that_the_token_brings_along_is_not_believed():
    attacker = ECKey.generate_key("P-256", {"kid": "ec"})
    brought = {"jwk": public(attacker), "jku": "https://attacker.example/jwks"}

    assert await is_refused(token(attacker, brought))


async def test_a_signature_over_something_else_is_refused():
    header, _body, signature = token().split(".")
    other = token(sub="u2").split(".")[1]

    assert await is_refused(f"{header}.{other}.{signature}")
    assert await is_refused(f"{header}.{other}.{signature[:-4]}AAAA")


async def test_a_header_that_must_be_understood_and_is_not_is_refused():
    usual = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}

    assert await verifier().principal(signed_by_hand(usual))
    assert await is_refused(signed_by_hand({**usual, "crit": ["x"], "x": 1}))
    assert await is_refused(signed_by_hand({**usual, "crit": ["b64"], "b64": False}))


async def test_a_token_of_one_issuer_is_not_taken_for_anothers():
    other = ECKey.generate_key("P-256", {"kid": "ec"})
    issuers = (
        Issuer(ISSUER, AUDIENCE, KeySetAt(EC)),
        Issuer("https://second.example", AUDIENCE, KeySetAt(other)),
    )
    checks = verifier(issuers=issuers)

    assert await checks.principal(token(EC))
    assert await checks.principal(token(other, iss="https://second.example"))
    for text in (token(other), token(EC, iss="https://second.example")):
        with pytest.raises(NotAuthenticatedError):
            await checks.principal(text)


OTHER = ECKey.generate_key("P-256", {"kid": "ec"})
SECOND = "https://second.example"


def two_providers(**of_the_second):
    first = Issuer(ISSUER, AUDIENCE, KeySetAt(EC), others_words=frozenset({"second"}))
    second = Issuer(SECOND, AUDIENCE, KeySetAt(OTHER), subjects="second", **of_the_second)
    return verifier(issuers=(first, second))


async def test_one_subject_of_two_providers_is_two_people():
    checks = two_providers()

    first = await checks.principal(token(EC, sub="555"))
    second = await checks.principal(token(OTHER, iss=SECOND, sub="555"))

    assert (first.user_id, second.user_id) == ("555", "second:555")


async def test_a_subject_that_reads_as_another_providers_is_refused():
    checks = two_providers()

    assert (await checks.principal(token(EC, sub="third:555"))).user_id == "third:555"
    for subject in ("second:555", "second"):
        with pytest.raises(NotAuthenticatedError, match="another provider"):
            await checks.principal(token(EC, sub=subject))


async def test_a_provider_speaks_for_its_own_organisations_alone():
    text = token(OTHER, iss=SECOND)
    principal = await two_providers().principal(text)
    elsewhere = two_providers(organisations=frozenset({"X99"}))

    assert two_providers(organisations=frozenset({principal.organisation})).has_place(
        principal, SECOND
    )
    assert not elsewhere.has_place(principal, SECOND)
    with pytest.raises(NoRoleError, match="does not speak for"):
        await elsewhere.principal(text)


async def test_without_keys_nobody_gets_in():
    fetch = KeySetAt()
    fetch.document = None

    with pytest.raises(UnavailableError):
        await verifier(fetch=fetch).principal(token())


async def test_a_checked_token_is_remembered():
    checks = verifier(EC)

    assert await checks.principal(token_once()) is await checks.principal(token_once())


TOKENS: list[str] = []


def token_once():
    TOKENS[:] = TOKENS or [token()]
    return TOKENS[0]


async def test_a_remembered_token_does_not_outlive_its_key():
    fetch, clock = KeySetAt(EC), Clock()
    checks, text = verifier(fetch=fetch, clock=clock), token(exp=int(NOW.timestamp()) + 3600)
    await checks.principal(text)
    fetch.document = {"keys": [public(RSA)]}

    clock.now = NOW + KEYS_LAST
    assert await checks.principal(text)
    clock.passes(seconds=1)

    with pytest.raises(NotAuthenticatedError):
        await checks.principal(text)


async def test_a_key_that_was_exchanged_under_the_same_id_ends_its_tokens():
    fetch, clock = KeySetAt(EC), Clock()
    checks, text = verifier(fetch=fetch, clock=clock), token()
    await checks.principal(text)
    fetch.document = {"keys": [public(ECKey.generate_key("P-256", {"kid": "ec"}))]}
    clock.passes(seconds=KEYS_LAST.total_seconds() + 1)

    with pytest.raises(NotAuthenticatedError):
        await checks.principal(text)


async def test_a_token_with_a_new_key_is_taken_at_once():
    fetch, clock = KeySetAt(EC), Clock()
    checks = verifier(fetch=fetch, clock=clock)
    await checks.principal(token())
    clock.passes(seconds=60)
    fetch.document = {"keys": [public(EC), public(RSA)]}

    assert await checks.principal(token(RSA))


async def test_so_many_tokens_are_remembered_and_no_more(monkeypatch):
    monkeypatch.setattr(identity, "TOKENS_REMEMBERED", 2)
    checks = verifier(EC)

    for number in range(3):
        await checks.principal(token(sub=f"u{number}"))

    assert [known.principal.user_id for known in checks._remembered.values()] == ["u2"]


async def test_two_tokens_of_one_user_are_two_sessions():
    checks = verifier()

    one, other = await checks.principal(token(EC)), await checks.principal(token(RSA))

    assert one.user_id == other.user_id
    assert one.token_hash != other.token_hash


async def test_an_rsa_key_with_another_padding_is_refused():
    text = jwt.encode(
        {"alg": "PS256", "typ": "at+jwt", "kid": "rsa"}, claims(), RSA, algorithms=["PS256"]
    )

    assert await is_refused(text)
