"""Judge pages in a process of its own, at the lowest priority, so that no request shares a core's time with it.

Reads a page and writes a verdict until standard input closes, so it cannot outlive whoever started it, however
that ends. Frames are four bytes of length and the content; nothing is written to any log.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from fhir_profiles.page_verdicts import PageVerdict, page_verdict

NICENESS = 19
"""The least that a process may ask for: judging waits for everything else on the machine."""

_AUTOGROUP = Path("/proc/self/autogroup")
"""Linux, sched(7): in a session of its own, a process's niceness counts against nobody outside of it."""

_LENGTH_BYTES = 4


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """Write one frame and send it off."""
    pipe.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """Read one frame; None when the other side is gone."""
    length = pipe.read(_LENGTH_BYTES)
    if len(length) < _LENGTH_BYTES:
        return None
    size = int.from_bytes(length, "big")
    content = pipe.read(size)
    return content if len(content) == size else None


def read_verdict(frame: bytes) -> PageVerdict:
    """Read what the process found."""
    return msgspec.json.decode(frame, type=PageVerdict)


def judge_all(pages: IO[bytes], verdicts: IO[bytes]) -> None:
    """Judge page after page until there are no more."""
    while (page := read_frame(pages)) is not None:
        write_frame(verdicts, msgspec.json.encode(page_verdict(page)))


def give_way() -> None:
    """Take the lowest priority, also where the kernel shares time among sessions before it looks at processes."""
    os.nice(NICENESS)
    with suppress(OSError):
        _AUTOGROUP.write_text(str(NICENESS))


if __name__ == "__main__":
    give_way()
    judge_all(sys.stdin.buffer, sys.stdout.buffer)
