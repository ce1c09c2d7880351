"""Serve decisions as a worker does, and print each one only when its row B is durable.

Run as `python -m tests.audit.serving_process URL FIRST COUNT`; the disclosure itself is the printed line.
"""

import asyncio
import os
import sys
from collections.abc import Iterator

from gateway.audit.log import AuditLog
from gateway.store.engine import open_store
from tests.store_factories import asked, clock, disclosed

CALLERS = 8


async def serve(url: str, first: int, count: int) -> None:
    store = open_store(url)
    log = AuditLog(store, clock, deadline_seconds=60)
    numbers = iter(range(first, first + count))
    await asyncio.gather(*(_caller(log, numbers) for _ in range(CALLERS)))
    await log.aclose()
    store.close()


async def _caller(log: AuditLog, numbers: Iterator[int]) -> None:
    for number in numbers:
        await log.append(asked(number))
        await log.append(disclosed(number))
        # One write of a short line reaches the pipe whole or not at all.
        os.write(1, f"served {number}\n".encode())


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
