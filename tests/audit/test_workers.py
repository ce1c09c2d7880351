"""Workers that append at once make one line of entries, each signed by keepers of both, kills among them (AI-10).

`SCR_PROVE_ROWS` sets how many rows are written on each database; SCR_PROVE_SEED repeats a run.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle, pairwise
from pathlib import Path

from sqlalchemy import select

from gateway.audit.entries import last_sequence
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry
from tests.audit.aftermath import Aftermath
from tests.audit.killing import BLOCK
from tests.audit.nursery import Nursery, nursery
from tests.audit.serving_process import Orders
from tests.audit.signed_log import begin

ROWS = int(os.environ.get("SCR_PROVE_ROWS", "4000"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
TURN = 400  # decisions, at most, until one worker is killed


async def test_ai_10_workers_that_append_and_sign_at_once_make_one_line_without_gaps(
    store: Store, store_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    orders = (Orders(store_url, str(tmp_path), n * BLOCK, BLOCK) for n in count(1))

    served, kills = await _serve_and_be_killed(store, orders)

    aftermath = Aftermath(store, tmp_path)
    await aftermath.look(served, 0, next(orders).first)
    aftermath.look_at_all()
    assert aftermath.entries >= ROWS
    # Both were at it at the same time: the processes' entries are not one block each.
    with store.checking() as reading:
        assert _changes_of_hand(_processes(reading)) > 2 * kills
    for told in {"seed": SEED, "rows": aftermath.entries, "kills": kills}.items():
        record_property(*told)


async def _serve_and_be_killed(store: Store, orders: Iterator[Orders]) -> tuple[set[int], int]:
    """Have two serve at once, until there are rows enough; give what was served, and how many were killed."""
    await begin(store)
    with nursery() as one, nursery() as other:
        return await _kill_by_turns(store, (one, other), orders)


async def _kill_by_turns(
    store: Store, workers: tuple[Nursery, Nursery], orders: Iterator[Orders]
) -> tuple[set[int], int]:
    moments, served, kills = random.Random(SEED), set[int](), 0
    for each in workers:
        each.begin(next(orders))
    for turn in cycle(workers):
        served |= turn.served(moments.randint(1, TURN))
        turn.kill()
        more, status = turn.ended()
        assert status == -signal.SIGKILL
        served, kills = served | more, kills + 1
        if await store.read(last_sequence) >= ROWS:
            break
        turn.begin(next(orders))
    return served | _end(workers[kills % 2]), kills + 1


def _end(last: Nursery) -> set[int]:
    last.kill()
    return last.ended()[0]


def _processes(reading: Reading) -> list[int]:
    """Tell of each entry, in order, the process that wrote it."""
    decisions = select(audit_entry.c.decision_id).order_by(audit_entry.c.sequence)
    return [id_.int // BLOCK for id_ in reading.connection.scalars(decisions) if id_]


def _changes_of_hand(processes: list[int]) -> int:
    return sum(one != next_ for one, next_ in pairwise(processes))
