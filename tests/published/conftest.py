"""The whole service on published records."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators.published.people import World
from tests.london import London
from tests.published.samples import IS_THERE, running_published, world
from tests.stack import Stack, running_stack
from tests.stack_fixtures import compiled, template

__all__ = ["compiled", "template"]

# The longest records are 13 MB, and their source unpacks them when asked.
_PATIENT = dict.fromkeys(("pds", "gp", "hospital", "ambulance"), 30.0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def published() -> World:
    return world()


@pytest.fixture(scope="session")
def london(published: World) -> Iterator[London]:
    if not IS_THERE:
        pytest.skip("the published sample data is not here (SCR_SAMPLE_DATA)")
    with running_published(published) as running:
        yield running


@pytest.fixture
async def stack(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    async with running_stack(
        london, template, tmp_path, compiled, deadlines=_PATIENT, overall_seconds=30.0
    ) as running:
        yield running
