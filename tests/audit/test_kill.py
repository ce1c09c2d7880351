"""No kill makes a disclosure that has no durable row B (safety P04, P05, AI-04, AV-06).

`SCR_PROVE_KILLS` sets how many kills are made on each database; SCR_PROVE_SEED repeats a run.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gateway.audit.acts import AuditAction
from gateway.audit.entries import AuditEntry, entries_between
from gateway.store.engine import Store
from tests.store_factories import activate, open_log

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SCR_PROVE_KILLS", "5"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
BLOCK = 1_000_000  # decision numbers of one process


async def test_p04_every_decision_served_before_a_kill_has_its_rows(
    store: Store, store_url: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    moments = random.Random(SEED)
    async with open_log(store) as log:
        await activate(log)
    checked = 0

    for kill in range(1, KILLS + 1):
        served = _serve_until_killed(store_url, kill * BLOCK, moments)
        kept = await store.read(entries_between, checked + 1, 10**9)
        assert served <= _decisions(kept, AuditAction.DISCLOSED), f"SCR_PROVE_SEED={SEED}"
        assert _decisions(kept, AuditAction.DISCLOSED) <= _decisions(kept, AuditAction.ASKED)
        assert [entry.sequence for entry in kept] == list(
            range(checked + 1, checked + 1 + len(kept))
        )
        checked += len(kept)


def _serve_until_killed(url: str, first: int, moments: random.Random) -> set[int]:
    """Let a process serve up to a random line, then some random microseconds more, and kill it."""
    command = [sys.executable, "-m", "tests.audit.serving_process", url, str(first), str(BLOCK)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(moments.randint(1, 300))]
        time.sleep(moments.uniform(0, 0.004))
        process.kill()
        seen += process.stdout.readlines()
    return {int(line.removeprefix(b"served ")) for line in seen}


def _decisions(kept: tuple[AuditEntry, ...], action: AuditAction) -> set[int]:
    return {entry.decision_id.int for entry in kept if entry.decision_id and entry.action == action}
