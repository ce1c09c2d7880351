"""The bench of refused lookups runs and reports in the stated shape (IL-04); how fast anything is, no test says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.lookups import Timings, as_lines, figures_of, mann_whitney_p

ROOT = Path(__file__).parent.parent.parent


def test_il_04_both_kinds_of_lookup_are_refused_alike_and_timed():
    command = [sys.executable, "bench/lookups.py", "--json", "--each", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    figures = json.loads(done.stdout)

    assert figures["each"] == 20
    assert all(value > 0 for value in figures["measurements"].values())
    assert figures["median_difference_ms"] >= 0
    assert 0 <= figures["p"] <= 1


# Published example: Mann and Whitney's statistic for two samples without and with ties, checked against tables.
@pytest.mark.parametrize(
    ("ones", "others", "p"),
    [
        ([19, 22, 16, 29, 24], [20, 11, 17, 12], 0.1113),
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([5, 5, 5], [5, 5, 5], 1.0),
        (list(range(50)), list(range(100, 150)), 0.0),
    ],
)
def test_il_04_ranks_tell_samples_apart(ones: list[float], others: list[float], p: float):
    assert mann_whitney_p(ones, others) == pytest.approx(p, abs=5e-5)


def test_il_04_a_difference_of_medians_is_told_in_milliseconds():
    figures = figures_of(Timings([0.003, 0.004, 0.005], [0.001, 0.002, 0.003]))

    assert figures["median_difference_ms"] == pytest.approx(2)
    assert "p: " in as_lines(figures)
