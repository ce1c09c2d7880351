"""Do what lines of orders say, each in a process of its own that may be killed meanwhile."""

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping

import orjson


def serve_orders(done: Callable[[Mapping[str, object]], Awaitable[None]]) -> None:
    """Begin a process for each line of orders, and say how it ended: 0 done, 1 not, else minus the signal."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            os._exit(_status_of(done, orjson.loads(line)))
        _, status = os.waitpid(process, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


def _status_of(
    done: Callable[[Mapping[str, object]], Awaitable[None]], orders: Mapping[str, object]
) -> int:
    async def doing() -> None:
        await done(orders)

    try:
        asyncio.run(doing())
    except Exception:  # noqa: BLE001 - the process that ordered it hears no more than the status
        traceback.print_exc()
        return 1
    return 0
