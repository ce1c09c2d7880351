"""Where the published data is, and the published London that is served from it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.simulators import pds
from adapters.simulators.faults import Faults
from adapters.simulators.published import ambulance, gp, hospital
from adapters.simulators.published.people import World, open_world
from adapters.simulators.published.samples import Samples
from gateway.wiring import now
from tests.london import SOURCES, London, running

BESIDE = Path(__file__).parents[3] / "shared" / "data"
# Switches of the test run, not settings of the service.
SAMPLES = Samples(Path(os.environ.get("SCR_SAMPLE_DATA", BESIDE)))  # noqa: TID251
IS_WHOLE = os.environ.get("SCR_PUBLISHED") == "all"  # noqa: TID251
IS_THERE = SAMPLES.folder.is_dir()

needs_samples = pytest.mark.skipif(
    not IS_THERE, reason="the published sample data is not here (SCR_SAMPLE_DATA)"
)


def world() -> World:
    return open_world(SAMPLES, now())


@contextmanager
def running_published(world: World) -> Iterator[London]:
    """Serve the published records; `people` names each person by the number's digits."""
    faults = {name: Faults() for name in SOURCES}
    apps = {
        "pds": pds.create_app(world.cohort, faults["pds"]),
        "gp": gp.create_app(world, faults["gp"], now=now),
        "hospital": hospital.create_app(world, faults["hospital"]),
        "ambulance": ambulance.create_app(world, faults["ambulance"]),
    }
    people = {number.digits: number for number in world.rows}
    with running(apps, world.cohort, people, faults) as london:
        yield london
