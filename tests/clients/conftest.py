"""The whole service on a real socket, for clients that know nothing of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clients.node import installed_packages
from tests.clients.serving import served
from tests.stack import Stack
from tests.stack_fixtures import compiled, impatient, london, stack, template

__all__ = ["compiled", "impatient", "london", "stack", "template"]


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """Install the pinned packages of package.json, once; skip where no registry can be reached."""
    return installed_packages()


@pytest.fixture
async def address(stack: Stack) -> AsyncIterator[str]:
    async with served(stack) as url:
        yield url
