"""Begin processes that serve, and kill them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from tests.audit.serving_process import Orders

ROOT = Path(__file__).parents[2]


class Nursery:
    """One process that begins others, one at a time: forked, so that each is at work within milliseconds."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._child = 0

    def begin(self, orders: Orders) -> None:
        """Have a process begun."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(orders._asdict()) + b"\n")
        self._process.stdin.flush()
        self._child = int(self._line().removeprefix(b"begun "))

    def served(self, at_most: int) -> set[int]:
        """Wait until so many more decisions are served, or the process has ended."""
        served: set[int] = set()
        while len(served) < at_most and (line := self._line()).startswith(b"served "):
            served.add(int(line.removeprefix(b"served ")))
        return served

    def kill(self) -> None:
        """Kill the process as `kill -9` does."""
        os.kill(self._child, signal.SIGKILL)

    def ended(self) -> tuple[set[int], int]:
        """Wait for the end: give what was served until then, and the exit status (minus the signal)."""
        served: set[int] = set()
        while not (line := self._line()).startswith(b"ended "):
            served.add(int(line.removeprefix(b"served ")))
        return served, int(line.removeprefix(b"ended "))

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery has ended"
        return line


@contextmanager
def nursery(**surroundings: str) -> Iterator[Nursery]:
    """Open a nursery; `surroundings` are further environment variables of its processes."""
    inherited = dict(os.environ)  # noqa: TID251 - handed on as it is
    with subprocess.Popen(
        [sys.executable, "-m", "tests.audit.serving_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**inherited, **surroundings},
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
