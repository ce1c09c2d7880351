"""A raw HTTP server on loopback that answers, or misbehaves, exactly as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import SourceConfig, SourceDialect

FHIR = "application/fhir+json"
PATIENT_SECONDS = 30.0
"""Of a source that answers: a busy machine must not turn its answer into a timeout."""


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    reader: asyncio.StreamReader

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return parse_qs(urlsplit(self.target).query)


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Stub:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def paths(self):
        return [one.path for one in self.asked]


@asynccontextmanager
async def stub_source(behave: Behaviour, ssl=None) -> AsyncIterator[Stub]:
    stub = Stub()

    async def serve(reader, writer):
        stub.connections += 1
        try:
            while asked := await _read_request(reader):
                stub.asked.append(asked)
                stub.was_asked.set()
                await behave(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            stub.hung_up.set()
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=ssl)
    port = server.sockets[0].getsockname()[1]
    stub.url = f"{'https' if ssl else 'http'}://127.0.0.1:{port}/fhir"
    try:
        yield stub
    finally:
        server.close()


async def _read_request(reader):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body, reader)


async def hangs(asked, writer):
    """Misbehave: say nothing until the caller hangs up."""
    await asked.reader.read(1)


def deadline_for(*behaves, of_silence=0.2):
    """Give a source that says nothing little time, in seconds, and every other all it needs."""
    return of_silence if hangs in behaves else PATIENT_SECONDS


def answer(body=b"", status=200, content_type=FHIR, **headers):
    """Behave well: one answer of declared length."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def behave(asked, writer):
        writer.write(response(data, status, content_type, **headers))

    return behave


def response(data, status=200, content_type=FHIR, **headers):
    named = {"content-type": content_type, "content-length": str(len(data)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + data


def routes(table, otherwise=None):
    """Answer by path; a value is a behaviour or a document."""

    async def behave(asked, writer):
        found = table.get(asked.path, otherwise)
        if found is None:
            found = answer({"resourceType": "OperationOutcome", "issue": []}, 404)
        await (found if callable(found) else answer(found))(asked, writer)

    return behave


def config_for(url, deadline=PATIENT_SECONDS, **changes):
    fields = {"dialect": SourceDialect.FHIR_R4, "organisation": "RRV", **changes}
    return SourceConfig(id="hospital", base_url=url, deadline_seconds=deadline, **fields)


@dataclass
class FakeMonotonic:
    seconds: float = 1000.0

    def __call__(self):
        return self.seconds


@asynccontextmanager
async def client_for(
    url, surroundings: Surroundings, deadline=PATIENT_SECONDS, **changes
) -> AsyncIterator[SourceClient]:
    client = open_source_client(config_for(url, deadline, **changes), surroundings)
    try:
        yield client
    finally:
        await client.aclose()


def bundle(*resources, next_link=None, **changes):
    links = [{"relation": "next", "url": next_link}] if next_link else []
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "link": links,
        "entry": entries,
        **changes,
    }
