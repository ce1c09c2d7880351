"""Who may ask for, see, agree to, end and fetch releases over HTTP; whoever may not is refused alike, and on record."""

from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.commands.staff import _suspend
from gateway.store.agreement_feeds import Feed
from gateway.store.staff_suspensions import EVERY_PROFILE
from gateway.wiring import now
from tests.app_tokens import launched
from tests.population.http.world import (
    ANALYST,
    COSTS,
    GUARDIAN,
    PLANNER,
    RELEASES,
    RESEARCHER,
)
from tests.population.releases.small_making import FILES

STUDY = {
    **COSTS,
    "project": "study",
    "recipient": "UNI1",
    "purpose_of_use": "HRESCH",
    "agreement": "research",
}
PARTS = ("", "uses", "certificate", "manifest", f"files/{FILES[0]}")
OTHER_PURPOSES = ("TREAT", "HSYSADMIN", "ETREAT", "HRESCH", "HOPERAT", "nonsense", "")
WITHOUT_A_PLACE = ("gp", "paramedic", "receptionist", "social-worker", "policy-admin")


async def test_decision_10_a_csp_analyst_is_refused_rows_that_tell_people_apart(planning):
    await planning.agrees("too-much", Feed("linked-activity", "streets", "CSP1"))

    answer = await planning.asks(ANALYST, dataset="linked-activity")

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (403, "forbidden")
    assert await planning.refusals() == [("csp_violence_analyst", "not-for-role")]
    assert await planning.told("release-requested") == []


async def test_decision_20_a_researcher_whose_ethics_id_has_expired_is_refused(planning):
    over = Feed("linked-activity", "study", "UNI1", "26/LO/1", now() - timedelta(minutes=1))
    await planning.agrees("research", over)

    asked = await planning.asks(RESEARCHER, **STUDY)
    listed = await planning.sees(RESEARCHER)

    assert (asked.status_code, listed.status_code) == (403, 403)
    assert "ethics approval" in asked.text
    assert await planning.refusals() == [("researcher", "ethics-ended")] * 2


async def test_a_researcher_asks_while_the_ethics_approval_lasts(planning):
    lasting = Feed("linked-activity", "study", "UNI1", "26/LO/1", now() + timedelta(days=1))
    await planning.agrees("research", lasting)

    assert (await planning.asks(RESEARCHER, **STUDY)).status_code == 201


@pytest.mark.parametrize("part", PARTS)
async def test_de_06_anothers_release_is_to_a_planner_as_none_at_all(planning, part):
    release = await planning.published()

    theirs = await planning.sees(PLANNER, release.id, part)
    nobodys = await planning.sees(PLANNER, uuid4(), part)

    assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    assert _told(theirs) == _told(nobodys)
    assert await planning.told("release-fetched") == []


@pytest.mark.parametrize("user", WITHOUT_A_PLACE)
async def test_who_has_no_part_in_planning_is_refused_whether_there_is_a_release_or_not(
    planning, user
):
    release = await planning.asked()

    answers = [
        await planning.sees(user),
        *[await planning.sees(user, each, part) for each in (release, uuid4()) for part in PARTS],
        *[await planning.does(user, each, "approve") for each in (release, uuid4())],
        *[await planning.does(user, each, "recall", "why") for each in (release, uuid4())],
        await planning.asks(user),
    ]

    assert {each.status_code for each in answers} == {403}
    assert len(await planning.refusals()) == len(answers)


async def test_nobody_agrees_to_what_they_asked_for_and_no_auditor_or_planner_agrees(planning):
    release = await planning.asked()

    codes = [
        (await planning.does(user, release, "approve")).status_code
        for user in (ANALYST, PLANNER, "auditor", "policy-admin")
    ]

    assert codes == [403] * 4
    assert (await planning.sees("auditor", release)).json()["state"] == "requested"


async def test_when_its_agreement_has_ended_nobody_asks_sees_or_fetches(planning):
    release = await planning.published()
    await planning.ends("planning")

    answers = [
        await planning.asks(),
        await planning.sees(ANALYST),
        await planning.sees(ANALYST, release.id),
        await planning.sees(ANALYST, release.id, f"files/{FILES[0]}"),
    ]

    assert {each.status_code for each in answers} == {403}
    assert {reason for _role, reason in await planning.refusals()} == {"feed-not-agreed"}
    assert (await planning.sees(GUARDIAN, release.id)).status_code == 200


async def test_a_planner_sees_of_their_organisation_what_is_agreed_alone(planning):
    await planning.asked()
    await planning.agrees("more", Feed("violence", "lights", "CSP1"))
    await planning.asked(project="lights", agreement="more")
    await planning.ends("planning")

    [seen] = (await planning.sees(ANALYST)).json()["releases"]

    assert seen["project"] == "lights"


async def test_au_17_who_is_suspended_is_refused_at_the_next_request(planning):
    release = await planning.published()
    services = planning.stack.services
    user = DEMO_USERS[ANALYST].user_id
    await _suspend(services.store, services.log, user, EVERY_PROFILE, "left")

    answers = [
        await planning.sees(ANALYST, release.id, f"files/{FILES[0]}"),
        await planning.does(ANALYST, release.id, "cancel", "no"),
    ]

    assert {each.status_code for each in answers} == {403}
    assert {reason for _role, reason in await planning.refusals()} == {"suspended"}


@pytest.mark.parametrize("purpose", OTHER_PURPOSES)
async def test_az_09_a_planner_who_comes_for_another_purpose_is_given_nothing(planning, purpose):
    release, waiting = await planning.published(), await planning.asked()
    stated = {"Purpose-Of-Use": purpose}

    answers = [
        await planning.stack.get(ANALYST, RELEASES, **stated),
        *[await planning.stack.get(ANALYST, _path(release.id, each), **stated) for each in PARTS],
        await planning.stack.send(ANALYST, RELEASES, planning.wanted(), **stated),
        await planning.stack.send(ANALYST, _path(waiting, "cancel"), {"why": "no"}, **stated),
    ]

    assert {each.status_code for each in answers} == {403}
    assert len(await planning.refusals()) == len(answers)
    assert await planning.told("release-fetched") == []


@pytest.mark.parametrize("stated", [{}, {"Purpose-Of-Use": "PUBHLTH"}])
async def test_az_09_what_a_planner_comes_for_is_on_record_as_what_the_release_is_for(
    planning, stated
):
    release = await planning.asked(PLANNER, **COSTS)

    for path in (_path(release), _path(release, "uses")):
        assert (await planning.stack.get(PLANNER, path, **stated)).status_code == 200

    asked = await planning.told("asked")
    assert [(each["decision"], each["purpose"]) for each in asked] == [("allowed", "PUBHLTH")] * 3


async def test_az_09_a_purpose_that_a_planner_holds_and_the_release_has_not_is_refused(planning):
    release = await planning.asked(PLANNER, **COSTS)
    stated = {"Purpose-Of-Use": "HOPERAT"}

    looked = await planning.stack.get(PLANNER, _path(release), **stated)
    listed = await planning.stack.get(PLANNER, RELEASES, **stated)

    assert (looked.status_code, listed.json()) == (403, {"releases": []})
    assert [why for _role, why in await planning.refusals()] == ["purpose-not-allowed"]


async def test_az_09_a_purpose_that_is_stated_twice_is_none(planning):
    release = await planning.published()
    token = await planning.stack.token(ANALYST)
    twice = [("Authorization", f"Bearer {token}"), *[("Purpose-Of-Use", "PUBHLTH")] * 2]

    answer = await planning.stack.client.get(_path(release.id, "manifest"), headers=twice)

    assert (answer.status_code, await planning.told("release-fetched")) == (400, [])


@pytest.mark.parametrize("scope", ["user/*.rs", "system/*.read", "system/*.rs", "patient/*.rs"])
async def test_an_application_that_was_let_in_for_records_is_given_no_release(planning, scope):
    release = await planning.published()

    for user in (ANALYST, GUARDIAN):
        app = launched(planning.stack, user, scope)
        answers = [
            await planning.sees(app),
            await planning.sees(app, release.id, f"files/{FILES[0]}"),
            await planning.does(app, release.id, "recall", "why"),
        ]
        assert {each.status_code for each in answers} == {403}
    assert (await planning.sees(ANALYST, release.id, "manifest")).status_code == 200


def _path(release, part=""):
    return "/".join(filter(None, (RELEASES, str(release), part)))


def _told(answer):
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}
