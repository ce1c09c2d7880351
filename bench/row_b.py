"""Measure what row B costs a request: durable before the first byte, as served, beside an overlap that hides all of it.

The overlap is the most that any could save: row B is begun where it is otherwise waited for, and nobody waits. It
would let a byte out before its record, so the service has none. Whole gateway in one process without its socket,
warm records, sources over HTTP in another; rounds interleaved, on SQLite and PostgreSQL with the disk's own flush.

Run as `python bench/row_b.py [--json] [--resources 300] [--rounds 20] [--into docs/performance.md …]`.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop
from httpx2 import ASGITransport, AsyncClient

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.audit import databases
from bench.everything import RECORDED_PEOPLE
from bench.processes import cores, first_line, started, stay_on
from bench.replay import AUDIENCE
from bench.report import between, latency_of, machine
from bench.serving import prepare_database, read_settings, write_deployment
from fhir_profiles.nhs_number import NhsNumber
from gateway.app import create_app
from gateway.audit.acts import AuditEvent, Disclosed
from gateway.audit.log import AuditLog
from gateway.settings import Settings
from gateway.store.engine import Store
from gateway.wiring import Services, now, open_services

CALLERS = (1, 8)
PEOPLE = 16
BEGIN, END = "<!-- bench:row_b:begin -->", "<!-- bench:row_b:end -->"


class Overlapped(AuditLog):
    """Row B that nobody waits for: for measuring only."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(store, clock)
        self._begun: set[asyncio.Task[int]] = set()

    async def append(self, event: AuditEvent) -> int:
        """Record an event; row B beside whatever comes next."""
        if not isinstance(event, Disclosed):
            return await super().append(event)
        task = asyncio.ensure_future(super().append(event))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return 0

    async def aclose(self) -> None:
        """Wait for every row that was begun."""
        await asyncio.gather(*self._begun)
        await super().aclose()


@dataclass(slots=True)
class Way:
    """One way to write row B, and the seconds of each answer by callers and round."""

    client: AsyncClient
    seconds: dict[int, list[list[float]]] = field(default_factory=dict)

    async def ask(self, targets: Sequence[str], callers: int) -> None:
        """Ask for every record, so many at a time."""
        waiting, taken = list(targets), list[float]()
        await asyncio.gather(*(self._work(waiting, taken) for _each in range(callers)))
        self.seconds.setdefault(callers, []).append(taken)

    async def _work(self, waiting: list[str], taken: list[float]) -> None:
        while waiting:
            began = time.perf_counter()
            answer = await self.client.get(waiting.pop())
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, (answer.status_code, answer.text[:300])


async def _measured(settings: Settings, said: Mapping[str, Any], rounds: int) -> dict[str, object]:
    await prepare_database(settings)
    services, token = open_services(settings), str(said["token"])
    await services.policies.active()
    overlapped = Overlapped(services.store, now)
    beside = replace(services, records=replace(services.records, log=overlapped))
    async with AsyncClient(base_url=f"http://127.0.0.1:{said['ports']['control']}") as control:
        people = (await control.get(f"/prepare/0/{PEOPLE}")).json()
    targets = [
        f"/fhir/Patient/{services.ids.seal(NhsNumber(each['number']))}/$everything"
        for each in people
    ]
    ways = {"waited for": _way(services, token), "overlapped": _way(beside, token)}
    for _round in range(rounds + 1):
        for callers in CALLERS:
            for way in ways.values():
                await way.ask(targets, callers)
    for way in ways.values():
        await way.client.aclose()
    await overlapped.aclose()
    await services.aclose()
    return {str(callers): _compared(ways, callers) for callers in CALLERS}


def _way(services: Services, token: str) -> Way:
    transport = ASGITransport(create_app(services))
    headers = {"Authorization": f"Bearer {token}"}
    return Way(
        AsyncClient(transport=transport, base_url=services.settings.base_url, headers=headers)
    )


def _compared(ways: dict[str, Way], callers: int) -> dict[str, object]:
    """Leave out the first round, which warms up; compare round by round."""
    rounds = {name: way.seconds[callers][1:] for name, way in ways.items()}
    costs = [
        1000 * (median(one) - median(other))
        for one, other in zip(rounds["waited for"], rounds["overlapped"], strict=True)
    ]
    figures = {name: latency_of(each) for name, each in rounds.items()}
    return {**figures, "ms saved by the whole overlap": median(costs)}


def measure(resources: int, rounds: int) -> dict[str, object]:
    """Measure both ways on both databases."""
    under_test, beside = cores()
    stay_on(under_test)
    with (
        TemporaryDirectory(prefix="scr-bench-") as name,
        started("replay", [str(RECORDED_PEOPLE), str(resources), "1"], beside) as replay,
    ):
        said = first_line(replay)
        found = dict(_on_each_database(Path(name), said, rounds))
    return {"resources": resources, "machine": machine(), "databases": found}


def _on_each_database(
    folder: Path, said: Mapping[str, Any], rounds: int
) -> Iterator[tuple[str, dict[str, object]]]:
    for name, url in databases(folder):
        deployment = folder / name
        deployment.mkdir()
        write_deployment(deployment, 8000, said["ports"], AUDIENCE)
        settings = read_settings(deployment).model_copy(update={"database_url": url})
        yield name, uvloop.run(_measured(settings, said, rounds))


def as_table(figures: Mapping[str, Any]) -> str:
    """Write the figures as Markdown."""
    rows = [
        f"| {name}, {callers} | {each['waited for']['p50_ms']:.2f} | {each['waited for']['p99_ms']:.2f} "
        f"| {each['overlapped']['p50_ms']:.2f} | {each['overlapped']['p99_ms']:.2f} "
        f"| {each['ms saved by the whole overlap']:.2f} |"
        for name, measured in figures["databases"].items()
        for callers, each in measured.items()
    ]
    told = "Warm records of about {resources:,} resources, on {cores} shared virtual cores with Python {python}, load average {load:.1f}."
    return "\n".join(
        [
            told.format(resources=figures["resources"], **figures["machine"]),
            "",
            "| database, callers | row B waited for: p50 ms | p99 ms | wholly overlapped: p50 ms | p99 ms | saved, ms |",
            "|---|--:|--:|--:|--:|--:|",
            *rows,
        ]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what row B costs a request.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--resources", type=int, default=300, help="size of a record")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked")
    parser.add_argument(
        "--into", type=Path, nargs="*", default=[], help="documents to put the table into"
    )
    given = parser.parse_args()
    figures = measure(given.resources, given.rounds)
    table = as_table(figures)
    print(json.dumps(figures, indent=1) if given.json else table)
    for document in given.into:
        document.write_text(between(document.read_text("utf-8"), BEGIN, END, table), "utf-8")


if __name__ == "__main__":
    main()
