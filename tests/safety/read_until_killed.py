"""Read records over HTTP from a gateway in a process of its own until it is killed, and say what is on record then."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import httpx2
import orjson

from gateway.audit.entries import entries_between
from gateway.keys import read_keys
from gateway.store.engine import open_store
from tests.london import London
from tests.safety.siege import DOCTOR
from tests.stack import Stack, fill_database, settings_for

ROOT = Path(__file__).parents[2]
CALLERS = 6
PEOPLE = ("everything", "sexual-health", "mental-health", "twin-a", "no-records")


@dataclass
class Received:
    """Request ids of which a caller got at least one byte of a record."""

    begun: set[str] = field(default_factory=set)
    whole: int = 0
    is_enough: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """No two requests have one number."""

    def expect(self, more: int) -> None:
        """Say after how many more the gateway is to be killed."""
        self.is_enough.clear()
        self.wanted = len(self.begun) + more

    def note(self, request_id: str) -> None:
        self.begun.add(request_id)
        if len(self.begun) >= self.wanted:
            self.is_enough.set()


async def filled_settings(london: London, template: Path, folder: Path, url: str) -> Path:
    """Fill a database that has its tables with the cohort's, and write the settings of a gateway upon it."""
    key_file = template.with_suffix(".keys")
    settings = settings_for(london, template, key_file, database_url=url)
    await fill_database(settings, london, read_keys(key_file))
    path = folder / "settings.json"
    path.write_text(settings.model_dump_json())
    return path


@dataclass(frozen=True)
class Serving:
    """A gateway that serves, and those who read from it."""

    process: asyncio.subprocess.Process
    others: tuple[asyncio.Future[object], ...]

    async def ended(self) -> int:
        """Wait until it has ended and nobody reads any more; give its exit status, minus the signal."""
        await asyncio.gather(*self.others)
        return await self.process.wait()


async def serve(settings: Path, stack: Stack, received: Received, first: int, *at: str) -> Serving:
    """Start a gateway, which may kill itself at a named point, and have callers read one person after another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.safety.serving_gateway", str(settings), str(port), *at),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    # Nobody reads the log, but a full pipe would stop the gateway before the kill does.
    logged: asyncio.Future[object] = asyncio.ensure_future(process.stdout.read())
    calling = [
        asyncio.ensure_future(_call(stack, port, first + number, received))
        for number in range(CALLERS)
    ]
    return Serving(process, (logged, *calling))


async def _call(stack: Stack, port: int, first: int, received: Received) -> None:
    """Ask about one person after another until the gateway is gone."""
    bearer = f"Bearer {await stack.token(DOCTOR)}"
    base = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
        with suppress(httpx2.TransportError):
            for turn in range(1000):
                name = PEOPLE[(first + turn) % len(PEOPLE)]
                path = f"/fhir/Patient/{stack.patient(name)}/$everything"
                headers = {
                    "Authorization": bearer,
                    "Host": "gateway.test",
                    "X-Request-ID": str(UUID(int=next(received.numbers))),
                }
                await _read(client, path, headers, received)


async def _read(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str], received: Received
) -> None:
    async with client.stream("GET", path, headers=headers) as answer:
        if answer.status_code != 200:
            return
        # The head alone tells that there is a record.
        received.note(headers["X-Request-ID"])
        async for _piece in answer.aiter_raw():
            pass
        received.whole += 1


async def on_record(url: str) -> tuple[set[str], list[int]]:
    """Give the request ids that have a row B, and every sequence number."""
    store = open_store(url)
    entries = await store.read(entries_between, 1, 10**9)
    store.close()
    bodies = [orjson.loads(entry.body) for entry in entries]
    decisions = {row["decision_id"] for row in bodies if row["action"] == "disclosed"}
    disclosed = {
        row["request_id"]
        for row in bodies
        if row["action"] == "asked" and row["decision_id"] in decisions
    }
    return disclosed, [entry.sequence for entry in entries]
