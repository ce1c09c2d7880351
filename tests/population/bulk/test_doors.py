"""Only the machines that are registered for a project are let in to its releases, and only to these (DE-06)."""

from dataclasses import replace
from uuid import uuid4

import pytest

from adapters.simulators.demo_users import DEMO_USERS, PLANNER_MACHINE, DemoUser
from gateway.access.agreement_registry import AgreementRegistry
from gateway.api.bulk_clients import covers_every_type, is_machines_own
from gateway.settings import BulkClientSettings
from gateway.wiring import now
from tests.population.bulk.world import (
    AGREEMENT,
    ANOTHER,
    CLIENT,
    EVERY_TYPE,
    OTHER_CLIENT,
    World,
)
from tests.stack import running_stack
from tests.web.factories import PRINCIPAL

SCOPES = [
    ("system/*.rs", True),
    ("system/*.read", True),
    ("system/*.*", True),
    ("system/*.cruds", True),
    ("openid system/*.rs", True),
    ("system/*.r", False),
    ("system/*.s", False),
    ("system/*.write", False),
    ("system/Patient.rs", False),
    ("system/*.rs?x=1", False),
    ("System/*.rs", False),
    ("user/*.rs", False),
    ("patient/*.rs", False),
    ("", False),
]


@pytest.mark.parametrize(("scope", "is_enough"), SCOPES)
def test_rows_of_a_release_need_a_scope_for_whatever_there_is(scope, is_enough):
    assert covers_every_type(scope) is is_enough


def acting(username: str) -> DemoUser:
    """Give somebody as whom the machine was registered to act."""
    return replace(DEMO_USERS[username], user_id=PLANNER_MACHINE.user_id)


ELSEWHERE = replace(PLANNER_MACHINE, organisation="QMJ", username="elsewhere")
TURNED_AWAY = [
    ("", CLIENT, PLANNER_MACHINE, "out-of-scope"),
    ("system/Patient.rs", CLIENT, PLANNER_MACHINE, "out-of-scope"),
    ("system/*.rs user/*.rs", CLIENT, PLANNER_MACHINE, "out-of-scope"),
    ("system/*.rs patient/*.rs", CLIENT, PLANNER_MACHINE, "out-of-scope"),
    (EVERY_TYPE, "unregistered", PLANNER_MACHINE, "not-the-recipient"),
    (EVERY_TYPE, CLIENT, ELSEWHERE, "feed-not-agreed"),
    (EVERY_TYPE, CLIENT, acting("gp"), "purpose-not-allowed"),
    (EVERY_TYPE, CLIENT, acting("policy-admin"), "purpose-not-allowed"),
    # A person, whose token was given out to the machine's own client.
    (EVERY_TYPE, CLIENT, DEMO_USERS["planner"], "not-the-recipient"),
]


@pytest.mark.parametrize(
    ("acts_as", "user_id", "is_own"),
    [(None, CLIENT, True), (None, "a", False), ("a", "a", True), ("a", CLIENT, False)],
)
def test_a_machines_own_token_is_of_whom_it_was_registered_as_or_else_of_its_client(
    acts_as, user_id, is_own
):
    registered = BulkClientSettings(client_id=CLIENT, project="p", acts_as=acts_as)

    assert is_machines_own(replace(PRINCIPAL, user_id=user_id), registered) is is_own


@pytest.mark.parametrize(("scope", "client", "user", "reason"), TURNED_AWAY)
async def test_de_06_who_is_not_the_projects_machine_is_turned_away_on_record(
    world, scope, client, user, reason
):
    await world.published()

    answer = await world.begin(holder=world.hold(scope, client, user))

    assert answer.status_code == 403
    assert [each async for each in refusals(world)] == [(user.user_id, reason)]


async def refusals(world):
    for row in await world.stack.audit():
        if row["action"] == "caller-refused":
            yield row["user_id"], row["reason"]
        if row["action"] == "asked" and row["decision"] == "refused":
            yield row["who"]["user_id"], row["reason"]


async def test_de_06_without_a_token_nothing_is_told(world):
    path = await _path_of_file(world)

    for each in ("/fhir/$export", path, path.rpartition("/")[0]):
        answer = await world.stack.client.get(each, headers={"Prefer": "respond-async"})
        assert answer.status_code == 401


async def test_de_06_another_projects_machine_finds_no_export_file_or_release(world):
    path = await _path_of_file(world)
    [release] = world.releases
    other = world.hold(client=OTHER_CLIENT)

    asked = [path, path.rpartition("/")[0], f"/fhir/$export/{uuid4()}", "/fhir/$export/x"]
    answers = [await world.ask("GET", each, other) for each in asked]
    answers.append(await world.ask("DELETE", path.rpartition("/")[0], other))
    answers.append(await world.begin(f"?release={release.id}", other))
    answers.append(await world.begin(holder=other))

    assert {(each.status_code, each.content) for each in answers} == {(404, answers[0].content)}
    assert (await world.ask("GET", path)).status_code == 200


async def test_de_06_a_guessed_file_or_a_trick_with_its_path_finds_nothing(world):
    path = await _path_of_file(world)
    folder = path.rpartition("/")[0]

    for file in ("manifest.json", "rows.csv", "five-safes.json", "result", "rows.ndjson.part"):
        assert (await world.ask("GET", f"{folder}/{file}")).status_code == 404
    for file in ("..%2Frows.ndjson", "%2e%2e/rows.ndjson", "rows.ndjson%00"):
        assert (await world.ask("GET", f"{folder}/{file}")).status_code in {400, 404}


async def test_de_06_a_part_of_a_file_is_not_to_be_had(world):
    path = await _path_of_file(world)

    whole = await world.ask("GET", path)
    part = await world.ask("GET", path, headers={"Range": "bytes=0-9"})

    assert (part.status_code, part.content) == (200, whole.content)


async def test_an_export_that_was_ended_is_not_there_and_its_release_is(world):
    release = await world.published()
    path = await world.begun()

    assert (await world.ask("DELETE", path)).status_code == 202

    assert (await world.ask("GET", path)).status_code == 404
    assert (await world.ask("DELETE", path)).status_code == 404
    assert world.jobs.desk.folder_of(release).is_dir()


async def test_what_is_recalled_is_not_given_by_an_export_that_was_begun(world):
    path = await _path_of_file(world)
    [release] = world.releases
    await world.jobs.desk.recall(release.id, "an-officer", now(), "a mistake")

    assert (await world.ask("GET", path.rpartition("/")[0])).status_code == 410
    assert (await world.ask("GET", path)).status_code == 410


async def test_after_its_agreement_has_ended_an_export_gives_nothing(world):
    path = await _path_of_file(world)
    await AgreementRegistry(world.stack.services.log, now).end(AGREEMENT, now(), "somebody")

    assert (await world.ask("GET", path)).status_code == 403
    assert (await world.begin()).status_code == 403
    assert (await world.ask("GET", path)).status_code == 403


async def test_two_projects_machines_each_find_their_own(world):
    mine, theirs = await world.published(), await world.published(ANOTHER)
    about = "https://shared-care-record.example/bulk/release"

    for holder, release in ((None, mine), (world.hold(client=OTHER_CLIENT), theirs)):
        manifest = (await world.ask("GET", await world.begun(holder=holder), holder)).json()
        assert manifest["extension"][about]["release"] == str(release.id)


async def test_where_nothing_is_released_a_machine_is_told_so(london, template, tmp_path, compiled):
    async with running_stack(london, template, tmp_path, compiled, population=None) as stack:
        answer = await World(stack, tmp_path, None).begin()

        assert answer.status_code == 400
        assert answer.json()["issue"][0]["code"] == "not-supported"


async def _path_of_file(world) -> str:
    if not world.releases:
        await world.published()
    manifest = (await world.ask("GET", await world.begun())).json()
    return manifest["output"][1]["url"].removeprefix("http://gateway.test")
