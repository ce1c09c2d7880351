"""A keyring in a folder of its own, and each kind of provider; the key service answers over real HTTP."""

import base64
import os
import secrets
import socket
import time
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from adapters.kms import KeyService
from adapters.simulators.kms import KeyServiceWorld, create_app
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Auth, AuthKind, SourceConfig, SourceDialect
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.kms_provider import KmsProvider
from gateway.population.keys.local_providers import EnvironmentProvider, FileProvider
from gateway.population.keys.names import KeyName, Purpose
from tests.population.pull.served import _serving

STORE, VAULT = KeyName(Purpose.STORE), KeyName(Purpose.VAULT)
VIOLENCE = KeyName(Purpose.PROJECT, "violence", "CSP1")
COSTS = KeyName(Purpose.PROJECT, "costs", "QMJ")
ROOTS = {each: f"root-of-{each}" for each in (Purpose.STORE, Purpose.PROJECT)}
TOKEN = "the-key-services-own-token"


@dataclass
class Clock:
    at: datetime = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Drawing:
    """Draws at random, and remembers what it drew."""

    drawn: list[bytes] = field(default_factory=list, repr=False)

    def __call__(self, size: int) -> bytes:
        self.drawn.append(secrets.token_bytes(size))
        return self.drawn[-1]

    def secrets(self) -> list[bytes]:
        return [each for each in self.drawn if len(each) == 32]


@dataclass
class World:
    """A keyring and what it depends on."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    draw: Drawing = field(default_factory=Drawing)

    def custody(self, provider) -> KeyCustody:
        return KeyCustody(self.folder / "keyring.json", provider, self.clock, self.draw)

    @property
    def roots(self) -> Path:
        return self.folder / "roots.json"

    def by_file(self) -> KeyCustody:
        return self.custody(FileProvider(self.roots, self.draw))

    def by_environment(self) -> KeyCustody:
        text = base64.b64encode(os.urandom(32)).decode()
        return self.custody(EnvironmentProvider.reading(text, self.draw))

    def by_service(self, service: KeyServiceWorld):
        return self.served_by(create_app(service))

    def answering(self, status: int, body: bytes):
        async def answer(_request):
            return Response(body, status)

        return self.served_by(Starlette(routes=[Route("/", answer, methods=["POST"])]))

    @asynccontextmanager
    async def served_by(self, app):
        """Keep keys by what answers on loopback; by nothing that answers when `app` is None."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            if app is None:
                listener.close()
            auth = Auth(AuthKind.BEARER, secret=TOKEN)
            config = SourceConfig("kms", SourceDialect.FHIR_R4, url, "", 5.0, auth=auth)
            client = open_source_client(config, Surroundings(self.clock, uuid4, time.monotonic))
            with _serving(app, listener) if app else nullcontext():
                yield self.custody(KmsProvider(KeyService(client), ROOTS))
            await client.aclose()

    def pass_(self, **time_passed: int) -> None:
        self.clock.at += timedelta(**time_passed)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def service(world):
    made = KeyServiceWorld(TOKEN, world.clock)
    for each in Purpose:
        made.add_root(f"root-of-{each}")
    return made


@pytest.fixture(params=["file", "environment", "service"])
async def custody(request, world, service):
    """Custody by each kind of provider."""
    if request.param == "service":
        async with world.by_service(service) as made:
            yield made
    else:
        yield world.by_file() if request.param == "file" else world.by_environment()
