"""Kill processes that pull, one after another, and look at what each left."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from gateway.population.pull_manifest import finished_pulls, pull_folder
from tests.contract.bulk.asking import WORLD
from tests.population.pull.pulling_process import Orders

ROOT = Path(__file__).parents[3]
SECRETS = tuple(
    token.encode()
    for resident, *_ in WORLD.lives()
    for token in (resident.nhs_number.digits, resident.postcode, resident.address_line)
)


class Nursery:
    """One process that begins others, one at a time: forked, so that each is at work within milliseconds."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    async def status_of(self, orders: Orders, kill_after: float | None = None) -> int:
        """Have a process do its orders, perhaps kill it at a random moment, and give its exit status."""
        self._process.stdin.write(orjson.dumps(orders._asdict()) + b"\n")
        self._process.stdin.flush()
        return await asyncio.to_thread(self._ended, kill_after)

    def _ended(self, kill_after: float | None) -> int:
        child = int(self._process.stdout.readline().removeprefix(b"begun "))
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # a quick machine may have finished by then
                os.kill(child, signal.SIGKILL)
        return int(self._process.stdout.readline().removeprefix(b"ended "))


@contextmanager
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.population.pull.pulling_process"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Nursery(process)
        process.stdin.close()


def look_at(store: Path) -> None:
    """See that every listed partition is whole, and that no file of any name holds a raw row's words."""
    folder = store / "hospital"
    for manifest in finished_pulls(folder):
        for each in manifest.partitions:
            content = (pull_folder(folder, manifest.pull) / each.name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == each.sha256
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(token in content for token in SECRETS), path.name
