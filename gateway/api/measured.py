"""Count and time requests by route, and log one line for each; never an address, a body or a name.

Changes nothing in the answer.
"""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.metrics import Metrics

_log = structlog.get_logger("scr.requests")


class Measured:
    """Stand around the application and count."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and count how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()

        async def counting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"], time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, counting_send)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        # The route's own pattern, never the path: a path holds an opaque id, and that identifies.
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        _log.info(
            "request",
            route=route,
            method=scope["method"],
            status=status,
            request_id=scope["state"]["request_id"],
        )
