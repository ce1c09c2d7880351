"""Continuous integration runs the README's own test command, and code that no test runs makes it fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

HALF_RUN = (
    "def halved(number):\n    if number > 0:\n        return 1\n    return 2\n\n\nhalved(1)\n"
)
WHOLE_RUN = f"number = {'+'.join('1' * 9)}\n" + "number += 1\n" * 200


def test_continuous_integration_runs_the_readmes_test_command_under_coverage():
    commands = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    [second] = [each.strip() for each in commands if each.startswith(".venv/bin/python -m pytest")]

    lines = RUN.splitlines()

    assert lines.index(second) < lines.index("make floors")
    assert any("PYTEST_ADDOPTS='--cov " in line for line in lines[: lines.index(second)])


@pytest.mark.parametrize(
    ("planted", "is_enough"),
    [
        ({"adapters/whole.py": WHOLE_RUN, "rbac/whole.py": WHOLE_RUN}, True),
        ({"adapters/half.py": HALF_RUN, "rbac/whole.py": WHOLE_RUN}, True),
        ({"adapters/half.py": HALF_RUN, "rbac/few.py": "x = 1\n"}, False),
        ({"adapters/whole.py": WHOLE_RUN, "rbac/half.py": HALF_RUN}, False),
        ({"adapters/whole.py": WHOLE_RUN, "gateway/audit/half.py": HALF_RUN}, False),
        ({"adapters/whole.py": WHOLE_RUN, "gateway/access/half.py": HALF_RUN}, False),
        ({"adapters/whole.py": WHOLE_RUN, "gateway/patient/half.py": HALF_RUN}, False),
        ({"adapters/whole.py": WHOLE_RUN, "gateway/population/half.py": HALF_RUN}, False),
        ({"adapters/whole.py": WHOLE_RUN, "gateway/vault/half.py": HALF_RUN}, False),
    ],
)
def test_p24_too_little_coverage_is_a_failure_overall_and_in_each_room_of_rules(
    tmp_path, planted, is_enough
):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = ("audit", "access", "patient", "population", "vault")
    packages = ("gateway", "rbac", "adapters", "fhir_profiles")
    for name in (*packages, *(f"gateway/{room}" for room in rooms)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    for name, text in {"rbac/here.py": "x = 1\n", **planted}.items():
        (tmp_path / name).write_text(text)
    modules = [name[:-3].replace("/", ".") for name in ("rbac/here.py", *planted)]
    (tmp_path / "all_tests.py").write_text("".join(f"import {each}\n" for each in modules))
    run_in(tmp_path, sys.executable, "-m", "coverage", "run", "all_tests.py")

    make = ("make", "-f", str(ROOT / "Makefile"), "floors", f"BIN={Path(sys.executable).parent}")

    assert (run_in(tmp_path, *make).returncode == 0) is is_enough


def run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)
