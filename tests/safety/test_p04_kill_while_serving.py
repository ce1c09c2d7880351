"""P04, AI-04, AV-06: killed at any moment, the gateway has told nobody anything that is not on record.

`SCR_PROVE_KILLS` sets how many kills are made; SCR_PROVE_SEED repeats a run. The full run is `make prove NAME=KILL`.
"""

import asyncio
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

import httpx2
import orjson

from gateway.audit.entries import entries_between
from gateway.store.engine import open_store
from tests.london import London
from tests.safety.siege import DOCTOR
from tests.stack import Stack, settings_for

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SCR_PROVE_KILLS", "6"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
CALLERS = 6
PEOPLE = ("everything", "sexual-health", "mental-health", "twin-a", "no-records")


@dataclass
class Received:
    """Request ids of which a caller got at least one byte of a record."""

    begun: set[str] = field(default_factory=set)
    whole: int = 0
    is_enough: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0

    def expect(self, more: int) -> None:
        """Say after how many more the gateway is to be killed."""
        self.is_enough.clear()
        self.wanted = len(self.begun) + more

    def note(self, request_id: str) -> None:
        self.begun.add(request_id)
        if len(self.begun) >= self.wanted:
            self.is_enough.set()


async def test_p04_every_answer_that_left_before_a_kill_has_its_row_b(
    london: London,
    template: Path,
    tmp_path: Path,
    stack: Stack,
    record_property: Callable[[str, object], None],
):
    record_property("seed", SEED)
    settings = _settings(london, template, tmp_path)
    random, received = Random(SEED), Received()

    for _ in range(KILLS):
        await _serve_until_killed(settings, stack, random, received)

    disclosed, sequences = await _on_record(tmp_path / "killed.db")
    assert len(received.begun) > KILLS
    assert received.begun - disclosed == set(), f"SCR_PROVE_SEED={SEED}"
    assert sequences == list(range(1, len(sequences) + 1))
    record_property("answers", len(received.begun))


def _settings(london: London, template: Path, folder: Path) -> Path:
    database, keys = folder / "killed.db", template.with_suffix(".keys")
    shutil.copy(template, database)
    path = folder / "settings.json"
    path.write_text(settings_for(london, database, keys).model_dump_json())
    return path


async def _serve_until_killed(
    settings: Path, stack: Stack, random: Random, received: Received
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.safety.serving_gateway", str(settings), str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    # Nobody reads the log, but a full pipe would stop the gateway before the kill does.
    logged = asyncio.ensure_future(process.stdout.read())
    received.expect(random.randint(1, 40))
    first = random.randrange(len(PEOPLE))
    calling = [
        asyncio.ensure_future(_call(stack, port, first + number, received))
        for number in range(CALLERS)
    ]
    await asyncio.wait_for(received.is_enough.wait(), 20)
    await asyncio.sleep(random.uniform(0, 0.02))
    process.kill()
    await asyncio.gather(*calling, logged)
    await process.wait()


async def _call(stack: Stack, port: int, first: int, received: Received) -> None:
    """Ask about one person after another until the gateway is gone."""
    bearer = f"Bearer {await stack.token(DOCTOR)}"
    base = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
        for turn in range(1000):
            name = PEOPLE[(first + turn) % len(PEOPLE)]
            path = f"/fhir/Patient/{stack.patient(name)}/$everything"
            headers = {
                "Authorization": bearer,
                "Host": "gateway.test",
                "X-Request-ID": str(UUID(int=stack_wide_number())),
            }
            try:
                await _read(client, path, headers, received)
            except httpx2.TransportError:
                return


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


_NUMBERS = iter(range(1, 10**9))


def stack_wide_number() -> int:
    """Give a number that no other request of this run has."""
    return next(_NUMBERS)


async def _on_record(database: Path) -> tuple[set[str], list[int]]:
    """Give the request ids that have a row B, and every sequence number."""
    store = open_store(f"sqlite:///{database}")
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
