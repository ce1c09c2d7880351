"""Kill processes that make and remove releases, one after another, and look at what each left."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from gateway.population.releases.verifying import faults_of_release
from gateway.store.tables import audit_entry
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import Deployment
from tests.population.releases.releasing_process import Orders
from tests.population.releases.small_making import FILES

ROOT = Path(__file__).parents[3]


class Nursery:
    """One process that begins others, one at a time: forked, so that each is at work within milliseconds."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    async def status_of(self, orders: Orders) -> int:
        """Have a process do its orders, and give its exit status."""
        self._process.stdin.write(orjson.dumps(orders._asdict()) + b"\n")
        self._process.stdin.flush()
        line = await asyncio.to_thread(self._process.stdout.readline)
        return int(line.removeprefix(b"ended "))


@contextmanager
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.population.releases.releasing_process"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Nursery(process)
        process.stdin.close()


async def look_at(deployment: Deployment) -> None:
    """See that what is listed is whole, once on record and in the ledger, and that no project's folder has half of a release."""
    desk, now = deployment.desk, deployment.clock()
    of_state = Counter(each.id for each in await desk.all_releases() if is_published(each))
    listed = {each.id: each for each in await desk.published(now)}
    assert Counter([*listed]) == of_state
    for each in listed.values():
        assert list(faults_of_release(desk.folder_of(each), each.manifest_sha256)) == []
    for folder in desk.folders.root.glob("[!.]*/*"):
        assert list(faults_of_release(folder)) == []
    counted = await deployment.counted()
    assert {each.hex: lines_in(desk.folder_of(of)) for each, of in listed.items()} == {
        each.hex: counted.get(each.hex) for each in listed
    }
    published = Counter(told_published(deployment))
    assert set(published.values()) <= {1}
    assert {each.hex for each in listed} <= set(published)


def lines_in(folder: Path) -> int:
    return len((folder / FILES[0]).read_text().splitlines())


def is_published(release) -> bool:
    return release.state is ReleaseState.PUBLISHED


def told_published(deployment: Deployment) -> list[str]:
    """Give the releases that the audit says were published, as often as it says so."""
    wanted = audit_entry.select().where(audit_entry.c.kind == "release-published")
    with deployment.desk.store.checking() as reading:
        rows = reading.connection.execute(wanted).all()
    return [json.loads(row.body)["release"].replace("-", "") for row in rows]
