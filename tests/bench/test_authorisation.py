"""The bench of decisions runs and reports in the stated shape (P21); how fast anything is, no test says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.authorisation import as_table, large_policy
from bench.linear_casbin import allows, linear_enforcer
from rbac.lint import lint

ROOT = Path(__file__).parent.parent.parent
RULES = 2_300


@pytest.fixture(scope="module")
def figures():
    command = [sys.executable, "bench/authorisation.py", "--json", "--rules", str(RULES)]
    done = subprocess.run([*command, "--rounds", "1"], cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_p21_every_kind_of_question_is_asked_and_every_activation_timed(figures):
    assert figures["rules"] == RULES
    assert figures["measurements"].keys() == {"levels", "ground", "decision", "linear"}
    assert all(each["p99_ms"] >= each["p50_ms"] > 0 for each in figures["measurements"].values())
    assert len(figures["activation_seconds"]) == 4
    assert all(seconds > 0 for seconds in figures["activation_seconds"].values())


def test_p21_the_table_says_of_each_whether_it_was_reached(figures):
    rows = [line for line in as_table(figures).splitlines() if "SQLite" in line]

    assert len(rows) == 2
    assert all("≤ 1 | yes |" in row or "≤ 1 | no |" in row for row in rows)


def test_p21_the_measured_policy_has_ten_thousand_rules_that_could_be_served():
    policy = large_policy(10_000)

    assert len(policy.rules) == 10_000
    assert lint(policy) == ()


def test_p21_both_sides_decide_alike():
    rules = large_policy(RULES).rules[::200]
    linear = linear_enforcer(rules)

    assert all(allows(linear, rule) for rule in rules)
