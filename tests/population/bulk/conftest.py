"""Lend a gateway that releases, to the tests of the machines that fetch from it."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.london import London
from tests.population.bulk.world import World, planning_settings, world_of
from tests.stack import running_stack
from tests.stack_fixtures import compiled, london, stack, template

__all__ = ["compiled", "london", "stack", "template"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[World]:
    settings = planning_settings(tmp_path)
    async with running_stack(london, template, tmp_path, compiled, **settings) as running:
        yield await world_of(running, tmp_path)
