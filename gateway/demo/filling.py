"""Fill the demo's planning store by `scr pull`, and then ask by `scr optout check` who of it may be used.

In a process of its own, which ends when its standard input closes: so it cannot outlive the demo, however the demo ends.
"""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from threading import Thread

from gateway.demo.deployment import Folder

_LEAST_URGENT = 19


async def pulled(folder: Folder) -> bool:
    """Pull from every bulk source and ask who may be used, and say whether all answered."""
    # In a session of its own, so that Ctrl-C reaches the demo alone, which then ends it in order.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.demo.filling", str(folder.settings)),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    try:
        return await process.wait() == 0
    finally:
        process.stdin.close()
        await process.wait()


def main() -> None:
    """Pull and ask, unless standard input closes before it is done."""
    # Whoever looks at the demo meanwhile comes first.
    os.nice(_LEAST_URGENT)
    for words in (("pull",), ("optout", "check")):
        if code := _ended(*words, "--config", sys.argv[1]):
            sys.exit(code)


def _ended(*words: str) -> int:
    command = [sys.executable, "-m", "gateway.cli", *words]
    with subprocess.Popen(command, stdin=DEVNULL) as running:  # noqa: S603 - ourselves
        Thread(target=_end_when_abandoned, args=(running,), daemon=True).start()
    return running.returncode


def _end_when_abandoned(running: subprocess.Popen[bytes]) -> None:
    # Not its buffer: a thread that waits within one keeps the process from ending as it should.
    while os.read(sys.stdin.fileno(), 1):
        pass
    running.kill()


if __name__ == "__main__":
    main()
