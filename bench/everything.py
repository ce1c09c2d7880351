"""Measure one whole record over three R4 sources: this gateway beside a raw proxy and a naive service.

One process on one core each; load and sources on the other. Interleaved rounds, because a shared machine is
never twice the same: ratios hold inside one run only.

Run as `python bench/everything.py [--json] [--resources 1200] [--seconds 42] [--into README.md …]`.
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.frozen import refuse_changed
from bench.load import System, at_once, one_at_a_time
from bench.processes import cores, first_line, free_port, started, stay_on, wait_until_serving
from bench.raw_http import connected, request_bytes
from bench.replay import AUDIENCE
from bench.report import Measured, as_table, figures_of, put_into
from bench.serving import write_deployment
from fhir_profiles.nhs_number import NhsNumber
from gateway.keys import KeyPurpose, read_keys
from gateway.patient.ids import PatientIds

CALLERS = 8
PEOPLE_ALONE = 8
"""Asked about one at a time in a round, cold and then warm."""

PEOPLE_AT_ONCE = 16
"""Asked about by eight callers in a round. With those above fewer than a worker remembers."""

RECORDED_PEOPLE = 4
_MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Person:
    """One measured person: as the gateway is asked, and as the baselines are."""

    gateway_target: str
    plain_target: str


@dataclass(frozen=True, slots=True)
class Systems:
    """What runs, and how people are made ready."""

    floor: System
    naive: System
    gateway: System
    control_port: int
    ids: PatientIds
    gateway_process_id: int

    async def people(self, first: int, count: int) -> list[Person]:
        """Make people ready whom nobody has asked about before."""
        told = await self._control(f"/prepare/{first}/{count}")
        assert isinstance(told, list)
        return [
            Person(
                f"/fhir/Patient/{self.ids.seal(NhsNumber(each['number']))}/$everything",
                "/" + "/".join(each["ids"]),
            )
            for each in told
        ]

    async def strangers(self, first: int, count: int) -> list[NhsNumber]:
        """Make people ready who exist and with whom the caller has nothing to do; the record before is gone."""
        told = await self._control(f"/strangers/{first}/{count}")
        assert isinstance(told, list)
        return [NhsNumber(each["number"]) for each in told]

    async def count_of(self, person: Person) -> int:
        """Say how many resources the gateway shows of a person."""
        asking = await connected(self.gateway.port)
        answer = await asking.ask(self.gateway.request(person.gateway_target))
        asking.close()
        return int(json.loads(answer.body)["total"])

    async def last_record_at(self) -> float:
        """Give when the sources handed over the last record."""
        told = await self._control("/last")
        assert isinstance(told, float)
        return told

    async def _control(self, target: str) -> object:
        asking = await connected(self.control_port)
        answer = await asking.ask(request_bytes(target, Host="127.0.0.1"))
        asking.close()
        return json.loads(answer.body)


@dataclass(slots=True)
class Rounds:
    """Run rounds, at least one, while there is time for another; each system has its turn in each."""

    systems: Systems
    ends_at: float
    measured: Measured = field(default_factory=Measured)
    _next_person: int = 0

    async def run(self) -> Measured:
        """Warm every system up, measure, and give what was measured."""
        await self._warm_up()
        await self._naive_at_once()
        longest = 0.0
        for _ in range(_MOST_ROUNDS):
            began = time.monotonic()
            await self._round()
            longest = max(longest, time.monotonic() - began)
            if time.monotonic() + longest > self.ends_at:
                break
        return self.measured

    async def _people(self, count: int) -> list[Person]:
        first = self._next_person
        self._next_person += count
        return await self.systems.people(first, count)

    async def _warm_up(self) -> None:
        people = await self._people(CALLERS)
        plain = [each.plain_target for each in people]
        targets = [each.gateway_target for each in people]
        await one_at_a_time(self.systems.gateway, targets[:1])
        await at_once(self.systems.gateway, targets, CALLERS)
        await at_once(self.systems.floor, plain, CALLERS)
        await one_at_a_time(self.systems.naive, plain[:1])
        self.measured.served = await self._served(people[0])

    async def _served(self, person: Person) -> dict[str, int]:
        sent = await self._body(self.systems.floor, person.plain_target)
        given = await self._body(self.systems.gateway, person.gateway_target)
        return {
            "source_bytes": len(sent),
            "source_resources": sent.count(b'"search":{"mode"'),
            "gateway_bytes": len(given),
            "gateway_resources": json.loads(given)["total"],
        }

    async def _body(self, system: System, target: str) -> bytes:
        asking = await connected(system.port)
        answer = await asking.ask(system.request(target))
        asking.close()
        return answer.body

    async def _naive_at_once(self) -> None:
        # Once and not in every round: it takes longer than all the others together.
        people = await self._people(CALLERS)
        targets = [each.plain_target for each in people]
        await self._at_once("naive_c8", self.systems.naive, targets)

    async def _round(self) -> None:
        people = await self._people(PEOPLE_ALONE + PEOPLE_AT_ONCE)
        alone, together = people[:PEOPLE_ALONE], people[PEOPLE_ALONE:]
        await self._alone("floor_c1", self.systems.floor, [each.plain_target for each in alone])
        await self._alone("naive_c1", self.systems.naive, [alone[0].plain_target])
        targets = [each.gateway_target for each in alone]
        await self._alone("gateway_cold_c1", self.systems.gateway, targets[:-1])
        await self._after_last_byte(targets[-1])
        await self._alone("gateway_warm_c1", self.systems.gateway, targets)
        plain = [each.plain_target for each in together]
        await self._at_once("floor_c8", self.systems.floor, plain)
        targets = [each.gateway_target for each in together]
        await self._at_once("gateway_cold_c8", self.systems.gateway, targets)
        await self._at_once("gateway_warm_c8", self.systems.gateway, targets)

    async def _alone(self, name: str, system: System, targets: Sequence[str]) -> None:
        timings = await one_at_a_time(system, targets)
        self.measured.add_latencies(name, [each.seconds for each in timings])

    async def _at_once(self, name: str, system: System, targets: Sequence[str]) -> None:
        burst = await at_once(system, targets, CALLERS)
        self.measured.add_rate(name, burst.per_second, burst.refused)

    async def _after_last_byte(self, target: str) -> None:
        [timing] = await one_at_a_time(self.systems.gateway, [target])
        self.measured.after_last_byte.append(
            timing.first_byte_at - await self.systems.last_record_at()
        )


@contextmanager
def running(resources: int, copies: int = 1) -> Iterator[Systems]:
    """Start sources, baselines and gateway until the block ends; every item stands `copies` times."""
    under_test, beside = cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="scr-bench-")))
        arguments = [str(RECORDED_PEOPLE), str(resources), str(copies)]
        said = first_line(stack.enter_context(started("replay", arguments, beside)))
        ports: dict[str, int] = said["ports"]  # type: ignore[assignment]
        token = {"Authorization": f"Bearer {said['token']}"}
        (folder / "jwks.json").write_text(str(said["jwks"]), encoding="utf-8")
        records = [str(ports[name]) for name in ("hospital", "second-hospital", "ambulance")]
        floor, naive, gateway = free_port(), free_port(), free_port()
        key_file = write_deployment(folder, gateway, ports, AUDIENCE)
        naive_files = [str(folder / "naive.db"), str(folder / "jwks.json")]
        processes = [
            (stack.enter_context(started("floor", [str(floor), *records], under_test)), floor),
            (
                stack.enter_context(
                    started("naive", [str(naive), *naive_files, *records], under_test)
                ),
                naive,
            ),
            (stack.enter_context(started("serving", [str(folder)], under_test)), gateway),
        ]
        for process, port in processes:
            wait_until_serving(process, port)
        least = resources * 500
        yield Systems(
            floor=System("floor", floor, {}, least),
            naive=System("naive", naive, token, least),
            gateway=System("gateway", gateway, token, least, b"x-record-complete: true"),
            control_port=ports["control"],
            gateway_process_id=processes[-1][0].pid,
            ids=PatientIds(read_keys(key_file).all_of(KeyPurpose.PATIENT_IDS)),
        )


def measure(resources: int, seconds: float) -> Measured:
    """Measure for about so many seconds, starting included."""
    refuse_changed()
    ends_at = time.monotonic() + seconds
    stay_on(cores()[1])
    with running(resources) as systems:
        return uvloop.run(Rounds(systems, ends_at).run())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure one whole record, beside two baselines.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--resources", type=int, default=1200, help="size of a record")
    parser.add_argument("--seconds", type=float, default=42.0, help="when the last round ends")
    parser.add_argument(
        "--into", type=Path, nargs="*", default=[], help="documents to put the table into"
    )
    given = parser.parse_args()
    # Told to stop, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    figures = figures_of(measure(given.resources, given.seconds))
    print(json.dumps(figures, indent=1) if given.json else as_table(figures))
    for document in given.into:
        document.write_text(put_into(document.read_text(encoding="utf-8"), figures), "utf-8")


if __name__ == "__main__":
    main()
