"""Fixtures of the whole service against the simulated London; imported by the conftest of a folder."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rbac.decide import CompiledPolicy, compile_policy
from rbac.policy import load_default
from tests.london import London, running_london
from tests.stack import Stack, make_key_file, prepare_database, running_stack


@pytest.fixture(scope="session")
def london() -> Iterator[London]:
    with running_london() as running:
        yield running


@pytest.fixture(scope="session")
def compiled() -> Mapping[str, CompiledPolicy]:
    policy = load_default()
    return {policy.version: compile_policy(policy)}


@pytest.fixture(scope="session")
def template(london: London, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stack") / "template.db"
    keys = make_key_file(path.with_suffix(".keys"))
    asyncio.run(prepare_database(path, london, keys))
    return path


@pytest.fixture
async def stack(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    async with running_stack(london, template, tmp_path, compiled) as running:
        yield running


@pytest.fixture
async def impatient(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Stack]:
    """Give a stack whose sources must answer within 0.2 s, for tests of sources that never do."""
    short = dict.fromkeys(("gp", "hospital", "ambulance"), 0.2)
    async with running_stack(london, template, tmp_path, compiled, deadlines=short) as running:
        yield running
