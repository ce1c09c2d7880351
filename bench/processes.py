"""Start what is measured, each in a process of its own on a stated core, and end it again.

Measures nothing.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
_START_SECONDS = 30.0
_END_SECONDS = 5.0


class DidNotStartError(RuntimeError):
    """Say that a process of the bench ended before it served."""


def cores() -> tuple[int, int]:
    """Give the core of what is measured, and that of load and sources; one core serves as both."""
    free = sorted(os.sched_getaffinity(0))
    return free[0], free[-1]


def stay_on(core: int) -> None:
    """Keep this process on one core."""
    os.sched_setaffinity(0, {core})


@contextmanager
def started(module: str, arguments: Sequence[str], core: int) -> Iterator[subprocess.Popen[str]]:
    """Run a module of the bench until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"bench.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=_log(module),
        text=True,
    )
    # Before it starts a thread: threads stay where they are born.
    os.sched_setaffinity(process.pid, {core})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _log(module: str) -> int | None:
    # The gateway writes a line for each request, as it would to a log collector; the table stays readable.
    return subprocess.DEVNULL if module == "serving" else None


def first_line(process: subprocess.Popen[str]) -> dict[str, object]:
    """Read what a process says when it is ready.

    Raises DidNotStartError when it ends without a word.
    """
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise DidNotStartError("A process of the bench ended before it said anything.")
    said: dict[str, object] = json.loads(line)
    return said


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_serving(process: subprocess.Popen[str], port: int) -> None:
    """Wait until a port takes connections.

    Raises DidNotStartError when the process ends instead, or takes too long.
    """
    ends_at = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < ends_at:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise DidNotStartError("A process of the bench did not serve.")
