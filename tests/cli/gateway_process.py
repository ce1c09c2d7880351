"""Start `scr serve` as a process of its own, over the simulated London and a database of its own."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

from gateway.audit.entries import entries_between
from gateway.demo.deployment import Folder, as_toml, deployment
from gateway.demo.simulators import Simulated
from gateway.store.engine import open_store
from tests.cli.running_demo import free_port
from tests.london import AUDIENCE, PASSWORD, London


@dataclass(frozen=True)
class Served:
    """A running gateway: where it is, and what it wrote down."""

    address: str
    database: Path
    process: subprocess.Popen[str]
    london: London

    def token(self, user: str) -> str:
        form = {"grant_type": "password", "username": user, "password": PASSWORD}
        answer = httpx2.post(f"{self.london.addresses['identity']}/token", data=form)
        return str(answer.json()["access_token"])

    async def audit(self) -> list[dict[str, Any]]:
        store = open_store(f"sqlite:///{self.database}")
        try:
            rows = await store.read(entries_between, 1, 1_000_000)
        finally:
            store.close()
        return [orjson.loads(row.body) for row in rows]


STARTING_ATTEMPTS = 1_000
"""A busy machine may take minutes to start a gateway of several workers; one that ended is told at once."""


@contextmanager
def gateway_over(
    london: London, template: Path, folder: Path, *words: str, **settings: Any
) -> Iterator[Served]:
    """Serve until the block ends; `words` go on the command line."""
    port, database = free_port(), folder / "demo.db"
    shutil.copy(template, database)
    shutil.copy(template.with_suffix(".keys"), folder / "keys.json")
    address = f"http://127.0.0.1:{port}"
    places = {Simulated(name): each for name, each in london.addresses.items()}
    document = deployment(Folder(folder), address, places) | settings
    for issuer in document["issuer"]:
        issuer["audience"] = AUDIENCE
    (folder / "scr.toml").write_text(as_toml(document))
    command = ("serve", "--config", str(folder / "scr.toml"), "--port", str(port), *words)
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", *command], stderr=subprocess.DEVNULL, text=True
    )
    try:
        _wait_until_ready(address, process)
        yield Served(address, database, process, london)
    finally:
        london.clear_faults()
        process.kill()
        process.wait()


def _wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    # A client for each attempt would read the machine's certificates each time, which a busy machine feels.
    with httpx2.Client(base_url=address, timeout=5, trust_env=False) as client:
        for _attempt in range(STARTING_ATTEMPTS):
            try:
                if client.get("/health/ready").status_code == 200:
                    return
            except httpx2.TransportError:
                assert process.poll() is None, "the gateway ended"
            time.sleep(0.1)
    raise AssertionError("the gateway never answered")
