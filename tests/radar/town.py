"""Serve the gateway over real HTTP under a clock that the traffic sets, and read what its audit then holds."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from adapters.simulators.cohort import make_cohort
from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.traffic.driving import Driver, Places, Sent
from adapters.simulators.traffic.plan import Traffic, Wanted, make_traffic, with_caseloads
from adapters.simulators.traffic.staff import StaffMember, make_staff
from adapters.simulators.truth import Cohort
from gateway.access.staff_register import KnownAbout, StaffKeeping
from gateway.app import create_app
from gateway.errors import UnavailableError
from gateway.serving import listen
from gateway.wiring import Services, open_services
from rbac.decide import compile_policy
from rbac.policy import load_default
from tests.london import PASSWORD, London, running_london
from tests.stack import make_key_file, prepare_database, settings_for

BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday, the same in every run: who is grown up, and when London's clock changes, must not depend on the day."""


@dataclass
class Clock:
    """The instant that the traffic says it is."""

    now: datetime = BEGINS

    def __call__(self) -> datetime:
        return self.now

    def turn_to(self, instant: datetime) -> None:
        self.now = instant


@dataclass
class Town:
    """A gateway that serves a cohort's staff, and the traffic that they make."""

    cohort: Cohort
    staff: tuple[StaffMember, ...]
    london: London
    clock: Clock
    services: Services
    address: str
    loop: asyncio.AbstractEventLoop
    statuses: list[Sent] = field(default_factory=list)

    def send(self, traffic: Traffic) -> None:
        """Send traffic, one request after the other."""
        places = Places(self.address, self.london.addresses["identity"], PASSWORD)
        driver = Driver(places, self.cohort, self.clock.turn_to)
        self.statuses.extend(driver.drive(traffic))
        driver.client.close()

    def do(self, work):
        """Run something on the gateway's own loop, and give what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def do_patiently(self, work):
        """Run what `work` makes, anew while a busy machine lets the database not answer in time."""
        for _ in range(20):
            with suppress(UnavailableError):
                return self.do(work())
        return self.do(work())


@dataclass(frozen=True)
class Size:
    """How many people and days, and which share of visits is snooping."""

    people: int = 300
    days: int = 14
    snooping: float = 0.02


def traffic_of(cohort: Cohort, seed: int, size: Size) -> tuple[tuple[StaffMember, ...], Traffic]:
    """Lay out the traffic of a seed, with staff of the same seed."""
    staff = make_staff(cohort, seed)
    return staff, make_traffic(cohort, staff, Wanted(seed, BEGINS, size.days, size.snooping))


def cohort_of(seed: int, size: Size) -> Cohort:
    """Make the cohort of a seed, with the caseloads of hospital and ambulance."""
    return with_caseloads(make_cohort(seed, size.people, BEGINS), seed)


@contextmanager
def running_town(folder: Path, cohort: Cohort, staff: tuple[StaffMember, ...]) -> Iterator[Town]:
    """Run sources, identity provider and gateway while the block runs."""
    clock = Clock()
    users = {**DEMO_USERS, **{each.username: each.user for each in staff}}
    with running_london(cohort, clock=clock, users=users) as london:
        database = folder / "scr.db"
        keys = make_key_file(database.with_suffix(".keys"))
        asyncio.run(prepare_database(database, london, keys, clock))
        with _serving(london, database, clock) as (services, address, loop):
            town = Town(cohort, staff, london, clock, services, address, loop)
            town.do(_know(town))
            yield town


async def _know(town: Town) -> None:
    key = town.services.records.access.registry.key
    known = [
        KnownAbout(
            each.organisation,
            each.user.user_id,
            each.own_number,
            each.postcode,
            each.address_line,
        )
        for each in town.staff
    ]
    await StaffKeeping(town.services.log, town.clock, key).keep(known, "test")


@contextmanager
def _serving(
    london: London, database: Path, clock: Clock
) -> Iterator[tuple[Services, str, asyncio.AbstractEventLoop]]:
    started, ready, stop = [], threading.Event(), threading.Event()
    policy = load_default()
    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    keys = database.with_suffix(".keys")
    settings = settings_for(london, database, keys, base_url=address)

    async def serve() -> None:
        services = open_services(settings, clock)
        services.policies._compiled[policy.version] = compile_policy(policy)
        config = uvicorn.Config(create_app(services), lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None
        serving = asyncio.ensure_future(server._serve([listener]))
        while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)
        started.append((services, address, asyncio.get_running_loop()))
        ready.set()
        await asyncio.to_thread(stop.wait)
        server.should_exit = True
        await serving
        await services.aclose()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(30), "The gateway did not start."
    try:
        yield started[0]
    finally:
        stop.set()
        thread.join(15)
