"""What a machine is not given is not told as given, and what is none of its own is on record once (DE-06)."""

import pytest

from adapters.simulators.demo_users import PLANNER_MACHINE
from gateway.wiring import now
from tests.population.bulk.test_doors import refusals
from tests.population.bulk.world import OTHER_CLIENT

MADE_UP = "00000000-0000-4000-8000-000000000007"
NOBODYS = (
    f"/fhir/$export/{MADE_UP}",
    f"/fhir/$export/{MADE_UP}/rows.ndjson",
    f"/fhir/$sql-export/{MADE_UP}",
    "/fhir/$export/no-id",
)


async def cancelled(world):
    release = await world.approved()
    return await world.jobs.desk.cancel(release.id, "an-officer", now(), "a mistake")


async def recalled(world):
    release = await world.published()
    return await world.jobs.desk.recall(release.id, "an-officer", now(), "a mistake")


NOT_THERE = [("requested", 404), ("cancelled", 410), ("recalled", 410)]


@pytest.mark.parametrize(("state", "status"), NOT_THERE)
async def test_a_release_that_is_not_there_begins_nothing_and_is_not_on_record_as_given(
    world, state, status
):
    makers = {"cancelled": cancelled, "recalled": recalled}
    release = await (makers[state](world) if state in makers else world.requested())

    answer = await world.begin(f"?release={release.id}")

    assert (answer.status_code, "retry-after" in answer.headers) == (status, False)
    rows = [row["action"] for row in await world.stack.audit()]
    assert (rows.count("asked"), rows.count("disclosed")) == (1, 0)


async def test_an_export_of_a_recalled_release_tells_nothing_and_may_be_ended(world):
    release = await world.published()
    path = await world.begun()
    await world.jobs.desk.recall(release.id, "an-officer", now(), "a mistake")
    before = await disclosures(world)

    assert (await world.ask("GET", path)).status_code == 410
    assert await disclosures(world) == before
    assert (await world.ask("DELETE", path)).status_code == 202


async def disclosures(world) -> int:
    return [row["action"] for row in await world.stack.audit()].count("disclosed")


@pytest.mark.parametrize("path", NOBODYS)
async def test_de_06_who_asks_for_a_made_up_export_is_on_record_once(world, path):
    assert (await world.ask("GET", path)).status_code == 404

    expected = [(PLANNER_MACHINE.user_id, "not-the-recipient")]
    assert [each async for each in refusals(world)] == expected


async def test_de_06_who_asks_for_anothers_export_or_release_is_on_record_once_for_each(world):
    release = await world.published()
    path, other = await world.begun(), world.hold(client=OTHER_CLIENT)

    asked = [await world.ask(method, path, other) for method in ("GET", "DELETE")]
    asked.append(await world.begin(f"?release={release.id}", other))

    assert {each.status_code for each in asked} == {404}
    assert [reason async for _user, reason in refusals(world)] == ["not-the-recipient"] * 3


async def test_de_06_a_guess_at_a_file_is_decided_about_before_it_is_answered(world):
    await world.published()
    path = await world.begun()
    before = [row["action"] for row in await world.stack.audit()].count("asked")

    assert (await world.ask("GET", f"{path}/five-safes.json")).status_code == 404

    assert [row["action"] for row in await world.stack.audit()].count("asked") == before + 1
