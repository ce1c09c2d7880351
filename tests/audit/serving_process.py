"""Serve decisions as a worker does, in processes that may be killed, and print each one only when its row B is durable.

Run as `python -m tests.audit.serving_process`: for each line of orders a process is begun, and when it has ended the
next; the disclosure itself is the printed line. `tests/audit/nursery.py` gives the orders.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import orjson

from adapters.contract import Reason
from gateway.audit import keeper as keeping
from gateway.audit.acts import SafetyEventRaised
from gateway.audit.keeper import Keeper
from gateway.audit.log import AuditLog
from gateway.audit.places import Folder
from gateway.audit.second_place import SecondPlace
from gateway.errors import AuditUnavailableError, UnavailableError
from gateway.store.engine import Store, open_store
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.safety_events import SafetyEvent, record_safety_event
from tests.audit.kill_points import arm
from tests.audit.signed_log import KEY
from tests.store_factories import NOW, asked, clock, disclosed

CALLERS = 8
REASON = Reason.DEMOGRAPHICS_DIFFER
ACT_EVERY = 5
"""Every fifth decision is an act with two effects."""


class Orders(NamedTuple):
    """What one process does: `count` decisions numbered from `first`, and where it kills itself, if anywhere."""

    url: str
    folder: str
    first: int
    count: int
    point: str = ""
    nth: int = 1
    is_timed: bool = False
    """Whether entries have the time of the machine's clock, and not of the tests'."""


def main() -> None:
    """Begin a process for each line of orders, and say when it began and how it ended."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            orders = Orders(**orjson.loads(line))
            asyncio.run(serve(orders))
            os._exit(0)
        os.write(1, f"begun {process}\n".encode())
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


async def serve(orders: Orders) -> None:
    """Serve decisions at once, record acts among them, and sign the log meanwhile."""
    if orders.point:
        arm(orders.point, orders.nth)
    store = open_store(orders.url)
    log = AuditLog(store, machine_clock if orders.is_timed else clock, deadline_seconds=60)
    keeper = _keeper(store, orders)
    signing = asyncio.ensure_future(_sign_on(keeper, 0.05 if orders.is_timed else 0.002))
    numbers = iter(range(orders.first, orders.first + orders.count))
    callers = asyncio.gather(*(_caller(log, numbers) for _ in range(CALLERS)))
    await asyncio.wait({callers, signing}, return_when=asyncio.FIRST_COMPLETED)
    if signing.done():
        # A false alarm about the log is a failure of the test.
        signing.result()
    signing.cancel()
    await log.aclose()
    while not await _sign_once(keeper):
        pass
    store.close()


def machine_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a process of the tests has no other clock to be moved


async def _caller(log: AuditLog, numbers: Iterator[int]) -> None:
    for number in numbers:
        # Refused, where another worker had the writers' turn for too long: nothing is done and nothing told.
        with suppress(AuditUnavailableError):
            await _decide(log, number)


async def _decide(log: AuditLog, number: int) -> None:
    if number % ACT_EVERY:
        await log.append(asked(number))
        await log.append(disclosed(number))
    else:
        await _act(log, number)
    # One write of a short line reaches the pipe whole or not at all.
    os.write(1, f"served {number}\n".encode())


async def _act(log: AuditLog, number: int) -> None:
    id_ = UUID(int=number)
    raised = SafetyEventRaised(NOW, "u1", "p" * 36, id_, "hospital", REASON)
    async with log.recorded(raised) as session:
        told = SafetyEvent(id_, "H-01", "hospital", REASON, NOW, decision_id=id_)
        await session.do(record_safety_event, told)
        held = IdentityHold(f"{number:064x}", "hospital", REASON, NOW, id_)
        await session.do(hold_identity, held)


def _keeper(store: Store, orders: Orders) -> Keeper:
    # A small step, so that a few dozen entries are a long backlog.
    keeping.ENTRIES_AT_ONCE = 16
    times = machine_clock if orders.is_timed else stepping_clock(orders.first)
    place = SecondPlace(Folder(Path(orders.folder)))
    return Keeper(store, KEY, f"worker {orders.first}", times, place)


def stepping_clock(first: int) -> Callable[[], datetime]:
    """Give a clock that is a minute later whenever it is looked at, so that there is always time to sign."""
    times = count(first, 60)
    return lambda: NOW + timedelta(seconds=next(times))


async def _sign_on(keeper: Keeper, pause_seconds: float) -> None:
    while True:
        await _sign_once(keeper)
        await asyncio.sleep(pause_seconds)


async def _sign_once(keeper: Keeper) -> bool:
    try:
        await keeper.keep()
    except UnavailableError:
        # Another worker had its turn for too long: the next look mends it.
        return False
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
