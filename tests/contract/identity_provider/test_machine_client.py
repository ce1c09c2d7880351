"""A machine signs in by its key, and by nothing that merely looks like it."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from joserfc.jwk import RSAKey

from adapters.simulators.demo_users import PLANNER_CLIENT
from tests.contract.identity_provider.asking import (
    ISSUER,
    RSA_KEY,
    STRANGERS_KEY,
    assertion,
    by_assertion,
    read_token,
)


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
