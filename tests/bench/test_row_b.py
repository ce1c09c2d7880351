"""The bench of row B runs and reports in the stated shape; how fast anything is, no test says."""

import json
import subprocess
import sys
from pathlib import Path

from bench.row_b import as_table

ROOT = Path(__file__).parent.parent.parent


def test_row_b_is_measured_both_ways_at_each_number_of_callers():
    command = [sys.executable, "bench/row_b.py", "--json", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    figures = json.loads(done.stdout[done.stdout.index(b"\n{\n") :])

    measured = figures["databases"]["SQLite"]

    assert measured.keys() == {"1", "8"}
    assert all(each["waited for"]["p99_ms"] > 0 for each in measured.values())
    assert all(each["overlapped"]["p99_ms"] > 0 for each in measured.values())
    assert all(f"| {name}, 8 |" in as_table(figures) for name in figures["databases"])
