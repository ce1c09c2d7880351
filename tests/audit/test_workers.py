import subprocess
import sys
from pathlib import Path

import pytest

from gateway.audit.entries import entries_between
from gateway.store.engine import Store
from tests.store_factories import activate, open_log

ROOT = Path(__file__).parents[2]
COUNT = 400


async def test_ai_10_workers_that_append_at_once_make_one_line_without_gaps(
    store: Store, store_url: str
) -> None:
    async with open_log(store) as log:
        await activate(log)

    workers = [_start(store_url, first) for first in (1_000, 2_000)]
    served = [len(worker.communicate(timeout=60)[0].splitlines()) for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0]
    assert served == [COUNT, COUNT]
    kept = await store.read(entries_between, 1, 10_000)
    assert [entry.sequence for entry in kept] == list(range(1, 4 * COUNT + 2))
    # Both were at it at the same time: neither's entries are one block.
    by_first = [entry.decision_id.int // 1_000 for entry in kept if entry.decision_id]
    if by_first == sorted(by_first):
        pytest.fail("the workers took turns once; raise COUNT")


def _start(url: str, first: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.audit.serving_process", url, str(first), str(COUNT)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
