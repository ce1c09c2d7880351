"""Make, recall and sweep releases in processes that may be killed.

Run as `python -m tests.population.releases.releasing_process`: for each line of orders a process is begun, and when it
has ended its exit status is printed. `tests/population/releases/killing.py` gives the orders.
"""

import asyncio
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import orjson

from gateway.audit.log import AuditLog
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.sweeping import sweep
from gateway.store import engine
from gateway.store.engine import open_store
from tests.population.releases.deployment import Clock, desk_in, ground_in
from tests.population.releases.kill_points import arm
from tests.population.releases.small_making import SmallMaking
from tests.population.releases.weaknesses import plant

# A machine that many processes share is slow, and not what is tried here.
PATIENT_SECONDS = 60.0


class Orders(NamedTuple):
    """What one process does with which release, and where it kills itself, if anywhere."""

    database: str
    folder: str
    release: str
    now: str
    act: str = "run"
    point: str = ""
    nth: int = 1
    weakness: str = ""


def main() -> None:
    """Begin a process for each line of orders, and say how it ended."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            os._exit(status_of(Orders(**orjson.loads(line))))
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


def status_of(orders: Orders) -> int:
    """Do what was ordered, and say whether it was done."""
    try:
        asyncio.run(done(orders))
    except Exception:  # noqa: BLE001 - the process that ordered it hears no more than the status
        traceback.print_exc()
        return 1
    return 0


async def done(orders: Orders) -> None:
    """Do what was ordered."""
    if orders.weakness:
        plant(orders.weakness)
    if orders.point:
        arm(orders.point, orders.nth)
    engine._DEADLINE_SECONDS = PATIENT_SECONDS
    clock, folder = Clock(datetime.fromisoformat(orders.now)), Path(orders.folder)
    store = open_store(orders.database)
    log = AuditLog(store, clock, PATIENT_SECONDS)
    desk, release = desk_in(store, log, folder), UUID(orders.release)
    if orders.act == "run":
        ground = ground_in(folder, clock, SmallMaking())
        await ReleaseJobs(desk, ground, clock).run(release, f"job {os.getpid()}")
    elif orders.act == "recall":
        await desk.recall(release, "officer", clock(), "a mistake")
    else:
        await sweep(desk, ground_in(folder, clock, None).custody.keyring(), "sweep", clock())
    await log.aclose()
    store.close()


if __name__ == "__main__":
    main()
