"""Run the whole demo: simulators in a process of their own, the gateway in this one.

Prints nothing and checks nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn

from adapters.simulators.truth import Cohort
from gateway.demo.deployment import Folder, deployment
from gateway.demo.invention import Invention
from gateway.demo.planning import make_planning, planning_settings
from gateway.demo.preparation import (
    make_database,
    make_folder,
    public_client_keys,
    write_settings,
)
from gateway.demo.simulation_process import LOOPBACK, Orders
from gateway.demo.simulators import Simulated
from gateway.demo.sources import sources_running
from gateway.demo.visitor import Visitor
from gateway.errors import UnavailableError
from gateway.operator_log import log_warnings
from gateway.serving import Gateway, listen, server_config


@dataclass(frozen=True, slots=True)
class Demo:
    """One running demo."""

    gateway: str
    addresses: Mapping[Simulated, str]
    password: str = field(repr=False)
    folder: Folder
    cohort: Cohort
    invention: Invention


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run; port 0 takes free ones throughout."""

    folder: Folder
    port: int
    invention: Invention


@asynccontextmanager
async def demo_running(wanted: Wanted) -> AsyncIterator[tuple[Demo, asyncio.Task[None]]]:
    """Run the demo while the block runs; the task ends when a signal tells the gateway to.

    Raises OSError when the port is taken, SourcesNotStartedError, UnavailableError.
    """
    with listen(LOOPBACK, wanted.port) as listener:
        gateway = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        password = make_folder(wanted.folder)
        first_port = wanted.port + 1 if wanted.port else 0
        keys = public_client_keys(wanted.folder)
        orders = Orders(wanted.invention, gateway, password, first_port, keys)
        with sources_running(orders) as addresses:
            planning = planning_settings(wanted.folder, addresses[Simulated.PLANNING])
            written = {**deployment(wanted.folder, gateway, addresses), **planning}
            settings = write_settings(wanted.folder, written)
            await make_database(settings, wanted.folder, wanted.invention)
            await make_planning(wanted.folder, settings, wanted.invention)
            server = uvicorn.Server(
                server_config(Gateway(settings, log_warnings), settings.stop_seconds)
            )
            serving = asyncio.create_task(server.serve([listener]))
            try:
                await _answering(gateway, serving)
                told = (wanted.invention.cohort(), wanted.invention)
                yield Demo(gateway, addresses, password, wanted.folder, *told), serving
            finally:
                server.should_exit = True
                await asyncio.wait({serving})


async def _answering(gateway: str, serving: asyncio.Task[None]) -> None:
    asking = asyncio.create_task(asyncio.to_thread(Visitor(gateway).get, "/health/ready"))
    await asyncio.wait({asking, serving}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done() or asking.result().status != 200:
        raise UnavailableError("The gateway did not start.")
