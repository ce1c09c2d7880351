"""The whole service on a real socket, for clients that know nothing of it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from gateway.app import create_app
from tests.clients.node import installed_packages
from tests.stack import Stack
from tests.stack_fixtures import compiled, impatient, london, stack, template

__all__ = ["compiled", "impatient", "london", "stack", "template"]


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """Install the pinned packages of package.json, once; skip where no registry can be reached."""
    return installed_packages()


@pytest.fixture
async def address(stack: Stack) -> AsyncIterator[str]:
    """Serve the gateway on a real socket; links must name the address that the client uses."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    object.__setattr__(
        stack.services,
        "settings",
        stack.services.settings.model_copy(update={"base_url": url}),
    )
    server = uvicorn.Server(
        uvicorn.Config(create_app(stack.services), lifespan="off", log_level="critical")
    )
    server.install_signal_handlers = contextlib.nullcontext
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # uvicorn tells of its start in no other way
    yield url
    server.should_exit = True
    await serving
