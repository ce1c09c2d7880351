from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from gateway.errors import NotAuthenticatedError
from gateway.id_tokens import ProvenSignIn
from gateway.settings import Settings
from gateway.store.sign_ins import SignIn, sign_in_of
from gateway.store.tables import sign_in as table
from gateway.web.cookies import session_cookie
from gateway.web.sessions import begin_session, hash_of, is_live, live_session
from tests.stack import issuer_at, running_stack
from tests.web.factories import NOW
from tests.web.visitor import Visitor


def proven(stack):
    return ProvenSignIn("555", None, stack.london.addresses["identity"])


def test_over_https_cookies_are_bound_to_the_host():
    settings = Settings.model_construct(base_url="https://record.example")

    cookie = session_cookie(settings)
    assert (cookie.name, cookie.is_secure) == ("__Host-session", True)


async def test_only_a_hash_of_the_session_is_stored(stack):
    await Visitor(stack).sign_in()

    session_id = stack.client.cookies["session"]
    assert await stack.services.store.read(sign_in_of, session_id) is None
    assert await live_session(stack.services, session_id) is not None


@pytest.mark.parametrize(
    "spoil",
    [lambda value: value[:-1], lambda value: value[::-1], lambda _value: ""],
    ids=["truncated", "tampered", "empty"],
)
async def test_au_15_a_cookie_that_is_not_the_one_given_opens_nothing(stack, spoil):
    await Visitor(stack).sign_in()
    value = stack.client.cookies["session"]
    stack.client.cookies.clear()

    stack.client.cookies.set("session", spoil(value))
    answer = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_au_15_a_session_is_over_after_signing_out(stack):
    visitor = Visitor(stack)
    await visitor.sign_in()
    session_id = stack.client.cookies["session"]

    answer = await visitor.post("/sign-out")

    assert answer.status_code == 303
    assert await live_session(stack.services, session_id) is None
    assert (await stack.audit())[-1]["action"] == "signed-out"


async def signed_in_row(stack):
    principal = await stack.services.verifier.principal(await stack.token("nurse"))
    session_id = await begin_session(stack.services, principal, proven(stack), None)
    return principal, session_id


async def moved(stack, session_id, **values):
    with stack.services.store.writes.begin() as connection:
        connection.execute(update(table).values(**values))
    return await live_session(stack.services, session_id)


async def test_au_15_a_session_that_idles_for_a_quarter_of_an_hour_is_over(stack):
    _principal, session_id = await signed_in_row(stack)
    now = stack.services.records.clock()

    recent = await moved(stack, session_id, last_seen_at=now - timedelta(minutes=14))
    assert recent is not None
    assert await moved(stack, session_id, last_seen_at=now - timedelta(minutes=15)) is None


async def test_au_15_a_session_ends_with_its_token_at_the_latest(stack):
    principal, session_id = await signed_in_row(stack)

    live = await live_session(stack.services, session_id)
    assert live is not None
    assert live.principal == replace(principal, session=live.id_hash)
    now = stack.services.records.clock()
    began = now - timedelta(hours=9)
    assert await moved(stack, session_id, created_at=began, expires_at=now) is None


async def test_a_session_lasts_eight_hours_whatever_the_token_says(stack):
    principal = await stack.services.verifier.principal(await stack.token("nurse"))
    long = replace(principal, expires_at=principal.expires_at + timedelta(days=1))

    session_id = await begin_session(stack.services, long, proven(stack), None)

    now = stack.services.records.clock()
    assert await moved(stack, session_id, last_seen_at=now) is not None
    with stack.services.store.reads.connect() as connection:
        ends = connection.execute(table.select()).one().expires_at
    assert ends <= now + timedelta(hours=8)


def test_both_ends_of_a_session_count():
    row = SignIn("h", "u", b"", NOW, NOW, NOW + timedelta(seconds=1))

    assert is_live(row, NOW)
    assert not is_live(replace(row, expires_at=NOW), NOW)


async def test_a_token_that_has_run_out_begins_no_session(stack):
    principal = await stack.services.verifier.principal(await stack.token("nurse"))
    spent = replace(principal, expires_at=stack.services.records.clock())

    with pytest.raises(NotAuthenticatedError):
        await begin_session(stack.services, spent, proven(stack), None)


@pytest.mark.parametrize(
    "changes", [{"role": "gp"}, {"role_code": "R9999"}, {"organisation": "X99"}]
)
async def test_a_session_whose_role_no_longer_follows_from_the_settings_is_over(stack, changes):
    principal = await stack.services.verifier.principal(await stack.token("nurse"))

    session_id = await begin_session(
        stack.services, replace(principal, **changes), proven(stack), None
    )

    assert await live_session(stack.services, session_id) is None


@pytest.mark.parametrize("issuer", ["https://gone.example", None])
async def test_a_session_of_a_provider_that_is_none_of_ours_any_more_is_over(stack, issuer):
    _principal, session_id = await signed_in_row(stack)

    assert await moved(stack, session_id, issuer=issuer) is None


async def test_a_session_without_scopes_is_over_once_its_provider_must_give_them(
    stack, london, template, tmp_path_factory, compiled
):
    _principal, session_id = await signed_in_row(stack)
    row = await stack.services.store.read(sign_in_of, hash_of(session_id))
    strict = {"issuer": [{**issuer_at(london.addresses["identity"]), "smart_scopes": "required"}]}
    folder = tmp_path_factory.mktemp("strict")

    async with running_stack(london, template, folder, compiled, **strict) as later:
        with later.services.store.writes.begin() as connection:
            connection.execute(insert(table).values(asdict(row)))
        assert await live_session(later.services, session_id) is None

    assert await live_session(stack.services, session_id) is not None


@pytest.mark.parametrize("kept", [b"{}", b'{"principal": {"user_id": "555"}}', b"\xff", b""])
async def test_a_session_that_another_version_kept_in_another_form_is_over(stack, kept):
    _principal, session_id = await signed_in_row(stack)

    assert await moved(stack, session_id, subject=kept) is None
    stack.client.cookies.set("session", session_id)
    assert (await stack.client.get("/find")).headers["location"] == "/"
    assert (await stack.client.get("/")).status_code == 200
