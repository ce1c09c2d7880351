"""Clocks that are set back or forward while workers append change no order and stop no signing (AI-07)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import Store
from tests.audit.aftermath import Aftermath
from tests.audit.nursery import Nursery, nursery
from tests.audit.serving_process import Orders
from tests.audit.signed_log import begin, check

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (-HOUR, DAY, timedelta(0))
"""Where the clock goes, from the right time: back, forward, and back again."""
COUNT = 40  # decisions of one worker between two jumps: far fewer than are signed for their number


@pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed")
async def test_ai_07_a_clock_set_back_and_forward_while_workers_append_changes_no_order(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    await begin(store)

    served = await _serve_while_the_clock_jumps(store, store_url, tmp_path)

    assert len(served) > COUNT
    aftermath = Aftermath(store, tmp_path)
    await aftermath.look(served, 0)
    aftermath.look_at_all()
    assert len(check(store).clock_went_back) >= 2


async def _serve_while_the_clock_jumps(store: Store, url: str, folder: Path) -> set[int]:
    clock, served = folder / "clock", set[int]()
    orders = [Orders(url, str(folder), n * COUNT, COUNT, is_timed=True) for n in range(6)]
    _set(clock, timedelta(0))
    with nursery(**_surroundings(clock)) as one, nursery(**_surroundings(clock)) as other:
        for jump in JUMPS:
            for worker in (one, other):
                worker.begin(orders.pop())
            served |= one.served(COUNT // 3) | other.served(COUNT // 3)
            _set(clock, jump)
            served |= _rest(one) | _rest(other)
            latest = await store.read(latest_checkpoint)
            assert latest is not None
            # Signed by the new time at once, and not when the clock is as late again.
            assert abs(latest.signed_at - (_right_time() + jump)) < HOUR / 2
    return served


def _rest(worker: Nursery) -> set[int]:
    served, status = worker.ended()
    assert status == 0
    return served


def _set(clock: Path, jump: timedelta) -> None:
    """Set the workers' clock; in one step, for they read it at any moment."""
    beside = clock.with_suffix(".new")
    beside.write_text(f"{jump.total_seconds():+.0f}")
    beside.replace(clock)


def _surroundings(clock: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # Setting a machine's clock does not move the one by which it waits.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        # Times of files are not looked at, and are many while modules are imported.
        "NO_FAKE_STAT": "1",
    }


def _right_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the workers' clock is held against the right one
