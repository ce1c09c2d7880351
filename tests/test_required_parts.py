"""Nothing skips in silence where everything was said to be there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.required_parts import PARTS, missing_for_spark

ROOT = Path(__file__).resolve().parents[1]
SKIPPING = 'import pytest\n\ndef test_it():\n    pytest.skip("no part")\n'
PASSING = "def test_it():\n    pass\n"


def run_planted(folder, text, **environment):
    planted = folder / "test_planted.py"
    planted.write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider"]
    # Without the switches of this run: its coverage is not the planted test's.
    switches = {"PYTEST_ADDOPTS": "", "SCR_REQUIRE": "", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, "-p", "tests.required_parts", str(planted)],
        env={**os.environ, **switches, **environment},  # noqa: TID251
        capture_output=True,
        check=False,
        text=True,
    )


def test_a_skip_is_no_failure_where_nothing_is_required(tmp_path):
    assert run_planted(tmp_path, SKIPPING).returncode == 0


@pytest.mark.skipif(missing_for_spark() is not None, reason="needs a part that is there: Spark")
def test_a_skip_is_a_failure_where_parts_are_required(tmp_path):
    ended = run_planted(tmp_path, SKIPPING, SCR_REQUIRE="spark")

    assert ended.returncode == 1, ended.stdout
    assert "Skipped although SCR_REQUIRE is spark" in ended.stdout


def test_a_required_part_that_is_missing_ends_the_run_before_any_test(tmp_path):
    ended = run_planted(
        tmp_path, PASSING, SCR_REQUIRE="spark,data", SCR_SAMPLE_DATA=str(tmp_path / "no"), PATH=""
    )

    assert ended.returncode == 4
    assert "data: the published samples are not here" in ended.stderr
    assert "spark: " in ended.stderr
    assert "passed" not in ended.stdout


def test_a_part_that_nobody_knows_is_not_taken_for_one_that_is_there(tmp_path):
    ended = run_planted(tmp_path, PASSING, SCR_REQUIRE="sparkle")

    assert ended.returncode == 4
    assert "sparkle; known are browser, postgres, spark, data" in ended.stderr


def test_continuous_integration_requires_every_part_and_installs_spark():
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert f"export SCR_REQUIRE={','.join(PARTS)}" in run.splitlines()
    assert "default-jre-headless" in run
    assert "'.[spark]'" in run
