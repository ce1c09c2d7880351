"""Serve a gateway on a real socket, at the address that its links name."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from gateway.app import create_app
from tests.stack import Stack


@asynccontextmanager
async def served(stack: Stack) -> AsyncIterator[str]:
    """Serve until the block ends; its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = stack.services.settings.model_copy(update={"base_url": url})
    object.__setattr__(stack.services, "settings", settings)
    server = uvicorn.Server(
        uvicorn.Config(
            stack.access.of(create_app(stack.services)), lifespan="off", log_level="critical"
        )
    )
    server.install_signal_handlers = contextlib.nullcontext
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # uvicorn tells of its start in no other way
    yield url
    server.should_exit = True
    await serving
