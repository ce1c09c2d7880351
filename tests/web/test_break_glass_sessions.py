"""The session's id is another once the glass is broken, and what is open goes with it (AU-14)."""

import pytest

from gateway.access.decision import Question
from gateway.audit.acts import AskedAct
from gateway.errors import NotAuthenticatedError, RefusedError
from gateway.patient.disclosure import Inquiry
from gateway.patient.pleas import read_plea
from gateway.web.sessions import break_glass, end_session, live_session
from rbac.types import Purpose
from tests.web.visitor import Visitor

PLEA = read_plea("risk-to-life", "Found unconscious in the street")
STRANGER = "other-practice"


def question(stack, session, name=STRANGER, step=Purpose.ETREAT):
    return Question(session.principal, step, stack.london.people[name], stack.patient(name))


async def signed_in(stack):
    await Visitor(stack).sign_in()
    session = await live_session(stack.services, stack.client.cookies["session"])
    assert session is not None
    return session


async def is_open(stack, session, name=STRANGER, step=Purpose.ETREAT):
    inquiry = Inquiry(question(stack, session, name, step), AskedAct.VIEW, "request")
    try:
        async with stack.services.records.open(inquiry):
            return True
    except RefusedError as refusal:
        return refusal.reason != "break-glass-required"


async def test_au_14_breaking_the_glass_changes_the_sessions_id(stack):
    session, before = await signed_in(stack), stack.client.cookies["session"]

    opened, after = await break_glass(
        stack.services, session, question(stack, session), PLEA, "request"
    )

    assert await live_session(stack.services, before) is None
    renewed = await live_session(stack.services, after)
    assert renewed.form_token != session.form_token
    assert opened.grant.session == renewed.id_hash == renewed.principal.session
    assert (await is_open(stack, renewed), await is_open(stack, session)) == (True, False)


async def test_au_14_what_was_open_before_stays_open_under_the_new_id(stack):
    session = await signed_in(stack)
    _opened, between = await break_glass(
        stack.services, session, question(stack, session), PLEA, "request"
    )
    session = await live_session(stack.services, between)

    other = question(stack, session, "everything")
    _opened, after = await break_glass(stack.services, session, other, PLEA, "request")

    renewed = await live_session(stack.services, after)
    assert [await is_open(stack, renewed, each) for each in (STRANGER, "everything")] == [True] * 2


async def test_au_14_a_refused_emergency_changes_nothing(stack):
    session, before = await signed_in(stack), stack.client.cookies["session"]
    objecting = question(stack, session, "objects-no-exceptions")

    with pytest.raises(RefusedError):
        await break_glass(stack.services, session, objecting, PLEA, "request")

    assert await live_session(stack.services, before) is not None


async def test_au_14_a_session_that_has_ended_meanwhile_breaks_no_glass(stack):
    session = await signed_in(stack)
    await end_session(stack.services, session)

    with pytest.raises(NotAuthenticatedError):
        await break_glass(stack.services, session, question(stack, session), PLEA, "request")

    assert [row for row in await stack.audit() if row["action"] == "glass-broken"] == []


async def test_an_emergency_of_one_session_is_not_another_sessions(stack):
    first = await signed_in(stack)
    _opened, id_of_first = await break_glass(
        stack.services, first, question(stack, first), PLEA, "request"
    )
    stack.client.cookies.clear()

    second = await signed_in(stack)

    assert not await is_open(stack, second)
    assert await is_open(stack, await live_session(stack.services, id_of_first))
