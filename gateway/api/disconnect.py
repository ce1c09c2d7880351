"""Stop working for a caller who has gone away."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import Request
from starlette.responses import Response

from gateway.errors import SharedCareRecordError


class CallerGoneError(SharedCareRecordError):
    """Say that there is nobody left to answer."""


async def until_disconnected(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """Await the work, and cancel it as soon as the caller hangs up.

    Raises CallerGoneError then; whatever the work started is cancelled with it.
    """
    working = asyncio.ensure_future(work)
    hanging_up = asyncio.ensure_future(_hang_up(request))
    try:
        await asyncio.wait({working, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CallerGoneError("The caller has gone.")
        return working.result()
    finally:
        hanging_up.cancel()
        working.cancel()
        # A service that stops waits for its requests: what the work says of its own end is among them.
        await asyncio.wait({working})


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
