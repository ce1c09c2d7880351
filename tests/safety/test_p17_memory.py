"""P17: an answer of 300 MB, a bomb or one without end costs a serving gateway little memory, and is cut.

The gateway is a process of its own, and what is measured is its resident memory as the system counts it.
"""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from adapters.simulators.faults import FaultKind
from tests.architecture.source_tree import ROOT
from tests.london import London
from tests.safety.siege import ASKED_ABOUT, DOCTOR, others_answered
from tests.stack import Bundle, Stack, settings_for

MOST_MORE_BYTES = 40 * 1024 * 1024
TIMES = 3
HUGE = (FaultKind.TOO_LARGE, FaultKind.GZIP_BOMB, FaultKind.ENDLESS)

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="this system does not tell peak memory"
)


@dataclass(frozen=True)
class Serving:
    """A gateway that serves in a process of its own."""

    process_id: int
    port: int
    stack: Stack

    async def everything(self) -> Bundle:
        path = f"/fhir/Patient/{self.stack.patient(ASKED_ABOUT)}/$everything"
        headers = {
            "Authorization": f"Bearer {await self.stack.token(DOCTOR)}",
            "Host": "gateway.test",
        }
        base = f"http://127.0.0.1:{self.port}"
        async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=20) as client:
            return Bundle(await client.get(path, headers=headers))

    def forget_peak(self) -> None:
        """Let the peak begin again at what is resident now (proc(5), clear_refs)."""
        Path(f"/proc/{self.process_id}/clear_refs").write_text("5")

    def bytes_of(self, name: str) -> int:
        lines = Path(f"/proc/{self.process_id}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@pytest.fixture
async def serving(
    london: London, template: Path, tmp_path: Path, stack: Stack
) -> AsyncIterator[Serving]:
    database, keys = tmp_path / "served.db", template.with_suffix(".keys")
    shutil.copy(template, database)
    path = tmp_path / "settings.json"
    path.write_text(settings_for(london, database, keys).model_dump_json())
    async with _process(path) as (process_id, port):
        yield Serving(process_id, port, stack)


@asynccontextmanager
async def _process(settings: Path) -> AsyncIterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.safety.serving_gateway", str(settings), str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    # Nobody reads the log, but a full pipe would stop the gateway.
    logged = asyncio.ensure_future(process.stdout.read())
    try:
        yield process.pid, port
    finally:
        process.kill()
        await logged
        await process.wait()


async def test_p17_a_huge_answer_costs_a_serving_gateway_little_memory(
    serving: Serving, record_property
):
    for _ in range(TIMES):
        assert (await serving.everything()).is_complete == "true"
    serving.forget_peak()
    before = serving.bytes_of("VmRSS")

    for fault in HUGE:
        serving.stack.london.faults["hospital"].set(fault)
        answer = await serving.everything()
        serving.stack.london.clear_faults()
        assert answer.outcomes["hospital"] in {"failed", "timed-out"}
        assert answer.is_complete == "false"
        assert answer.from_source("hospital") == []
        assert others_answered(answer, "hospital")

    more = serving.bytes_of("VmHWM") - before
    record_property("more_bytes", more)
    assert more <= MOST_MORE_BYTES


async def test_p17_what_is_measured_is_the_process_that_serves(serving: Serving):
    serving.forget_peak()

    await serving.everything()

    assert 0 < serving.bytes_of("VmRSS") <= serving.bytes_of("VmHWM")
