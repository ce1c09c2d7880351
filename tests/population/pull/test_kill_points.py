"""Killed in any named moment of a pull, nothing is lost, nothing doubled, and no raw row is at rest (DE-07).

`SCR_PROVE_KILLS` sets how often processes are killed in all; SCR_PROVE_SEED repeats a run.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.population.pull.kill_points import POINTS
from tests.population.pull.killing import Nursery, look_at, nursery
from tests.population.pull.pulling import add, at_rest, change, held_by
from tests.population.pull.pulling_process import Orders
from tests.population.pull.served import QUICK, Served, served
from tests.population.pull.weaknesses import WEAKNESSES

KILLS = int(os.environ.get("SCR_PROVE_KILLS", len(POINTS)))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
# Polls of killed processes come whenever they come, and nobody gives their exports up.
PATIENT = replace(QUICK, seconds_between_polls=0, exports_at_once=10**6)
FINISHED = 0
TRIES = 20
"""How often at most a process is sent to be killed for each that was: a quick one has finished, or has no such moment."""


@pytest.fixture
def world(dialect):
    with served(offers_export=dialect == "export", pace=PATIENT) as world:
        yield world


async def test_de_07_killed_in_each_named_moment_a_pull_loses_and_doubles_nothing(
    world: Served, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    moments, killed = Random(SEED), []
    with nursery() as processes:
        for tried, point in enumerate(islice(cycle(POINTS), TRIES * KILLS)):
            if len(killed) == KILLS:
                break
            happens(world, moments)
            # A short pull has few moments that come a second or third time.
            nth = 1 if tried < len(POINTS) else moments.randint(1, 3)
            orders = ordered(world, tmp_path)._replace(point=point, nth=nth)
            if await processes.status_of(orders) == -signal.SIGKILL:
                killed.append(point)
            await goes_on(processes, world, tmp_path)

    record(record_property, len(killed))
    assert (len(killed), set(killed)) == (KILLS, set(POINTS))


async def test_de_07_killed_at_random_moments_a_pull_loses_and_doubles_nothing(
    world: Served, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    moments, killed = Random(SEED), 0
    with nursery() as processes:
        begun = time.monotonic()
        await goes_on(processes, world, tmp_path)
        longest = time.monotonic() - begun
        for _ in range(TRIES * KILLS):
            if killed == KILLS // 4:
                break
            happens(world, moments)
            orders, after = ordered(world, tmp_path), moments.uniform(0, longest)
            killed += await processes.status_of(orders, after) == -signal.SIGKILL
            await goes_on(processes, world, tmp_path)

    record(record_property, killed)
    assert killed == KILLS // 4


@pytest.mark.parametrize("dialect", ["export"], indirect=True)
@pytest.mark.parametrize("weakness", WEAKNESSES)
async def test_de_07_a_careless_pull_is_found(weakness: str, world: Served, tmp_path: Path) -> None:
    killed_at = ordered(world, tmp_path)._replace(point="a part is in the checkpoint")
    with nursery() as processes:
        await processes.status_of(killed_at._replace(weakness=weakness))
        orders = ordered(world, tmp_path)._replace(weakness=weakness)
        await processes.status_of(orders)

        with pytest.raises((AssertionError, FileNotFoundError, msgspec.DecodeError)):
            look_at(tmp_path)


def record(record_property: Callable[[str, object], None], kills: int) -> None:
    record_property("seed", SEED)
    record_property("kills", kills)


async def goes_on(processes: Nursery, world: Served, store: Path) -> None:
    """See what is there, pull to the end, and see that everything is there once."""
    look_at(store)
    assert await processes.status_of(ordered(world, store)) == FINISHED
    look_at(store)
    assert at_rest(store) == held_by(world)


def happens(world: Served, moments: Random) -> None:
    """Let a day pass at the source: something new, something changed, something gone."""
    world.clock.pass_(hours=1)
    encounters = world.shelf.lines["Encounter"]
    change(world, "Encounter", moments.randrange(len(encounters)))
    add(world, "Encounter", f"new-{world.clock().timestamp():.0f}")
    change(world, "Patient", moments.randrange(len(world.shelf.lines["Patient"])))


def ordered(world: Served, store: Path) -> Orders:
    world.clock.pass_(minutes=10)
    return Orders(world.address, world.private_key, str(store), world.clock().isoformat())
