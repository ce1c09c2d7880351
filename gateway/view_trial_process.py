"""Try one view and end: a process of its own, which takes no more of the machine than a trial is worth.

Reads a trial from standard input and writes what came of it; where it is started it may write files, and nowhere else.
"""

import resource
import sys
from pathlib import Path

from gateway.population.trial import BYTES_AT_MOST
from gateway.population.trying import try_one

_CPU_SECONDS = 20
_ADDRESS_BYTES = 1024 * 1024 * 1024
"""Of addresses: measured, a trial does with half of that, and has 110 MB of it in memory."""


def keep_within_bounds() -> None:
    """Take no more of the machine than a trial is worth, whatever the view says."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_BYTES, _ADDRESS_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * BYTES_AT_MOST, 4 * BYTES_AT_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    keep_within_bounds()
    try_one(sys.stdin.buffer, sys.stdout.buffer, Path.cwd())
