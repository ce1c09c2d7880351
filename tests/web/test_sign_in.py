import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.errors import NotAuthenticatedError, UnavailableError
from gateway.sign_in_client import Attempt, SignInProvider, exchange
from gateway.web.sessions import live_session
from tests.stack import running_stack, settings_for
from tests.web.factories import NOW
from tests.web.visitor import Visitor

ISSUER = "https://id.example"


async def actions(stack):
    return [row["action"] for row in await stack.audit()]


async def last_entry(stack):
    return (await stack.audit())[-1]


async def test_a_person_who_signs_in_comes_back_to_a_page_of_their_own(stack):
    answer = await Visitor(stack).sign_in()
    page = await stack.client.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Devi Raman" in page.text
    entry = await last_entry(stack)
    assert (entry["action"], entry["who"]["role"]) == ("signed-in", "ed_consultant")


async def test_the_provider_is_asked_for_a_code_with_a_proof_key(stack):
    address = await Visitor(stack).go_to_provider()

    asked = parse_qs(urlsplit(address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://gateway.test/sign-in/callback"]


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stack):
    answer = await Visitor(stack).sign_in()

    cookie = next(
        each for each in answer.headers.get_list("set-cookie") if each.startswith("session=")
    )
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


async def returned(stack, change=lambda address: address, forget=False):
    visitor = Visitor(stack)
    address = await visitor.answer_of_provider(await visitor.go_to_provider())
    if forget:
        stack.client.cookies.clear()
    return await stack.client.get(change(address))


async def assert_refused(stack, answer, reason=None):
    assert answer.status_code == 400
    assert "session" not in stack.client.cookies
    entry = await last_entry(stack)
    assert entry["action"] == "sign-in-failed"
    assert reason is None or entry["reason"] == reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("state=", "state=x", "other-state"),
        ("state=", "estate=", "other-state"),
        ("code=", "code=x", "token-refused"),
        ("code=", "code=%20", "token-refused"),
        ("code=", "error=access_denied&error_description=", "provider-refused"),
        ("iss=http", "iss=https", "other-issuer"),
        ("code=", "next=//evil.example&code=", "unknown-answer"),
        ("code=", "code=a&code=", "ambiguous-answer"),
    ],
)
async def test_au_13_an_answer_that_is_not_to_our_question_begins_no_session(
    stack, old, new, reason
):
    answer = await returned(stack, lambda address: address.replace(old, new, 1))

    await assert_refused(stack, answer, reason)


async def test_au_13_an_answer_in_another_browser_begins_no_session(stack):
    answer = await returned(stack, forget=True)

    await assert_refused(stack, answer, "no-attempt")


async def test_au_13_the_state_of_another_browser_begins_no_session(stack):
    visitor = Visitor(stack)
    others = await visitor.answer_of_provider(await visitor.go_to_provider())
    await visitor.go_to_provider()

    await assert_refused(stack, await stack.client.get(others), "other-state")


async def test_au_13_an_answer_is_taken_once(stack):
    visitor = Visitor(stack)
    address = await visitor.answer_of_provider(await visitor.go_to_provider())
    secret = stack.client.cookies["sign-in"]
    await stack.client.get(address)
    stack.client.cookies.clear()

    stack.client.cookies.set("sign-in", secret)
    await assert_refused(stack, await stack.client.get(address), "token-refused")


async def test_au_13_a_code_needs_its_own_verifier(stack):
    visitor = Visitor(stack)
    first = await visitor.answer_of_provider(await visitor.go_to_provider())
    second = parse_qs(urlsplit(await visitor.go_to_provider()).query)
    state = parse_qs(urlsplit(first).query)["state"][0]

    answer = await stack.client.get(first.replace(state, second["state"][0]))

    await assert_refused(stack, answer, "token-refused")


async def test_au_14_a_session_cookie_set_beforehand_is_replaced(stack):
    stack.client.cookies.set("session", "a" * 43)

    await Visitor(stack).sign_in()

    ids = [each.value for each in stack.client.cookies.jar if each.name == "session"]
    assert await live_session(stack.services, "a" * 43) is None
    assert any(value != "a" * 43 for value in ids)


async def test_au_14_signing_in_again_ends_the_session_before(stack):
    visitor = Visitor(stack)
    await visitor.sign_in()
    before = stack.client.cookies["session"]

    await visitor.sign_in("nurse")

    assert await live_session(stack.services, before) is None
    assert await live_session(stack.services, stack.client.cookies["session"]) is not None


async def test_ui_02_a_form_from_another_origin_signs_nobody_out(stack):
    visitor = Visitor(stack)
    await visitor.sign_in()
    token = await visitor.form_token()

    for headers, sent in (({"Origin": "https://evil.example"}, token), ({}, "guess")):
        answer = await stack.client.post("/sign-out", data={"form_token": sent}, headers=headers)
        assert answer.status_code == 403
    assert "signed-out" not in await actions(stack)


async def test_au_18_a_session_and_a_token_together_are_refused(stack):
    await Visitor(stack).sign_in()

    answer = await stack.get("nurse", "/find")

    assert answer.status_code == 400


@pytest.mark.parametrize("at", [0, 10**11 - 1, 10**11, 10**12 - 1, 10**12])
async def test_a_try_of_an_impossible_moment_is_none(stack, at):
    forged = f"{at}.{'A' * 43}"

    assert Attempt.read(ISSUER, forged, NOW) is None
    stack.client.cookies.set("sign-in", forged, domain="gateway.test", path="/")
    answer = await stack.client.get("/sign-in/callback?code=c&state=s")
    await assert_refused(stack, answer, "no-attempt")


def test_a_try_to_sign_in_is_forgotten_after_ten_minutes():
    attempt = Attempt.begin(ISSUER, NOW, b"r" * 32)

    assert Attempt.read(ISSUER, attempt.secret, NOW + timedelta(minutes=9)).state == attempt.state
    for later in (NOW + timedelta(minutes=10), NOW - timedelta(minutes=1)):
        assert Attempt.read(ISSUER, attempt.secret, later) is None
    assert Attempt.read(ISSUER, "x" * 50, NOW) is None


def test_what_is_told_to_the_provider_does_not_tell_what_is_kept_from_it():
    attempt = Attempt.begin(ISSUER, NOW, b"r" * 32)

    assert len({attempt.state, attempt.nonce, attempt.verifier, attempt.secret}) == 4
    assert attempt.secret not in repr(attempt)


@pytest.mark.parametrize("user", ["planner", "policy-admin"])
async def test_people_who_may_see_nobody_can_sign_in_and_are_told_so(stack, user):
    visitor = Visitor(stack)
    await visitor.sign_in(user)

    answer = await visitor.post("/find", nhs_number="999 000 0018")

    assert answer.status_code == 403
    assert "direct care" in answer.text


@asynccontextmanager
async def provider_saying(body):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield SignInProvider("k", "n", "i", "c", "a", f"http://127.0.0.1:{port}/token", "r")


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"<html>", b'{"access_token":1}', b'{"access_token":"\xe9"}']
)
async def test_an_answer_of_the_provider_that_cannot_be_read_is_no_sign_in(body):
    async with provider_saying(body) as provider:
        with pytest.raises(UnavailableError):
            await exchange(provider, "code", "verifier")


async def test_a_token_of_another_kind_is_no_sign_in():
    body = b'{"access_token":"a","id_token":"i","token_type":"DPoP"}'

    async with provider_saying(body) as provider:
        with pytest.raises(NotAuthenticatedError):
            await exchange(provider, "code", "verifier")


@pytest.fixture
async def stack_with(london, template, tmp_path, compiled):
    @asynccontextmanager
    async def running(**issuer):
        row = settings_for(london, tmp_path, tmp_path).issuer[0].model_dump() | issuer
        async with running_stack(london, template, tmp_path, compiled, issuer=[row]) as stack:
            yield stack

    return running


async def test_without_an_answer_of_the_provider_there_is_no_session(stack_with):
    async with stack_with(token_url="http://127.0.0.1:9/token") as stack:
        answer = await returned(stack)

        assert answer.status_code == 503
        assert (await last_entry(stack))["reason"] == "provider-unavailable"


async def test_without_a_provider_nobody_can_sign_in(stack_with):
    async with stack_with(client_id=None) as stack:
        start, sign_in = await stack.client.get("/"), await stack.client.get("/sign-in")

    assert "Nobody can sign in here" in start.text
    assert sign_in.status_code == 404


async def test_a_try_begins_at_the_one_address_that_the_provider_returns_to(
    london, template, tmp_path, compiled
):
    other = {"allowed_hosts": ("localhost:80",)}
    async with running_stack(london, template, tmp_path, compiled, **other) as stack:
        answer = await stack.client.get("/sign-in", headers={"Host": "localhost:80"})

    assert answer.headers["location"] == "http://gateway.test/sign-in/with/default"
