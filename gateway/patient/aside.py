"""Do long work beside the event loop, a few pieces at a time.

Knows nothing of the work. What runs on the loop holds up everybody: a check that another request waits for would
fail for want of a turn, and that request with it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 2
"""One interpreter does no more in the same time by doing more at once; the second keeps one long piece of work
from stopping all others."""

Result = TypeVar("Result")


class Aside:
    """Threads of one worker, and the queue before them. Close it when done."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="aside")

    async def do(self, work: Callable[[], Result]) -> Result:
        """Do a piece of work when its turn comes; one whose caller is gone before that is not done."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Begin nothing more, and wait for nothing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
