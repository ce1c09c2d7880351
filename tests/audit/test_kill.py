"""No kill at any moment makes a disclosure that has no durable row B (safety P04, AI-04, AV-06).

`SCR_PROVE_KILLS` sets how many kills are made on each database; SCR_PROVE_SEED repeats a run.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from gateway.store.engine import Store
from tests.audit.killing import kill_and_look

KILLS = int(os.environ.get("SCR_PROVE_KILLS", "5"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above


async def test_p04_whatever_a_process_served_before_a_kill_is_on_record_and_the_log_goes_on(
    store: Store, store_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)

    served = await kill_and_look(store, store_url, tmp_path, [""] * KILLS, Random(SEED))

    assert served >= KILLS
    record_property("kills", KILLS)
    record_property("served", served)
