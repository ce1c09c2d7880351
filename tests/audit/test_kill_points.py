"""Killed in any named moment of disclosing, recording and signing, nothing acknowledged is lost (P05, AI-04, AV-06).

`SCR_PROVE_TIMES` sets how often a process kills itself in each moment on each database; SCR_PROVE_SEED repeats a run.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from gateway.store.engine import Store
from tests.audit.kill_points import POINTS
from tests.audit.killing import kill_and_look

TIMES = int(os.environ.get("SCR_PROVE_TIMES", "1"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above


async def test_p05_killed_in_each_named_moment_nothing_is_lost_or_half_done_and_the_log_goes_on(
    store: Store, store_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    points = [point for _ in range(TIMES) for point in POINTS]

    served = await kill_and_look(store, store_url, tmp_path, points, Random(SEED))

    record_property("moments", len(POINTS))
    record_property("kills", len(points))
    record_property("served", served)
