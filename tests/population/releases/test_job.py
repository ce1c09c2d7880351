"""A job makes an approved release and publishes it, refuses it with reasons, or stops; it never publishes half of one."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from gateway.errors import ConflictError
from gateway.population.keys.keyring import KeyDestroyedError
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.opt_outs import Exemption, OptOutRule
from gateway.population.releases.beating import LEASE, Beat, lease_of
from gateway.population.releases.verifying import faults_of_release
from gateway.store.leases import take_lease
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import PROJECT_KEY
from tests.population.releases.small_making import FILES
from tests.population.releases.small_store import DIED, PEOPLE, RESTRICTED, fill

R = ReleaseState


def lines_of(deployment, release):
    return (deployment.desk.folder_of(release) / FILES[0]).read_text().splitlines()


def nothing_is_there(deployment) -> bool:
    root = deployment.desk.folders.root
    return not any(path.is_file() for path in root.rglob("*"))


async def test_a_release_is_published_whole_and_under_its_projects_pseudonyms(deployment):
    release = await deployment.published()

    folder = deployment.desk.folder_of(release)
    assert list(faults_of_release(folder, release.manifest_sha256)) == []
    assert len(lines_of(deployment, release)) == len(PEOPLE)
    assert not any(each in line for each in PEOPLE for line in lines_of(deployment, release))
    assert await deployment.desk.published(deployment.clock()) == (release,)


async def test_how_far_a_job_is_can_be_asked(deployment):
    release = await deployment.approved()
    assert await deployment.desk.progress(release.id) is None
    await deployment.jobs.run(release.id, "job")
    last = await deployment.desk.progress(release.id)
    assert (last.step, last.done, last.steps) == (FILES[-1], 2, 3)


async def test_within_one_step_a_job_tells_how_far_it_is_once_a_second_at_most(deployment):
    release, store = await deployment.approved(), deployment.desk.store
    beat = Beat(store, release, "job", deployment.clock, asyncio.get_running_loop())
    told = []

    for done, seconds in ((1, 0), (2, 0), (3, 1)):
        deployment.clock.pass_(seconds=seconds)
        await asyncio.to_thread(beat, "rows", done, 9)
        told.append((await deployment.desk.progress(release.id)).done)

    assert told == [1, 1, 3]


async def test_what_the_gate_refuses_is_told_with_its_reasons_and_leaves_no_file(deployment):
    release = await deployment.approved()
    deployment.making.refuses = ("a total tells a part of it", "T9: 1 of 1")

    found = await deployment.jobs.run(release.id, "job")

    assert (found.state, found.why) == (R.REFUSED, deployment.making.refuses)
    assert nothing_is_there(deployment)
    with pytest.raises(ConflictError):
        await deployment.jobs.run(release.id, "job")


async def test_what_was_allowed_once_and_is_so_no_longer_is_refused(deployment):
    release = await deployment.approved()
    deployment.jobs.ground.permits.against = "The approver is suspended."

    found = await deployment.jobs.run(release.id, "job")

    assert (found.state, found.why) == (R.REFUSED, ("The approver is suspended.",))
    assert deployment.making.orders == []


@pytest.mark.parametrize("days", [7, 400])
async def test_t20_an_expired_list_refuses_the_release(deployment, days):
    release = await deployment.approved(ends_on=deployment.clock().date() + timedelta(days=500))
    deployment.clock.pass_(days=days)

    found = await deployment.jobs.run(release.id, "job")

    assert found.state is R.REFUSED
    assert "opt-out list" in found.why[0]
    assert deployment.making.orders == []


async def test_t20_a_list_that_expires_while_the_release_is_made_refuses_it(deployment):
    release = await deployment.approved()
    deployment.making.meanwhile[FILES[1]] = lambda: deployment.clock.pass_(days=8)

    assert (await deployment.jobs.run(release.id, "job")).state is R.REFUSED
    assert nothing_is_there(deployment)


async def test_t20_who_opted_out_since_the_pull_is_in_no_row(deployment):
    before = await deployment.published()
    deployment.listed(usable=PEOPLE[1:])
    deployment.objected.add(PEOPLE[1])

    after = await deployment.published()

    assert len(lines_of(deployment, after)) == len(PEOPLE) - 2
    assert set(lines_of(deployment, after)) < set(lines_of(deployment, before))
    assert deployment.making.orders[-1].left_out == {*PEOPLE[:2]}


@pytest.mark.parametrize("said", [RESTRICTED, DIED], ids=str)
async def test_de_05_whom_a_pull_bars_while_it_is_made_is_in_no_row(deployment, said):
    release, store = await deployment.approved(), deployment.folder / "store"
    meanwhile = partial(fill, store, pull=2, said={PEOPLE[3]: said})
    deployment.making.meanwhile[FILES[2]] = meanwhile

    found = await deployment.jobs.run(release.id, "job")

    assert len(lines_of(deployment, found)) == len(PEOPLE) - 1
    assert [each.left_out for each in deployment.making.orders] == [set(), {PEOPLE[3]}]


async def test_de_05_who_opts_out_while_it_is_made_is_in_no_row(deployment):
    release = await deployment.approved()
    deployment.making.meanwhile[FILES[2]] = lambda: deployment.objected.add(PEOPLE[3])

    found = await deployment.jobs.run(release.id, "job")

    assert found.state is R.PUBLISHED
    assert len(lines_of(deployment, found)) == len(PEOPLE) - 1


async def test_de_05_a_release_is_not_made_for_ever_while_people_opt_out(deployment):
    release = await deployment.approved()
    left = iter(PEOPLE)
    making = deployment.making

    def opts_out():
        deployment.objected.add(next(left))
        making.meanwhile[FILES[0]] = opts_out

    making.meanwhile[FILES[0]] = opts_out
    with pytest.raises(ConflictError, match="too often"):
        await deployment.jobs.run(release.id, "job")
    assert (await deployment.desk.release(release.id)).state is R.RUNNING


async def test_a_cancelled_job_stops_at_its_next_step_and_leaves_nothing(deployment):
    release = await deployment.approved()
    desk = deployment.desk
    loop = asyncio.get_running_loop()

    def cancels():
        cancelling = desk.cancel(release.id, "asker", deployment.clock(), "enough")
        asyncio.run_coroutine_threadsafe(cancelling, loop).result()

    deployment.making.meanwhile[FILES[0]] = cancels
    found = await deployment.jobs.run(release.id, "job")

    assert (found.state, len(deployment.making.orders)) == (R.CANCELLED, 1)
    assert nothing_is_there(deployment)


async def test_a_second_job_waits_until_the_first_is_surely_over(deployment):
    release = await deployment.approved()
    now = deployment.clock()
    await take_lease(deployment.desk.store, lease_of(release, "other", now), now)

    with pytest.raises(ConflictError, match="Another job"):
        await deployment.jobs.run(release.id, "job")

    deployment.clock.pass_(seconds=LEASE.total_seconds())
    assert (await deployment.jobs.run(release.id, "job")).state is R.PUBLISHED


async def test_files_that_are_not_those_of_their_manifest_are_not_published(deployment, tmp_path):
    release = await deployment.approved()
    whole = deployment.making.__class__.__call__

    def weak(order, folder, watch):
        manifest = whole(deployment.making, order, folder, watch)
        (folder / FILES[0]).write_text("other rows\n")
        return manifest

    jobs = replace(deployment.jobs, ground=replace(deployment.jobs.ground, make=weak))
    found = await jobs.run(release.id, "job")

    assert (found.state, found.why) == (R.REFUSED, (f"{FILES[0]} is not as it was published.",))


async def test_a_destroyed_key_makes_no_release(deployment):
    release = await deployment.approved()
    await deployment.custody.destroy(PROJECT_KEY)

    with pytest.raises(KeyDestroyedError):
        await deployment.jobs.run(release.id, "job")
    assert nothing_is_there(deployment)
    assert await deployment.desk.release(release.id) == release


async def test_t23_after_a_rotation_no_pseudonym_is_the_same(deployment):
    before = await deployment.published()
    await deployment.custody.rotate(PROJECT_KEY)

    after = await deployment.published()

    assert (before.epoch, after.epoch) == (1, 2)
    assert len(set(lines_of(deployment, before)) | set(lines_of(deployment, after))) == 40


async def test_t23_the_same_release_for_another_project_has_no_pseudonym_in_common(deployment):
    await deployment.custody.create(KeyName(Purpose.PROJECT, "other", "CSP1"))

    one, other = await deployment.published(), await deployment.published(project="other")

    assert not set(lines_of(deployment, one)) & set(lines_of(deployment, other))


async def test_an_exempt_dataset_needs_no_list(deployment):
    (deployment.folder / "list.json").unlink()
    ground = deployment.jobs.ground
    rule = OptOutRule(Exemption.LAW)
    exempt = {"small": replace(ground.datasets["small"], opt_out_rule=rule)}
    jobs = replace(deployment.jobs, ground=replace(ground, datasets=exempt))
    release = await deployment.approved()

    assert (await jobs.run(release.id, "job")).state is R.PUBLISHED


async def test_a_job_that_goes_on_makes_it_of_the_same_pulls_and_day(deployment):
    release = await deployment.approved()
    deployment.making.meanwhile[FILES[0]] = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        await deployment.jobs.run(release.id, "job")
    fill(deployment.folder / "store", PEOPLE[:5], pull=2)
    deployment.clock.pass_(days=1)

    assert (await deployment.jobs.run(release.id, "job")).state is R.PUBLISHED

    first, again = deployment.making.orders
    assert (first.sources, first.today) == (again.sources, again.today)
    assert [each.through for each in again.sources] == [1]
