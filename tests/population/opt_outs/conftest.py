"""The national check behind a simulated MESH, over real HTTP, asked as the gateway asks."""

import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from uuid import uuid4

import pytest

from adapters.mesh import Mailbox, MeshMailbox
from adapters.mesh_wire import MeshWire
from adapters.simulators.invention import nhs_numbers
from adapters.simulators.mesh import MeshWorld, create_app
from adapters.source_config import Caps, SourceConfig, SourceDialect
from gateway.population.opt_out_check import CheckSettings, NationalCheck
from gateway.population.opt_outs import Objections, RowFacts
from gateway.population.pseudonyms import spell, subject_of
from tests.population.pull.served import _serving

STORE_KEY = bytes(range(32))
OURS, THEIRS, WORKFLOW = "OURS001", "THECHECK1", "SPINE_NTT_UPHOLDING"
SETTINGS = CheckSettings(THEIRS, WORKFLOW, listings=4)


def subject(number) -> str:
    return spell(subject_of(STORE_KEY, number))


def row(who: str, **changes) -> RowFacts:
    """A row about somebody that nothing speaks against."""
    return replace(RowFacts(who, False, False, False, False, ("normal",)), **changes)


def nobody_objects(*subjects: str) -> Objections:
    return Objections(frozenset(), frozenset(), dict.fromkeys(subjects, False))


@dataclass
class Exchange:
    """The check's world, and a mailbox of ours in it."""

    mesh: MeshWorld
    at: datetime = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    paused: list[float] = field(default_factory=list)
    runs: count = field(default_factory=lambda: count(1))
    password: str = field(default="the-mailbox-password", repr=False)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.at += timedelta(seconds=seconds)

    @asynccontextmanager
    async def check(self, app=None, caps: Caps | None = None, **changes):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            config = SourceConfig("mesh", SourceDialect.FHIR_R4, url, "", 5.0, caps=caps or Caps())
            wire = MeshWire(config)
            box = MeshMailbox(wire, Mailbox(OURS, self.password, b"shared"), self.now, uuid4)
            settings = replace(SETTINGS, **changes)
            with _serving(app or create_app(self.mesh), listener):
                yield NationalCheck(
                    box, settings, self.now, self.sleep, lambda: f"run-{next(self.runs)}"
                )
            await wire.aclose()


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def exchange():
    made = Exchange(None)
    passwords = {OURS: made.password, THEIRS: "another"}
    made.mesh = MeshWorld(made.now, b"shared", passwords, THEIRS, WORKFLOW)
    return made


@pytest.fixture
def numbers():
    return list(islice(nhs_numbers(7), 40))
