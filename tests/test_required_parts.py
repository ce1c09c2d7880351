"""Nothing skips in silence where everything was said to be there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("required", "code"), [("", 0), ("browser", 1)])
def test_a_skip_is_a_failure_only_where_parts_are_required(tmp_path, required, code):
    planted = tmp_path / "test_planted.py"
    planted.write_text('import pytest\n\ndef test_it():\n    pytest.skip("no browser")\n')
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:cacheprovider"]
    environment = {**os.environ, "SCR_REQUIRE": required, "PYTHONPATH": str(ROOT)}  # noqa: TID251

    ended = subprocess.run(
        [*command, "-p", "tests.required_parts", str(planted)],
        env=environment,
        capture_output=True,
        check=False,
    )

    assert ended.returncode == code, ended.stdout
