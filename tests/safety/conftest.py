"""The whole service, for the safety tests; also against a hospital that lies."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.stub_source import stub_source
from tests.london import London
from tests.postgres_fixture import postgres_cluster, postgres_url, sqlite_url, store_url
from tests.safety.hostile_source import Hostile, with_hospital_at
from tests.safety.siege import Siege
from tests.stack import Stack, running_stack
from tests.stack_fixtures import compiled, impatient, london, stack, template

__all__ = [
    "compiled",
    "impatient",
    "london",
    "postgres_cluster",
    "postgres_url",
    "sqlite_url",
    "stack",
    "store_url",
    "template",
]


@pytest.fixture
async def siege(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Siege]:
    """Give a stack whose hospital is hostile."""
    hostile = Hostile()
    async with stub_source(hostile.behave) as hostile.stub:
        elsewhere = with_hospital_at(london, hostile.stub.url)
        async with running_stack(elsewhere, template, tmp_path, compiled) as running:
            yield Siege(hostile, running)


@pytest.fixture
def hurrying(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> Callable[[str], AbstractAsyncContextManager[Stack]]:
    """Give a maker of stacks in which one source must answer within 0.2 s, and the others need not hurry."""
    return lambda source: running_stack(
        london, template, tmp_path, compiled, deadlines={source: 0.2}
    )
