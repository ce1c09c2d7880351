"""T22: a process that holds keys leaves no core dump."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what it would dump")

ASK = """
import ctypes, resource, sys
from gateway.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code, ended.code
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def limits_after(*words: object) -> str:
    command = [sys.executable, "-c", ASK, *map(str, words)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return ended.stdout.splitlines()[-1]


def test_t22_a_command_that_opens_keys_leaves_no_core_dump(tmp_path: Path):
    made = ("keys", "init", tmp_path / "keyring.json", "--purpose", "vault")

    assert limits_after(*made) == "(0, 0) 0"


def test_t22_a_command_that_forbids_none_would_be_found():
    assert not limits_after("keys", "--help").endswith(") 0")
