"""Providers of other makers: their sign-in, their machines' tokens and their logout are taken, their bad tokens refused."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urljoin

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from gateway.web.back_channel import LOGOUT_PATH
from gateway.web.sessions import live_session
from tests.adapters.stub_source import Stub, answer, stub_source
from tests.clients.node import serving_node
from tests.london import AUDIENCE, London
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.usefixtures("node_packages")

CONSULTANT = {"person_roleid": "555021540199", "org_code": "RRV", "role_code": "S0010:G0020:R0050"}
CLAIMS = {
    "family_name": "Independent",
    "given_name": "Ida",
    "nhsid_nrbac_roles": [CONSULTANT],
    "selected_roleid": CONSULTANT["person_roleid"],
    "purpose_of_use": ["TREAT"],
    "id_assurance_level": "3",
    "authentication_assurance_level": "3",
}
MACHINES: Mapping[str, Key] = {
    "RS384": RSAKey.generate_key(2048, {"kid": "machine"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "machine"}),
}


@dataclass(frozen=True)
class Elsewhere:
    """A gateway that takes a provider of another maker, and what that provider called."""

    stack: Stack
    issuer: str
    called: Stub


def oidc_task(logout: str, alg: str) -> dict[str, Any]:
    machines = {
        f"machine-{each}": {"alg": each, "jwk": key.as_dict(private=False)}
        for each, key in MACHINES.items()
    }
    return {
        "redirect": "http://gateway.test/sign-in/callback",
        "logout": logout,
        "audience": AUDIENCE,
        "claims": CLAIMS,
        "alg": alg,
        "machines": machines,
    }


def row_of(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "audience": AUDIENCE,
        "jwks_url": f"{issuer}/jwks",
        "client_id": "scr-web",
        "authorize_url": f"{issuer}/auth",
        "token_url": f"{issuer}/token",
        "smart_scopes": "honoured",
    }


@pytest.fixture(params=["ES256", "RS256"])
async def elsewhere(
    request: Any, london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Elsewhere]:
    async with (
        stub_source(answer(b"")) as called,
        serving_node("oidc_issuer.mjs", oidc_task(called.url, request.param)) as told,
        running_stack(
            london, template, tmp_path, compiled, issuer=[row_of(told["issuer"])]
        ) as stack,
    ):
        yield Elsewhere(stack, told["issuer"], called)


@asynccontextmanager
async def browser() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=False) as client:
        yield client


async def followed(client: httpx2.AsyncClient, address: str) -> httpx2.Response:
    """Go where the provider leads, as far as it stays with itself."""
    found = await client.get(address)
    while found.is_redirect and "gateway.test" not in found.headers["location"]:
        found = await client.get(urljoin(str(found.url), found.headers["location"]))
    return found


async def sent(client: httpx2.AsyncClient, page: httpx2.Response, **more: str) -> httpx2.Response:
    """Fill in the page's first form and send it."""
    action = re.findall(r'action="([^"]+)"', page.text)[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
    found = await client.post(urljoin(str(page.url), action), data={**fields, **more})
    assert found.is_redirect, found.text
    if "gateway.test" in found.headers["location"]:
        return found
    return await followed(client, urljoin(str(found.url), found.headers["location"]))


async def signed_in(there: Elsewhere, client: httpx2.AsyncClient) -> None:
    """Sign in at the provider as a browser would, and come back to the pages."""
    start = await there.stack.client.get("/sign-in")
    login = await followed(client, start.headers["location"])
    back = await sent(client, login, login="ida", password="anything")
    came = await there.stack.client.get(back.headers["location"])
    assert (came.status_code, came.headers.get("location")) == (303, "/"), came.text


async def test_a_person_signs_in_at_another_makers_provider_and_opens_a_record(
    elsewhere: Elsewhere,
):
    async with browser() as client:
        await signed_in(elsewhere, client)

    stack = elsewhere.stack
    page = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert page.status_code == 200
    assert "Ida Independent" in page.text
    asked = [row for row in await stack.audit() if row["action"] == "asked"]
    assert {row["who"]["user_id"] for row in asked} == {"ida"}


async def signed_out(there: Elsewhere, client: httpx2.AsyncClient) -> None:
    """Sign out at the provider, and confirm it."""
    asked = await client.get(f"{there.issuer}/session/end")
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', asked.text))
    done = await client.post(
        f"{there.issuer}/session/end/confirm", data={**fields, "logout": "yes"}
    )
    assert done.is_redirect, done.text


async def test_au_15_another_makers_logout_ends_the_session(elsewhere: Elsewhere):
    stack = elsewhere.stack
    async with browser() as client:
        await signed_in(elsewhere, client)
        session_id = stack.client.cookies["session"]
        await signed_out(elsewhere, client)
    async with asyncio.timeout(10):
        await elsewhere.called.was_asked.wait()
    [call] = elsewhere.called.asked
    token = parse_qs(call.body.decode())["logout_token"][0]

    heard = [
        (await stack.client.post(LOGOUT_PATH, data={"logout_token": token})).status_code
        for _time in range(2)
    ]

    assert heard == [200, 400]
    assert await live_session(stack.services, session_id) is None


def assertion(issuer: str, alg: str, key: Key) -> str:
    at = int(time.time())
    claims = {
        "iss": f"machine-{alg}",
        "sub": f"machine-{alg}",
        "aud": issuer,
        "jti": token_urlsafe(),
        "iat": at,
        "exp": at + 60,
    }
    return jwt.encode({"alg": alg, "kid": "machine"}, claims, key, algorithms=[alg])


async def machine_token(issuer: str, alg: str, key: Key, scope: str) -> httpx2.Response:
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(issuer, alg, key),
    }
    async with browser() as client:
        return await client.post(f"{issuer}/token", data=form)


@pytest.mark.parametrize(("scope", "status"), [("records", 200), ("system/*.rs", 403)])
@pytest.mark.parametrize("alg", MACHINES)
async def test_the_access_token_of_a_machine_that_proves_itself_by_its_key_is_taken(
    elsewhere: Elsewhere, alg: str, scope: str, status: int
):
    # The scopes of a machine alone open no person's record: it is recognised, and then refused.
    stack = elsewhere.stack
    given = await machine_token(elsewhere.issuer, alg, MACHINES[alg], scope)
    stack.tokens["machine"] = given.json()["access_token"]

    record = await stack.get("machine", f"/fhir/Patient/{stack.patient('everything')}")

    asked = [row["who"]["user_id"] for row in await stack.audit() if row["action"] == "asked"]
    assert (record.status_code, asked) == (status, [f"machine-{alg}"])


async def test_a_machine_with_another_key_gets_no_token(elsewhere: Elsewhere):
    other = ECKey.generate_key("P-384", {"kid": "machine"})

    given = await machine_token(elsewhere.issuer, "ES384", other, "records")

    assert (given.status_code, given.json()["error"]) == (401, "invalid_client")


async def test_au_09_what_a_client_proves_itself_with_is_no_access_token(elsewhere: Elsewhere):
    stack = elsewhere.stack
    stack.tokens["machine"] = assertion(elsewhere.issuer, "ES384", MACHINES["ES384"])

    record = await stack.get("machine", f"/fhir/Patient/{stack.patient('everything')}")

    assert record.status_code == 401
