"""Serve a simulated bulk source on loopback, and open it as the gateway does."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import uvicorn
from joserfc.jwk import ECKey, KeySet

from adapters.bulk import open_bulk_source
from adapters.bulk_contract import BulkSource
from adapters.bulk_export import Patience
from adapters.simulators.bulk.jobs import Pace
from adapters.simulators.bulk.machines import Machine
from adapters.simulators.bulk.server import BulkSettings, create_app
from adapters.simulators.bulk.shelf import Shelf
from adapters.simulators.faults import Faults
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Auth, AuthKind, Caps, SourceConfig, SourceDialect
from tests.contract.bulk.asking import Clock, fresh_shelf

KEY = ECKey.generate_key("P-384", {"kid": "ours", "alg": "ES384"})
QUICK = Pace(polls_until_ready=1, resources_a_file=40)


@dataclass
class Served:
    """A source at work; its clock and its shelf are the test's to move."""

    address: str
    private_key: str
    shelf: Shelf
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[str], None] = lambda _asked: None
    """Called with each request before it is answered, as what else happens at the source."""

    async def sleep(self, seconds: float) -> None:
        self.clock.pass_(seconds=seconds)
        await asyncio.sleep(0)

    def config(self, **changes: object) -> SourceConfig:
        return source_config(self.address, self.private_key, **changes)

    @asynccontextmanager
    async def client(self, **changes: object) -> AsyncIterator[SourceClient]:
        surroundings = Surroundings(self.clock, uuid4, time.monotonic)
        client = open_source_client(self.config(**changes), surroundings)
        try:
            yield client
        finally:
            await client.aclose()

    @asynccontextmanager
    async def source(self, patience: Patience | None = None) -> AsyncIterator[BulkSource]:
        async with self.client() as client:
            yield await open_bulk_source(client, time.monotonic, patience, self.sleep)


def source_config(address: str, private_key: str, **changes: object) -> SourceConfig:
    """Say how the gateway reaches a served source."""
    auth = Auth(
        AuthKind.PRIVATE_KEY_JWT,
        client_id="us",
        token_url=f"{address}/token",
        scope="system/*.rs",
        key_id="ours",
        algorithm="ES384",
        private_key=private_key,
    )
    given = {"auth": auth, "caps": Caps(page_size=30, pages=1000), **changes}
    return SourceConfig("hospital", SourceDialect.FHIR_R4, f"{address}/fhir", "RRV", 60.0, **given)


@contextmanager
def served(shelf: Shelf | None = None, **changes: object) -> Iterator[Served]:
    """Serve a source; `changes` are of its settings."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        world = Served(address, KEY.as_pem(private=True).decode(), shelf or fresh_shelf())
        public = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
        given = {"machines": (Machine("us", public),), "pace": QUICK, **changes}
        settings = BulkSettings(address, world.clock, **given)
        app = create_app(world.shelf, settings, world.faults)
        with _serving(_noting(app, world), listener):
            yield world


def _noting(app, world):
    async def noting(scope, receive, send):
        asked = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}"
        world.asked.append(asked)
        world.meanwhile(asked)
        await app(scope, receive, send)

    return noting


@contextmanager
def _serving(app, listener):
    config = uvicorn.Config(app, lifespan="off", ws="none", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
