"""The bench of the planning side runs and reports in the stated shape; how fast anything is, no test says."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bench.disclosure_gate import PROFILE, people
from bench.naive_population import naive_gate
from bench.population_report import REACH, as_table
from bench.population_samples import SAMPLES
from gateway.population.anonymity import measured

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def figures():
    if not SAMPLES.exists():
        pytest.skip("the published samples are not here")
    command = [sys.executable, "bench/population.py", "--json", "--rounds", "1", "--copies", "1"]
    small = ["--people", "3000", "--resources", "1500"]
    done = subprocess.run([*command, *small], cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_everything_that_is_meant_to_be_reached_is_measured(figures):
    assert figures["measurements"].keys() == REACH.keys()
    assert all(each["ours"] > 0 for each in figures["measurements"].values())
    assert 0 < figures["output_over_input"]["ours"] < 1


def test_the_table_says_of_each_whether_it_was_reached(figures):
    rows = [
        line
        for line in as_table(figures).splitlines()
        if line.startswith(tuple(f"| {each}" for each in REACH))
    ]

    assert len(rows) == len(REACH)
    judged = [row for row in rows if row.endswith(("| yes |", "| no |"))]
    assert len(judged) == len(figures["reach"]) == len(REACH) - 1


def test_the_naive_gate_measures_what_ours_does():
    database = duckdb.connect()
    database.execute(f"CREATE TABLE people AS {people(20_000)}")
    rows = database.execute("SELECT person, area, band, sex, quarter, kind FROM people").fetchall()

    [ours] = measured(database, "people", PROFILE)
    fewest, values, furthest = naive_gate(rows)

    kind = ours.varieties["kind"]
    assert (fewest, values) == (ours.fewest_people, kind.fewest_values)
    assert furthest == pytest.approx(kind.furthest)
