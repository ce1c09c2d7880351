"""A planner asks, a Guardian approves, a job makes, the planner fetches: each step over HTTP, and on record."""

from uuid import uuid4

import pytest

from gateway.population.releases.sweeping import sweep
from gateway.wiring import now
from tests.population.http.coding import STREETS
from tests.population.http.world import ANALYST, GUARDIAN, PLANNER, RELEASES
from tests.population.releases.small_making import FILES


async def test_a_planner_asks_a_guardian_approves_and_the_planner_fetches_each_file(planning):
    release = await planning.published()
    [listed] = (await planning.sees(ANALYST)).json()["releases"]
    manifest = (await planning.sees(ANALYST, release.id, "manifest")).json()

    files = [
        await planning.sees(ANALYST, release.id, f"files/{each['name']}")
        for each in manifest["files"]
    ]

    assert (listed["id"], listed["state"]) == (str(release.id), "published")
    folder = planning.reception.desk.folder_of(release)
    assert [each.content for each in files] == [(folder / each).read_bytes() for each in FILES]
    assert {each.headers["cache-control"] for each in files} == {"no-store"}


async def test_who_asked_and_agreed_how_far_it_is_and_who_fetched_is_told(planning):
    release = await planning.published()
    await planning.sees(ANALYST, release.id, f"files/{FILES[0]}")

    told = (await planning.sees(ANALYST, release.id)).json()
    uses = (await planning.sees(GUARDIAN, release.id, "uses")).json()["uses"]

    people = (told["requested"]["by"], told["approved"]["by"])
    assert people == (release.request.requested_by, release.approved_by)
    assert told["progress"]["done"] <= told["progress"]["of"]
    assert [(each["file"], each["by"]) for each in uses] == [(FILES[0], people[0])]


async def test_a_file_is_on_record_by_two_entries_before_it_is_given(planning):
    release = await planning.published()

    await planning.sees(ANALYST, release.id, f"files/{FILES[0]}")

    *_, decided, fetched = await planning.stack.audit()
    assert (decided["action"], decided["decision"]) == ("asked", "allowed")
    assert decided["details"]["data_release"] == fetched["release"] == str(release.id)
    assert (fetched["action"], fetched["file"]) == ("release-fetched", FILES[0])


async def test_of_a_recalled_release_nobody_is_given_anything_and_all_are_told_why(planning):
    release = await planning.published()
    assert (await planning.does(GUARDIAN, release.id, "recall", "wrong month")).status_code == 200

    answers = [
        await planning.sees(ANALYST, release.id, part) for part in ("manifest", f"files/{FILES[0]}")
    ]

    assert [each.status_code for each in answers] == [410, 410]
    told = (await planning.sees(ANALYST, release.id)).json()
    assert (told["state"], told["why"]) == ("recalled", ["wrong month"])
    assert (await planning.sees(ANALYST, release.id, "certificate")).status_code == 404


async def test_t23_after_its_key_was_destroyed_the_certificate_is_all_that_is_given(planning):
    release, custody = await planning.published(), planning.coding.custody
    await custody.destroy(STREETS)
    await sweep(planning.reception.desk, custody.keyring(), "the sweep", now())

    for user in (ANALYST, GUARDIAN):
        told = (await planning.sees(user, release.id, "certificate")).json()
        assert (told["project"], told["recipient"]) == ("streets", "CSP1")
    assert (await planning.sees(ANALYST, release.id, "manifest")).status_code == 410
    assert (await planning.sees(ANALYST, release.id)).json()["state"] == "destroyed"


async def test_who_asked_gives_it_up_and_nobody_else_of_theirs_or_another_may(planning):
    release = await planning.asked()

    others = [
        (await planning.does(PLANNER, each, "cancel", "no")).content
        for each in (release, "6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11")
    ]
    given_up = await planning.does(ANALYST, release, "cancel", "asked twice")

    assert others[0] == others[1]
    assert (given_up.status_code, given_up.json()["state"]) == (200, "cancelled")
    assert (await planning.does(ANALYST, release, "cancel", "again")).status_code == 409


async def test_a_reviewer_sees_what_waits_of_everybody_and_may_give_it_up(planning):
    release = await planning.asked()

    waiting = (await planning.stack.get(GUARDIAN, f"{RELEASES}?state=requested")).json()
    over = (await planning.stack.get(GUARDIAN, f"{RELEASES}?state=expired")).json()

    assert [each["id"] for each in waiting["releases"]] == [release]
    assert over == {"releases": []}
    assert (await planning.does(GUARDIAN, release, "cancel", "not needed")).status_code == 200


@pytest.mark.parametrize("part", ["", "uses"])
async def test_before_it_is_published_there_is_a_release_and_no_file(planning, part):
    release = await planning.approved()

    assert (await planning.sees(ANALYST, release, part)).status_code == 200
    nothing = await planning.sees(ANALYST, uuid4(), "manifest")
    for file in ("manifest", f"files/{FILES[0]}"):
        answer = await planning.sees(ANALYST, release, file)
        assert (answer.status_code, answer.content) == (404, nothing.content)


async def test_of_what_was_given_up_before_it_was_published_there_will_be_no_file(planning):
    release = await planning.asked()
    await planning.does(ANALYST, release, "cancel", "asked twice")

    gone = await planning.sees(ANALYST, release, "manifest")

    assert (gone.status_code, "yet" in gone.text) == (410, False)
