"""Lend other people's Python programs an environment of their own: their versions of libraries are not ours."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SMART_FETCH = ("smart-fetch==1.0.3", "cumulus-fhir-support==1.12.2")


def interpreter_with(*wanted: str) -> str:
    """Give an interpreter that has these very distributions, made where temporary files are unless it is there.

    Skips the test where they cannot be fetched.
    """
    folder = Path(tempfile.gettempdir()) / "scr-clients" / "-".join(wanted).replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        made = [sys.executable, "-m", "venv", "--clear", str(folder)]
        subprocess.run(made, check=True, capture_output=True)
        fetched = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *wanted], capture_output=True, check=False
        )
        if fetched.returncode:
            pytest.skip(f"{' and '.join(wanted)} could not be installed.")
        (folder / ".installed").touch()
    return str(python)
