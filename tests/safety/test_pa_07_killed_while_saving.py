"""Killed in the middle of a change, the old policy decides or the new one: never a mix (PA-07).

`SCR_PROVE_KILLS` sets how many kills; SCR_PROVE_SEED repeats a run.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.audit.log import AuditLog
from gateway.policy.active import ActivePolicies, activate
from gateway.policy.drafts import digest_of
from gateway.store.engine import Store, open_store
from gateway.store.policies import active_policy, version_activated
from gateway.store.policy_drafts import drafts
from gateway.wiring import now
from tests.safety.small_policy import closed, opened
from tests.stack import settings_for

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SCR_PROVE_KILLS", "3"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above


async def test_pa_07_after_any_kill_one_whole_policy_decides(
    london: Any, template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
):
    record_property("seed", SEED)
    moments, database = random.Random(SEED), tmp_path / "scr.db"
    shutil.copy(template, database)
    settings = settings_for(london, database, template.with_suffix(".keys"))
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    store = open_store(f"sqlite:///{database}")
    await begun(store)
    for _kill in range(KILLS):
        acknowledged = change_until_killed(tmp_path / "settings.json", moments)
        await is_whole(store, acknowledged, database)
    store.close()


async def begun(store: Store) -> None:
    log = AuditLog(store, now)
    await activate(opened(), "test", log, store, now)
    await log.aclose()


def change_until_killed(settings: Path, moments: random.Random) -> list[str]:
    command = [sys.executable, "-m", "tests.safety.changing_policy", str(settings)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(moments.randint(1, 12))]
        time.sleep(moments.uniform(0, 0.03))
        process.kill()
        seen += process.stdout.readlines()
    return [line.strip() for line in seen]


async def is_whole(store: Store, acknowledged: list[str], database: Path) -> None:
    row = await store.read(active_policy)
    compiled = await ActivePolicies(store).active()
    found = await store.read(drafts, 10_000)
    used = [each for each in found if each.activated_at is not None]
    with sqlite3.connect(database) as connection:
        written = connection.execute(
            "SELECT count(*) FROM audit_entry WHERE kind = 'policy-activated'"
        ).fetchone()
    connection.close()

    assert row is not None
    assert compiled.version == row.version in {opened().version, closed().version}
    assert await store.read(version_activated, row.generation) == row.version
    # The starting policy, the small one, and one entry for each draft that was used.
    assert written == (row.generation,) == (len(used) + 2,)
    assert all(digest_of(each) == each.digest for each in found)
    assert len(acknowledged) <= len(used)
