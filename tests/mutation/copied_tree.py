"""Copy the project into a folder of its own, so that what is made wrong on purpose is never the working tree.

Copies code and tests only: no data beside the project and no history is there.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.architecture.source_tree import PACKAGES, ROOT

# What steers the run that asks must not steer the one inside it: coverage, counts, required parts.
_OF_THE_OUTER_RUN = ("COV", "PYTEST", "SCR_")


def copy_project(folder: Path) -> Path:
    """Copy packages, tests and settings of the tools; give the root of the copy."""
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def environment() -> dict[str, str]:
    """Give the environment of a run inside a copy, with this interpreter's programs first."""
    inherited = dict(os.environ)  # noqa: TID251 - handed on to the run inside
    kept = {
        name: value for name, value in inherited.items() if not name.startswith(_OF_THE_OUTER_RUN)
    }
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"}
