"""Run every simulator of the demo in one process of its own, each on its own loopback port.

Started by `sources_running`, told what to be on its standard input, and gone when that closes: so it cannot
outlive the demo, however the demo ends.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

import uvicorn
from joserfc.jwk import KeySet, KeySetSerialization
from starlette.types import ASGIApp
from typing_extensions import override

from gateway.demo.invention import Invention
from gateway.demo.planning_sources import planning_app
from gateway.demo.simulators import IN_THE_DEMO, Provider, Simulated, identity_app, source_app
from gateway.demo.traffic import users_in

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Orders:
    """What the process is to simulate; ports from `first_port` on are taken if free, any if it is 0."""

    invention: Invention
    gateway: str
    password: str = field(repr=False)
    first_port: int
    client_keys: KeySetSerialization = field(default_factory=lambda: KeySetSerialization(keys=[]))

    def to_line(self) -> bytes:
        """Write the orders on one line."""
        return json.dumps(asdict(self), default=datetime.isoformat).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read orders."""
        document: dict[str, Any] = json.loads(line)
        made_up = document.pop("invention")
        at = datetime.fromisoformat(made_up.pop("at"))
        return cls(invention=Invention(**made_up, at=at), **document)


class QuietServer(uvicorn.Server):
    """A server that leaves signals alone: several share this process."""

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take no signal over."""
        yield


def main() -> None:
    """Read orders, say where everything is, and serve until standard input closes."""
    orders = Orders.from_line(sys.stdin.buffer.readline())
    sockets = {
        kind: _listen_near(orders.first_port + offset if orders.first_port else 0)
        for offset, kind in enumerate(IN_THE_DEMO)
    }
    addresses = {kind: _address(each) for kind, each in sockets.items()}
    apps = _apps(orders, addresses)
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    asyncio.run(_serve([(apps[kind], sockets[kind]) for kind in IN_THE_DEMO]))


def _apps(orders: Orders, addresses: dict[Simulated, str]) -> dict[Simulated, ASGIApp]:
    cohort = orders.invention.cohort()
    provider = Provider(
        addresses[Simulated.IDENTITY],
        orders.gateway,
        orders.password,
        KeySet.import_key_set(orders.client_keys),
        staff=users_in(cohort),
    )
    others = {
        Simulated.IDENTITY: lambda: identity_app(provider),
        Simulated.PLANNING: lambda: planning_app(orders.invention, addresses[Simulated.PLANNING]),
    }
    return {
        kind: others[kind]() if kind in others else source_app(kind, cohort) for kind in IN_THE_DEMO
    }


def _listen_near(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        return socket.create_server((LOOPBACK, 0))


def _address(listener: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"


async def _serve(pairs: list[tuple[ASGIApp, socket.socket]]) -> None:
    servers = [QuietServer(simulator_config(app)) for app, _listener in pairs]
    serving = [
        asyncio.create_task(server.serve([listener]))
        for server, (_app, listener) in zip(servers, pairs, strict=True)
    ]
    await asyncio.to_thread(sys.stdin.buffer.read)
    for server in servers:
        # A source that hangs on request never ends its answer.
        server.should_exit = server.force_exit = True
    await asyncio.gather(*serving)


def simulator_config(app: ASGIApp) -> uvicorn.Config:
    """Give a simulator's server: quiet, because its addresses hold NHS numbers."""
    return uvicorn.Config(
        app, lifespan="off", ws="none", log_level="critical", access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
