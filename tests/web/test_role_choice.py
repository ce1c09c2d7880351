"""Who holds several roles says in which they act: never two at once, and each time under a new session id."""

import re

import pytest

from gateway.commands.staff import _suspend
from gateway.store.sign_ins import sign_in_of
from gateway.store.staff_suspensions import EVERY_PROFILE
from gateway.web.role_choice import PROFILE_FIELD
from gateway.web.sessions import found_session, hash_of, live_session
from tests.web.visitor import Visitor

USER = "gp-analyst"
GP, ANALYST, OPERATOR = "555211000123", "555211000201", "555211000202"


async def page(stack, path="/role"):
    return await stack.client.get(path)


async def choose(stack, profile, path="/role"):
    token = re.findall(r'name="form_token" value="([^"]+)"', (await page(stack)).text)[0]
    return await stack.client.post(path, data={"form_token": token, PROFILE_FIELD: profile})


def session_id(stack):
    return stack.client.cookies["session"]


async def rows(stack, action):
    return [row for row in await stack.audit() if row["action"] == action]


async def test_no_page_opens_before_a_role_is_chosen(stack):
    await Visitor(stack).sign_in(USER)

    found = [await page(stack, path) for path in ("/", "/find", f"/patient/{patient(stack)}")]

    assert [each.headers["location"] for each in found] == ["/role"] * 3
    assert await live_session(stack.services, session_id(stack)) is None
    [row] = await rows(stack, "signed-in")
    assert (row["who"]["role"], row["who"]["user_id"]) == ("", "555057000123")


def patient(stack):
    return stack.patient("everything")


async def test_every_role_is_offered_and_one_without_a_place_is_said_to_give_no_access(stack):
    await Visitor(stack).sign_in(USER)

    shown = (await page(stack)).text

    offered = re.findall(r'type="radio" name="role_profile" value="([0-9]+)"', shown)
    assert offered == [GP, ANALYST]
    assert "Call Operator, 702: no access" in shown
    assert "checked" not in shown


async def test_decision_test_19_who_holds_two_roles_has_the_rights_of_the_chosen_one_alone(stack):
    person = own_patient(stack)
    await Visitor(stack).sign_in(USER)
    await choose(stack, GP)
    as_gp = await page(stack, f"/patient/{person}")

    await choose(stack, ANALYST)
    as_analyst = await page(stack, f"/patient/{person}")

    assert (as_gp.status_code, as_analyst.status_code) == (200, 403)
    roles = [row["who"]["role"] for row in await rows(stack, "asked")]
    assert roles == ["gp", "public_health_planner"]


def own_patient(stack):
    person = next(
        each
        for each in stack.london.cohort.people.values()
        if each.practice == "F84004" and not each.is_restricted and not each.objects_to
    )
    return stack.services.ids.seal(person.nhs_number)


async def test_au_14_the_session_id_changes_at_the_choice_and_at_every_switch(stack):
    await Visitor(stack).sign_in(USER)
    ids = [session_id(stack)]
    for profile in (GP, ANALYST, GP, GP):
        await choose(stack, profile)
        ids.append(session_id(stack))

    assert len(set(ids)) == 5
    alive = [await found_session(stack.services, each) for each in ids]
    assert [each is not None for each in alive] == [False, False, False, False, True]
    chosen = [row["who"]["role"] for row in await rows(stack, "role-chosen")]
    assert chosen == ["gp", "public_health_planner", "gp", "gp"]


async def test_au_14_an_old_id_opens_nothing_after_a_switch(stack):
    await Visitor(stack).sign_in(USER)
    await choose(stack, GP)
    before = session_id(stack)
    await choose(stack, ANALYST)

    stack.client.cookies.clear()
    stack.client.cookies.set("session", before)

    assert (await page(stack, "/find")).headers["location"] == "/"


async def test_a_switch_does_not_prolong_the_session(stack):
    await Visitor(stack).sign_in(USER)
    first = await row_of(stack)
    await choose(stack, GP)
    second = await row_of(stack)

    assert (second.expires_at, second.created_at) == (first.expires_at, first.created_at)
    assert (first.role_profile_id, second.role_profile_id) == (None, GP)
    assert second.provider_session == first.provider_session is not None


async def row_of(stack):
    return await stack.services.store.read(sign_in_of, hash_of(session_id(stack)))


@pytest.mark.parametrize("profile", [OPERATOR, "555211000101", "", "*", GP + " "])
async def test_a_role_that_is_not_among_the_offered_is_refused(stack, profile):
    await Visitor(stack).sign_in(USER)

    answer = await choose(stack, profile)

    assert answer.status_code == 400
    assert await rows(stack, "role-chosen") == []


async def test_a_form_of_another_session_or_origin_chooses_nothing(stack):
    await Visitor(stack).sign_in(USER)
    token = re.findall(r'name="form_token" value="([^"]+)"', (await page(stack)).text)[0]

    for sent, headers in (("guess", {}), (token, {"Origin": "https://evil.example"})):
        form = {"form_token": sent, PROFILE_FIELD: GP}
        assert (await stack.client.post("/role", data=form, headers=headers)).status_code == 403
    assert await rows(stack, "role-chosen") == []


async def test_who_has_still_to_choose_can_sign_out(stack):
    await Visitor(stack).sign_in(USER)
    before = session_id(stack)

    answer = await choose(stack, GP, "/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await rows(stack, "signed-out"))[0]["user_id"] == "555057000123"
    assert await found_session(stack.services, before) is None


async def test_au_17_a_role_that_is_suspended_cannot_be_chosen_and_another_can(stack):
    await Visitor(stack).sign_in(USER)
    await _suspend(stack.services.store, stack.services.log, "555057000123", GP, "left")
    await Visitor(stack).sign_in(USER)

    refused = await choose(stack, GP)
    taken = await choose(stack, ANALYST)

    assert (refused.status_code, taken.status_code) == (403, 303)


async def test_au_17_who_is_suspended_in_every_role_cannot_sign_in_to_choose(stack):
    await _suspend(stack.services.store, stack.services.log, "555057000123", EVERY_PROFILE, "left")

    answer = await Visitor(stack).sign_in(USER)

    assert (answer.status_code, "session" in stack.client.cookies) == (400, False)
    assert (await stack.audit())[-1]["reason"] == "suspended"


async def test_where_the_provider_chose_there_is_nothing_to_choose(stack):
    await Visitor(stack).sign_in("nurse")

    assert (await page(stack)).status_code == 404
    assert "Change role" not in (await page(stack, "/find")).text


async def test_without_a_session_there_is_no_choice(stack):
    assert (await page(stack)).headers["location"] == "/"


async def test_a_token_that_does_not_say_which_role_opens_nothing_by_itself(stack):
    answer = await stack.get(USER, f"/fhir/Patient/{patient(stack)}")

    assert answer.status_code == 401
