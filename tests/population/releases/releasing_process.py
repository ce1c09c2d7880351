"""Make, recall and sweep releases in processes that may be killed.

Run as `python -m tests.population.releases.releasing_process`: for each line of orders a process is begun, and when it
has ended its exit status is printed. `tests/population/releases/killing.py` gives the orders.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from gateway.audit.log import AuditLog
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.sweeping import sweep
from gateway.store import engine
from gateway.store.engine import open_store
from tests.ordered_processes import serve_orders
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
        ground = ground_in(desk, folder, clock, SmallMaking(judges=True))
        await ReleaseJobs(desk, ground, clock).run(release, f"job {os.getpid()}")
    elif orders.act == "recall":
        await desk.recall(release, "officer", clock(), "a mistake")
    else:
        await sweep(desk, ground_in(desk, folder, clock, None).custody.keyring(), "sweep", clock())
    await log.aclose()
    store.close()


if __name__ == "__main__":
    serve_orders(lambda orders: done(Orders(**orders)))
