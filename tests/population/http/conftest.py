"""Lend a gateway with a planning side to the tests of its routes."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.london import London
from tests.population.http.world import PlanningWorld, planning_world
from tests.stack import Stack, running_stack
from tests.stack_fixtures import compiled, london, template

__all__ = ["compiled", "london", "template"]


@pytest.fixture
async def planning(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[PlanningWorld]:
    async with planning_world(london, template, tmp_path, compiled) as world:
        yield world


@pytest.fixture
async def without_planning(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    none = {"population": None, "vault_database_url": None}
    async with running_stack(london, template, tmp_path, compiled, **none) as running:
        yield running
