"""A provider says that a session is over, and it is; nothing but a logout token says so, and each says it once."""

from datetime import timedelta
from secrets import token_urlsafe

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from adapters.simulators.demo_users import DEMO_USERS
from gateway.compact_tokens import read_compact, read_object
from gateway.store.sign_ins import sign_in_of
from gateway.web.back_channel import LOGOUT_PATH
from gateway.web.sessions import hash_of, live_session
from gateway.wiring import now
from tests.stack import Stack, issuer_at, running_stack
from tests.web.visitor import Visitor

EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}
NURSE = DEMO_USERS["nurse"].user_id


def logout_token(stack: Stack, header=None, key=None, **changes):
    """Sign a logout token with the provider's key, changed as a test says; None leaves a claim out."""
    at = int(now().timestamp())
    usual = {
        "iss": stack.london.addresses["identity"],
        "aud": "scr-web",
        "iat": at,
        "exp": at + 120,
        "jti": token_urlsafe(),
        "sub": NURSE,
        "events": EVENT,
    }
    signing = key or stack.london.signing_key
    whole = {"typ": "logout+jwt", "alg": "ES256", "kid": stack.london.signing_key.thumbprint()}
    head = {name: each for name, each in {**whole, **(header or {})}.items() if each is not None}
    claims = {name: each for name, each in {**usual, **changes}.items() if each is not None}
    return jwt.encode(head, claims, signing)


async def tells(stack: Stack, token: str, **more: str):
    return await stack.client.post(LOGOUT_PATH, data={"logout_token": token, **more})


async def signed_in(stack: Stack, user: str = "nurse") -> tuple[str, str]:
    """Sign somebody in; give the session's id and the provider's own."""
    await Visitor(stack).sign_in(user)
    session_id = stack.client.cookies["session"]
    stack.client.cookies.clear()
    row = await stack.services.store.read(sign_in_of, hash_of(session_id))
    return session_id, row.provider_session


async def lives(stack: Stack, session_id: str) -> bool:
    return await live_session(stack.services, session_id) is not None


async def test_au_15_a_provider_ends_one_session(stack: Stack):
    first, its_own = await signed_in(stack)
    second, _other = await signed_in(stack)

    answer = await tells(stack, logout_token(stack, sub=None, sid=its_own))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [await lives(stack, each) for each in (first, second)] == [False, True]
    entry = (await stack.audit())[-1]
    assert (entry["action"], entry["sessions"]) == ("provider-signed-out", 1)


async def test_au_15_a_provider_ends_all_of_a_persons_sessions(stack: Stack):
    mine = [(await signed_in(stack))[0] for _time in range(2)]
    others, _their_own = await signed_in(stack, "ed-consultant")

    await tells(stack, logout_token(stack))

    assert [await lives(stack, each) for each in (*mine, others)] == [False, False, True]
    entry = (await stack.audit())[-1]
    assert (entry["user_id"], entry["sessions"]) == (NURSE, 2)


async def test_au_15_the_cookie_of_an_ended_session_opens_nothing(stack: Stack):
    session_id, its_own = await signed_in(stack)
    await tells(stack, logout_token(stack, sid=its_own))

    stack.client.cookies.set("session", session_id)
    page = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert (page.status_code, page.headers["location"]) == (303, "/")


async def test_au_15_a_token_that_names_no_session_of_ours_is_heard_and_ends_none(stack: Stack):
    session_id, _own = await signed_in(stack)

    for changes in ({"sub": "somebody"}, {"sid": "another"}, {"sub": None, "sid": "another"}):
        assert (await tells(stack, logout_token(stack, **changes))).status_code == 200

    assert await lives(stack, session_id)


async def test_au_15_a_logout_token_of_the_last_moment_is_heard_and_remembered(stack: Stack):
    token = logout_token(stack, exp=253_402_300_799)

    answers = [(await tells(stack, token)).status_code for _time in range(2)]

    assert answers == [200, 400]


async def test_au_15_a_logout_token_is_heard_once(stack: Stack):
    token = logout_token(stack)
    assert (await tells(stack, token)).status_code == 200
    session_id, _own = await signed_in(stack)
    before = await stack.audit()

    again = await tells(stack, token)
    same_id = await tells(stack, logout_token(stack, jti=claim(token, "jti"), sid=None))

    assert (again.status_code, same_id.status_code) == (400, 400)
    assert again.json()["error"] == "invalid_request"
    assert await lives(stack, session_id)
    assert await stack.audit() == before


def claim(token, name):
    return read_object(read_compact(token).payload)[name]


LONG_AGO = int((now() - timedelta(hours=1)).timestamp())


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({"typ": None}, {}),
        ({"typ": "JWT"}, {}),
        ({"typ": "at+jwt"}, {}),
        ({}, {"nonce": "n"}),
        ({}, {"events": None}),
        ({}, {"events": {}}),
        ({}, {"events": [*EVENT]}),
        ({}, {"events": {next(iter(EVENT)): True}}),
        ({}, {"events": {**EVENT, "another": {}}}),
        ({}, {"sub": None}),
        ({}, {"sub": ""}),
        ({}, {"sid": ["s"]}),
        ({}, {"jti": None}),
        ({}, {"jti": 7}),
        ({}, {"iat": None}),
        ({}, {"exp": None}),
        ({}, {"exp": LONG_AGO, "iat": LONG_AGO - 60}),
        ({}, {"iat": LONG_AGO + 7200}),
        ({}, {"aud": "other"}),
        ({}, {"aud": ["scr-web", "other"]}),
        ({}, {"aud": None}),
        ({}, {"iss": "https://other.example"}),
        ({"kid": "unknown"}, {}),
    ],
)
async def test_au_09_what_is_no_logout_token_ends_no_session(stack: Stack, header, changes):
    session_id, _own = await signed_in(stack)

    answer = await tells(stack, logout_token(stack, header, **changes))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert await lives(stack, session_id)


async def test_au_09_a_logout_token_that_somebody_else_signed_ends_no_session(stack: Stack):
    session_id, _own = await signed_in(stack)

    answer = await tells(stack, logout_token(stack, key=ECKey.generate_key("P-256")))

    assert answer.status_code == 400
    assert await lives(stack, session_id)


async def test_au_09_an_access_token_ends_no_session_and_a_logout_token_opens_nothing(
    stack: Stack,
):
    session_id, _own = await signed_in(stack)

    assert (await tells(stack, await stack.token("nurse"))).status_code == 400
    stack.tokens["logout"] = logout_token(stack)
    record = await stack.get("logout", f"/fhir/Patient/{stack.patient('everything')}")

    assert record.status_code == 401
    assert await lives(stack, session_id)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"logout_token=a&logout_token=b", "application/x-www-form-urlencoded"),
        (b"logout_token=%FF", "application/x-www-form-urlencoded"),
        (b"logout_token=" + b"a" * 16_385, "application/x-www-form-urlencoded"),
        (b"other=a", "application/x-www-form-urlencoded"),
        (b'{"logout_token": "a"}', "application/json"),
    ],
)
async def test_a_call_that_holds_no_single_token_is_refused(stack: Stack, content, kind):
    answer = await stack.client.post(LOGOUT_PATH, content=content, headers={"content-type": kind})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_more_than_the_token_is_refused(stack: Stack):
    assert (await tells(stack, logout_token(stack), more="x")).status_code == 400


async def test_without_the_providers_keys_nothing_ends_and_the_provider_is_told(stack: Stack):
    session_id, _own = await signed_in(stack)
    keys = next(iter(stack.services.verifier._keys.values()))
    keys._fetched_at = keys._fetched_at - timedelta(hours=25)
    keys._tried_at = now()

    answer = await tells(stack, logout_token(stack))

    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert await lives(stack, session_id)


async def test_a_provider_with_whom_nobody_signs_in_ends_nothing(
    london, template, tmp_path, compiled
):
    row = {**issuer_at(london.addresses["identity"]), "client_id": None}
    async with running_stack(london, template, tmp_path, compiled, issuer=[row]) as stack:
        assert (await tells(stack, logout_token(stack))).status_code == 400
