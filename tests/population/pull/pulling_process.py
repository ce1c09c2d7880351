"""Pull in processes that may be killed.

Run as `python -m tests.population.pull.pulling_process`: for each line of orders a process is begun, and when it has
ended its exit status is printed. `tests/population/pull/killing.py` gives the orders.
"""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import orjson

from adapters.bulk import open_bulk_source
from adapters.source_clients import Surroundings, open_source_client
from gateway.population.pull import PullOrder, pull
from gateway.population.pull_manifest import PullManifest
from tests.population.pull.cleaning import TYPES, Permitted, SmallCleaning
from tests.population.pull.kill_points import arm
from tests.population.pull.served import source_config
from tests.population.pull.weaknesses import plant


class Orders(NamedTuple):
    """What one process does: pulls from an address into a store at a time, and where it kills itself, if anywhere."""

    address: str
    private_key: str
    store: str
    now: str
    point: str = ""
    nth: int = 1
    weakness: str = ""


def main() -> None:
    """Begin a process for each line of orders, and say when it began and how it ended."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            orders = Orders(**orjson.loads(line))
            os._exit(0 if asyncio.run(pull_once(orders)) else 1)
        os.write(1, f"begun {process}\n".encode())
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


async def pull_once(orders: Orders) -> bool:
    """Pull, and say whether the pull finished."""
    if orders.weakness:
        plant(orders.weakness)
    if orders.point:
        arm(orders.point, orders.nth)
    now = datetime.fromisoformat(orders.now)
    loop = asyncio.get_running_loop()
    surroundings = Surroundings(lambda: now, uuid4, loop.time)
    client = open_source_client(source_config(orders.address, orders.private_key), surroundings)
    source = await open_bulk_source(client, loop.time, sleep=_no_time)
    order = PullOrder(Path(orders.store), TYPES, lambda: now, lambda _: None)
    found = await pull(Permitted(), source, SmallCleaning(), order)
    await client.aclose()
    return isinstance(found, PullManifest)


async def _no_time(_seconds: float) -> None:
    # The source counts polls, and lets any number come at once.
    await asyncio.sleep(0)


if __name__ == "__main__":
    main()
