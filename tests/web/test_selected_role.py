"""The role that a provider selected counts, in whichever of its two tokens it says so."""

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from adapters.simulators.demo_users import DEMO_USERS, USERS_WITH_SEVERAL_ROLES
from adapters.simulators.identity_tokens import TokenMaker
from gateway.compact_tokens import read_compact, read_object
from gateway.wiring import now
from tests.london import AUDIENCE
from tests.stack import issuer_at, running_stack

GP, ANALYST, OPERATOR = "555211000123", "555211000201", "555211000202"
SEVERAL, ONE = USERS_WITH_SEVERAL_ROLES["gp-analyst"], DEMO_USERS["nurse"]


def saying(token, key, **more):
    """Sign an id token again that says more."""
    read = read_compact(token)
    return jwt.encode(dict(read.header), {**read_object(read.payload), **more}, key)


@asynccontextmanager
async def token_endpoint(answer):
    async def give(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(answer).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(give, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"


@pytest.fixture
async def signed_in(london, template, tmp_path, compiled):
    """Give what signs a user in with an id token that says more; it gives answer, cookies and audit."""
    issuer = london.addresses["identity"]
    answer = {"token_type": "Bearer"}

    async def sign_in(stack, user, **selected):
        maker = TokenMaker(issuer, AUDIENCE, london.signing_key, now, lambda: "an-id")
        asked = parse_qs(urlsplit((await stack.client.get("/sign-in")).headers["location"]).query)
        answer["access_token"] = maker.access_token(user, "scr-web", "openid")
        plain = maker.id_token(user, "scr-web", asked["nonce"][0])
        answer["id_token"] = saying(plain, london.signing_key, **selected)
        back = f"/sign-in/callback?code=c&state={asked['state'][0]}"
        return await stack.client.get(back), (await stack.audit())[-1]

    async with token_endpoint(answer) as url:
        rows = [{**issuer_at(issuer), "token_url": url}]
        async with running_stack(london, template, tmp_path, compiled, issuer=rows) as stack:
            yield lambda user, **selected: sign_in(stack, user, **selected)


async def test_without_a_selection_there_is_a_choice_to_make(signed_in):
    answer, entry = await signed_in(SEVERAL)

    assert (answer.status_code, entry["who"]["role"]) == (303, "")


@pytest.mark.parametrize(("profile", "role"), [(GP, "gp"), (ANALYST, "public_health_planner")])
async def test_the_role_that_the_id_token_names_is_the_only_one(signed_in, profile, role):
    answer, entry = await signed_in(SEVERAL, selected_roleid=profile)

    assert (answer.status_code, entry["action"], entry["who"]["role"]) == (303, "signed-in", role)


@pytest.mark.parametrize("profile", [OPERATOR, "999", ONE.role_profile_id])
async def test_a_selected_role_that_gives_no_access_leaves_no_other(signed_in, profile):
    answer, entry = await signed_in(SEVERAL, selected_roleid=profile)

    assert (answer.status_code, entry["reason"]) == (400, "tokens-differ")


async def test_two_tokens_that_name_different_roles_sign_nobody_in(signed_in):
    same, _entry = await signed_in(ONE)
    other, entry = await signed_in(ONE, selected_roleid=GP)

    assert (same.status_code, other.status_code) == (303, 400)
    assert entry["reason"] == "tokens-differ"


@pytest.mark.parametrize("odd", [7, [GP], "", None])
async def test_a_selection_that_is_no_text_signs_nobody_in(signed_in, odd):
    answer, entry = await signed_in(SEVERAL, selected_roleid=odd)

    assert (answer.status_code, entry["reason"]) == (400, "token-refused")
