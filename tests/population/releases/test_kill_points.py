"""Killed in any named moment, a release is whole or not there, is published once, and is removed whole (DE-07).

`SCR_PROVE_KILLS` sets how often processes are killed in all; SCR_PROVE_SEED repeats a run.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from random import Random
from uuid import UUID

import pytest

from gateway.population.releases.beating import LEASE
from gateway.population.releases.sweeping import sweep
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import Deployment
from tests.population.releases.kill_points import POINTS
from tests.population.releases.killing import Nursery, look_at, nursery
from tests.population.releases.releasing_process import Orders
from tests.population.releases.small_store import PEOPLE
from tests.population.releases.weaknesses import WEAKNESSES

KILLS = int(os.environ.get("SCR_PROVE_KILLS", len(POINTS)))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
KILLED = -signal.SIGKILL
TRIES = 20
"""How often at most a process is sent to be killed for each that was: not every life has a moment twice."""


@pytest.fixture(scope="module")
def processes() -> Iterator[Nursery]:
    with nursery() as begun:
        yield begun


async def test_de_07_killed_in_each_named_moment_a_release_is_whole_or_not_there(
    processes: Nursery,
    deployment: Deployment,
    store_url: str,
    record_property: Callable[[str, object], None],
) -> None:
    moments, killed = Random(SEED), []
    for tried, point in enumerate(islice(cycle(POINTS), TRIES * KILLS)):
        if len(killed) == KILLS:
            break
        # Few moments come a second time.
        nth = 1 if tried < len(POINTS) else moments.randint(1, 2)
        if await one_life(processes, deployment, store_url, point, nth):
            killed.append(point)

    record_property("seed", SEED)
    record_property("kills", len(killed))
    assert (len(killed), set(killed)) == (KILLS, set(POINTS))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("weakness", WEAKNESSES)
async def test_de_07_a_careless_job_is_found(
    weakness: str, processes: Nursery, deployment: Deployment, store_url: str
) -> None:
    point, weak = WEAKNESSES[weakness].point, {"weakness": weakness}
    orders, act = await ordered(deployment, store_url), POINTS[point].act
    if act == "recall":
        await deployment.jobs.run(UUID(orders.release), "job")
    killing = orders._replace(act=act, point=point, **weak)
    assert await processes.status_of(killing) == KILLED

    with pytest.raises(AssertionError):
        await look_at(deployment)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("point", [name for name, point in POINTS.items() if point.act == "run"])
async def test_de_05_whoever_leaves_after_it_was_killed_is_in_no_row_of_the_release(
    point: str, processes: Nursery, deployment: Deployment, store_url: str
) -> None:
    orders, deployment.making.judges = await ordered(deployment, store_url), True
    release = UUID(orders.release)
    assert await processes.status_of(orders._replace(point=point)) == KILLED
    was_published = await state_of(deployment, release) is ReleaseState.PUBLISHED
    deployment.clock.pass_(seconds=LEASE.total_seconds())

    deployment.listed(usable=PEOPLE[1:])
    await goes_on(deployment, release, "run")

    left = 0 if was_published else 1
    assert await deployment.counted() == {release.hex: len(PEOPLE) - left}


async def one_life(
    processes: Nursery, deployment: Deployment, database: str, point: str, nth: int
) -> bool:
    """Have one release made, published and removed, with a kill in it; say whether there was one."""
    orders, killed = await ordered(deployment, database), False
    for act in ("run", "recall", "sweep"):
        if POINTS[point].act == act:
            killing = orders._replace(act=act, point=point, nth=nth)
            killed = await processes.status_of(killing) == KILLED
            await look_at(deployment)
            deployment.clock.pass_(seconds=LEASE.total_seconds())
        await goes_on(deployment, UUID(orders.release), act)
    return killed


async def goes_on(deployment: Deployment, release: UUID, act: str) -> None:
    """Do it again to its end, unless it was done by then, and see what is there."""
    desk, now, before = deployment.desk, deployment.clock(), await state_of(deployment, release)
    if act == "run" and before is not ReleaseState.PUBLISHED:
        await deployment.jobs.run(release, "another job")
    if act == "recall" and before is not ReleaseState.RECALLED:
        await desk.recall(release, "officer", now, "a mistake")
    if act == "sweep":
        await sweep(desk, deployment.custody.keyring(), "sweep", now)
        assert [path for path in desk.folders.root.rglob("*") if path.is_file()] == []
    await look_at(deployment)
    expected = ReleaseState.PUBLISHED if act == "run" else ReleaseState.RECALLED
    assert await state_of(deployment, release) is expected


async def state_of(deployment: Deployment, release: UUID) -> ReleaseState:
    return (await deployment.desk.release(release)).state


async def ordered(deployment: Deployment, database: str) -> Orders:
    """Have a release asked for and approved."""
    deployment.clock.pass_(minutes=1)
    deployment.listed()
    release = await deployment.approved()
    now = deployment.clock().isoformat()
    return Orders(database, str(deployment.folder), str(release.id), now)
