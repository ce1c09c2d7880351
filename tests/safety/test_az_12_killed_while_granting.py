"""Killed while the glass is broken: grant, relationship, alert and audit entry are all there, or none (AZ-12, P05).

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

from tests.safety.emergencies import NO_RELATIONSHIP
from tests.stack import settings_for

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SCR_PROVE_KILLS", "2"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

GRANTS = "SELECT upper(id) FROM break_glass_grant"
EACH = (
    GRANTS,
    "SELECT upper(basis) FROM privacy_alert WHERE kind = 'break-glass'",
    "SELECT upper(replace(json_extract(body, '$.grant'), '-', '')) FROM audit_entry"
    " WHERE kind = 'glass-broken'",
)
FOUNDED = (
    "SELECT upper(relationship) FROM break_glass_grant",
    "SELECT upper(id) FROM relationship WHERE source = 'break-glass'",
)


def test_az_12_after_any_kill_every_grant_is_whole(
    london: Any, template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
):
    record_property("seed", SEED)
    moments, database = random.Random(SEED), tmp_path / "scr.db"
    shutil.copy(template, database)
    settings = settings_for(london, database, template.with_suffix(".keys"))
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    acknowledged: set[str] = set()

    for _kill in range(KILLS):
        acknowledged |= break_until_killed(london, tmp_path / "settings.json", moments)

    grants, alerts, entries = (found(database, query) for query in EACH)
    assert len(grants) >= KILLS
    assert grants == alerts == entries
    assert acknowledged <= grants
    relationships = [found(database, query) for query in FOUNDED]
    assert relationships[0] == relationships[1]


def found(database: Path, query: str) -> set[str]:
    connection = sqlite3.connect(database)
    rows = connection.execute(query).fetchall()
    connection.close()
    assert len(set(rows)) == len(rows)
    return {row[0].replace("-", "").upper() for row in rows}


def break_until_killed(london: Any, settings: Path, moments: random.Random) -> set[str]:
    number = london.people[NO_RELATIONSHIP].digits
    command = [sys.executable, "-m", "tests.safety.breaking_glass", str(settings), number]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(moments.randint(1, 12))]
        time.sleep(moments.uniform(0, 0.03))
        process.kill()
        seen += process.stdout.readlines()
    return {line.strip().replace("-", "").upper() for line in seen if line.endswith("\n")}
