"""A full disk, two jobs at once and a recall meanwhile leave a release whole or not there (DE-07)."""

import asyncio

import pytest

from gateway.errors import ConflictError
from gateway.population.releases.beating import LEASE
from gateway.store.words import ReleaseState
from tests.population.pull.test_full_disk import fail_at
from tests.population.releases.killing import look_at
from tests.population.releases.small_making import FILES

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("call", "nth"),
    [("open", 1), ("open", 4), ("fsync", 1), ("fsync", 3), ("fsync", 6), ("rename", 1)],
)
async def test_de_07_a_full_disk_publishes_nothing_and_the_next_attempt_does(
    deployment, monkeypatch, call, nth
):
    release = await deployment.approved()
    with monkeypatch.context() as failing:
        fail_at(nth, call, failing)
        with pytest.raises(OSError, match="No space left"):
            await deployment.jobs.run(release.id, "job")
    await look_at(deployment)
    assert await deployment.desk.published(deployment.clock()) == ()

    deployment.clock.pass_(seconds=LEASE.total_seconds())
    await deployment.jobs.run(release.id, "another job")

    await look_at(deployment)
    assert len(await deployment.desk.published(deployment.clock())) == 1


async def test_de_07_of_two_jobs_at_once_one_makes_the_release(deployment):
    release = await deployment.approved()

    done = await asyncio.gather(
        *(deployment.jobs.run(release.id, each) for each in ("one", "two")),
        return_exceptions=True,
    )

    assert {type(each) for each in done} == {ConflictError, type(release)}
    assert len(deployment.making.orders) == 1
    await look_at(deployment)


async def test_de_07_two_releases_at_once_are_both_whole(deployment):
    releases = [await deployment.approved() for _each in range(2)]

    done = await asyncio.gather(*(deployment.jobs.run(each.id, "job") for each in releases))

    assert {each.state for each in done} == {ReleaseState.PUBLISHED}
    await look_at(deployment)


async def test_de_07_what_is_given_up_while_it_is_made_leaves_no_file(deployment):
    release, loop = await deployment.approved(), asyncio.get_running_loop()

    def gives_up():
        cancelling = deployment.desk.cancel(release.id, "asker", deployment.clock(), "enough")
        asyncio.run_coroutine_threadsafe(cancelling, loop).result()

    deployment.making.meanwhile[FILES[-1]] = gives_up
    found = await deployment.jobs.run(release.id, "job")

    assert found.state is ReleaseState.CANCELLED
    assert [each for each in deployment.desk.folders.root.rglob("*") if each.is_file()] == []
    await look_at(deployment)
