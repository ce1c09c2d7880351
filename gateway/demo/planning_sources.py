"""Serve what the demo's planning side asks: three bulk sources of a small population, and the national opt-out check of it.

Opens no port. The population is made up when it is first asked for, so that the demo starts without waiting for it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.simulators.bulk.server import BulkSettings
from adapters.simulators.bulk.server import create_app as bulk_app
from adapters.simulators.bulk.shelf import planning_shelf
from adapters.simulators.faults import Faults
from adapters.simulators.mesh import MeshWorld
from adapters.simulators.mesh import create_app as mesh_app
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.rates import DENSE
from adapters.simulators.truth import SourceKind
from gateway.demo.deployment import Document
from gateway.demo.invention import Invention
from gateway.wiring import now

PEOPLE = 500
"""Judgement: both declared datasets left the gate at the four seeds and months that were tried, and of 400 at one."""

_CHECK = "/mesh"
_OURS, _THEIRS, _WORKFLOW = "SCRDEMO1", "CHECKDEMO1", "SPINE_NTT_UPHOLDING"
_INVENTED = "invented"
"""Password and shared key of the demo's mailboxes, which guard nothing: everybody whom they tell of is made up."""


def planning_population(invention: Invention) -> Population:
    """Give the population that the demo plans for: told until the month began, so that no month is told in part.

    A month of which one day is told has events that hardly anybody had, and those stop a release.
    """
    return Population(invention.seed, PEOPLE, beginning_of_month(invention.at), DENSE)


def beginning_of_month(at: datetime) -> datetime:
    """Give the first moment of a month."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def planning_app(invention: Invention, address: str) -> ASGIApp:
    """Make the three sources and the national check, each under its own path of one address."""
    population = planning_population(invention)
    sources = [
        Mount(f"/{kind}", _WhenAsked(partial(_source, population, kind, f"{address}/{kind}")))
        for kind in SourceKind
    ]
    return Starlette(routes=[*sources, Mount(_CHECK, _WhenAsked(partial(_check, population)))])


def check_settings(address: str) -> Document:
    """Give the settings of the national check that stands beside the sources of one address."""
    return {
        "base_url": f"{address}{_CHECK}",
        "mailbox": _OURS,
        "password": _INVENTED,
        "shared_key": _INVENTED,
        "check_mailbox": _THEIRS,
        "workflow": _WORKFLOW,
        "pause_seconds": 0.2,
    }


def _source(population: Population, kind: SourceKind, address: str) -> ASGIApp:
    return bulk_app(planning_shelf(population, kind), BulkSettings(address, now), Faults())


def _check(population: Population) -> ASGIApp:
    people = [each.resident for each in population.lives()]
    opted_out = {each.nhs_number for each in people if each.is_opted_out}
    passwords = {_OURS: _INVENTED, _THEIRS: _INVENTED}
    world = MeshWorld(now, _INVENTED.encode(), passwords, _THEIRS, _WORKFLOW, opted_out)
    return mesh_app(world)


class _WhenAsked:
    """An application that is made when somebody first asks, aside from what else this process serves."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._making: asyncio.Task[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._making = self._making or asyncio.create_task(asyncio.to_thread(self._make))
        await (await self._making)(scope, receive, send)
