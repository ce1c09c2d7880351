"""A release is made anew when somebody left meanwhile; what never was published counts for nothing, and whatever may be does."""

from dataclasses import replace
from uuid import UUID

import pytest

from gateway.population.contents.once import AnotherReleaseError
from gateway.population.given import Given
from gateway.population.ledger import Attempt
from gateway.population.releases.beating import LEASE
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import STORE_KEY
from tests.population.releases.small_making import FEW, FILES
from tests.population.releases.small_store import PEOPLE

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

R = ReleaseState
FEWER = len(PEOPLE) - 1


@pytest.fixture
def judging(deployment):
    """A deployment whose maker keeps the rule for rows: nobody comes or goes among fewer than eight."""
    deployment.making.judges = True
    return deployment


def leaves_meanwhile(deployment) -> None:
    deployment.making.meanwhile[FILES[2]] = lambda: deployment.objected.add(PEOPLE[3])


def with_make(deployment, make):
    return replace(deployment.jobs, ground=replace(deployment.jobs.ground, make=make))


async def cut_off(deployment) -> UUID:
    """Have a job end after the ledger was written and before anything was published."""
    release = await deployment.approved()

    def cut(*order):
        deployment.making(*order)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await with_make(deployment, cut).run(release.id, "job")
    deployment.clock.pass_(seconds=LEASE.total_seconds())
    return release.id


async def test_de_05_a_release_that_somebody_left_meanwhile_is_published_without_them(judging):
    leaves_meanwhile(judging)

    found = await judging.published()

    assert (found.state, found.why) == (R.PUBLISHED, ())
    assert len((judging.desk.folder_of(found) / FILES[0]).read_text().splitlines()) == FEWER
    assert await judging.counted() == {found.id.hex: FEWER}


async def test_de_05_attempts_that_are_all_taken_for_one_would_be_found(judging):
    leaves_meanwhile(judging)
    release = await judging.approved()
    alike = with_make(
        judging, lambda order, *rest: judging.making(replace(order, attempt=Attempt()), *rest)
    )

    with pytest.raises(AnotherReleaseError):
        await alike.run(release.id, "job")


async def test_de_05_whoever_left_after_a_job_was_cut_off_is_in_no_row(judging):
    release = await cut_off(judging)
    judging.objected.add(PEOPLE[3])

    found = await judging.jobs.run(release, "another job")

    assert (found.state, found.why) == (R.PUBLISHED, ())
    assert await judging.counted() == {release.hex: FEWER}


async def refused_late(deployment) -> None:
    deployment.making.meanwhile[FILES[2]] = lambda: deployment.clock.pass_(days=8)
    assert (await deployment.published()).state is R.REFUSED


async def cancelled_late(deployment) -> None:
    release = await cut_off(deployment)
    await deployment.desk.cancel(release, "asker", deployment.clock(), "enough")


@pytest.mark.parametrize("ends", [refused_late, cancelled_late])
async def test_t09_rows_that_nobody_was_given_do_not_stand_in_the_way(judging, ends):
    await ends(judging)
    judging.listed(usable=PEOPLE[1:])

    found = await judging.published()

    assert (found.state, found.why) == (R.PUBLISHED, ())
    assert await judging.counted() == {found.id.hex: FEWER}


async def test_t09_records_that_are_not_asked_would_be_found(judging):
    async def nothing() -> Given:
        return Given()

    await cancelled_late(judging)
    judging.objected.add(PEOPLE[3])
    unasked = replace(judging.jobs, ground=replace(judging.jobs.ground, given=nothing))
    release = await judging.approved()

    assert (await unasked.run(release.id, "job")).state is R.REFUSED


@pytest.mark.parametrize("state", [R.RUNNING, R.PUBLISHED, R.RECALLED])
async def test_t09_rows_that_somebody_has_or_may_yet_be_given_count(judging, state):
    release = await cut_off(judging)
    if state is not R.RUNNING:
        await judging.jobs.run(release, "another job")
    if state is R.RECALLED:
        await judging.desk.recall(release, "officer", judging.clock(), "a mistake")
    judging.objected.add(PEOPLE[3])

    found = await judging.published()

    assert (found.state, found.why) == (R.REFUSED, (FEW,))


async def test_de_03_a_lost_ledger_refuses_what_follows_what_was_published(judging):
    await judging.published()
    judging.jobs.ground.ledger.path.unlink()

    found = await judging.published()

    assert found.state is R.REFUSED
    assert "lacks releases" in found.why[0]


async def test_t09_after_the_stores_key_was_rotated_nothing_is_released(judging):
    await judging.published()
    await judging.custody.rotate(STORE_KEY)

    found = await judging.published()

    assert found.state is R.REFUSED
    assert "another key of the store" in found.why[0]
