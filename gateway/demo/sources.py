"""Start the process of all simulators, and end it.

Knows nothing of what it serves.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gateway.demo.simulation_process import Orders
from gateway.demo.simulators import Simulated

_END_SECONDS = 5


class SourcesNotStartedError(RuntimeError):
    """Say that the simulators' process ended before it served."""


@contextmanager
def sources_running(orders: Orders) -> Iterator[Mapping[Simulated, str]]:
    """Run every simulator while the block runs; give the address of each.

    Raises SourcesNotStartedError when the process does not say where they are.
    """
    command = [sys.executable, "-m", "gateway.demo.simulation_process"]
    # In a session of its own, so that Ctrl-C reaches the demo alone, which then ends it in order.
    process = subprocess.Popen(  # noqa: S603 - this very program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield _addresses(process, orders)
    finally:
        _end(process)


def _addresses(process: subprocess.Popen[bytes], orders: Orders) -> Mapping[Simulated, str]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(orders.to_line())
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise SourcesNotStartedError("The simulated sources did not start.")
    return {Simulated(name): address for name, address in json.loads(line).items()}


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.communicate(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
