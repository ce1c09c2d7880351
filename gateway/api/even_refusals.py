"""Send refusals at even moments, so that how long one took tells nothing of what was looked at on the way to it.

Decides nothing and changes nothing in an answer. Without it, 10,000 lookups tell people whom PDS knows from numbers
that nobody has, by a tenth of a millisecond (`scr bench lookups`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFUSALS = frozenset({403, 404})


class EvenRefusals:
    """Stand around the application and hold each refusal until the next multiple of `step` seconds; 0 holds none."""

    def __init__(
        self,
        app: ASGIApp,
        step: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._step = step
        self._clock = clock
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self._step:
            await self._app(scope, receive, send)
            return
        began = self._clock()

        async def even_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in REFUSALS:
                await self._sleep(until_even(self._clock() - began, self._step))
            await send(message)

        await self._app(scope, receive, even_send)


def until_even(passed: float, step: float) -> float:
    """Give the seconds that are left until the next multiple of `step`."""
    return max(ceil(passed / step), 1) * step - passed
