"""Kill processes that serve, one after another, and look at what each left."""

import signal
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

from gateway.store.engine import Store
from tests.audit.aftermath import Aftermath
from tests.audit.nursery import Nursery, nursery
from tests.audit.serving_process import Orders
from tests.audit.signed_log import begin

BLOCK = 1_000_000  # decision numbers of one process
ENOUGH = 20_000  # decisions: far more than any named moment is away


async def kill_and_look(
    store: Store, url: str, folder: Path, points: Iterable[str], moments: Random
) -> int:
    """Kill a process at each named point, or at a random moment where there is no name; give how much was served."""
    await begin(store)
    aftermath, served = Aftermath(store, folder), 0
    with nursery() as processes:
        for kill, point in enumerate(points, 1):
            orders = Orders(url, str(folder), kill * BLOCK, ENOUGH, point, moments.randint(1, 3))
            done = _serve_until_killed(processes, orders, moments)
            await aftermath.look(done, (kill - 1) * BLOCK, (kill + 1) * BLOCK - 1)
            served += len(done)
    aftermath.look_at_all()
    return served


def _serve_until_killed(processes: Nursery, orders: Orders, moments: Random) -> set[int]:
    processes.begin(orders)
    before = set[int]()
    if not orders.point:
        # A random line, then some random microseconds more.
        before = processes.served(moments.randint(1, 300))
        time.sleep(moments.uniform(0, 0.004))
        processes.kill()
    served, status = processes.ended()
    assert status == -signal.SIGKILL, orders
    return before | served
