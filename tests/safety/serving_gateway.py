"""Serve the gateway as a process of its own, until it is killed.

Run as `python -m tests.safety.serving_gateway SETTINGS PORT [POINT NTH]`; SETTINGS is a JSON file. Prints one line when
the policy is compiled and the port answers. With a point the process kills itself when that moment comes for the n-th time;
the gateway knows nothing of it (`tests/audit/kill_points.py`).
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.app import create_app
from gateway.settings import Settings
from gateway.wiring import open_services
from tests.audit.kill_points import POINTS, Hit, arm, kill_at

ANSWER_POINTS = {
    "the head has left": "http.response.start",
    "some of the body has left": "http.response.body",
}
"""What is sent, in the terms of ASGI, before the process kills itself."""


async def serve(settings: Settings, port: int, *at: str) -> None:
    services = open_services(settings)
    await services.policies.active()
    taken = socket.create_server(("127.0.0.1", port))
    app = _killed(create_app(services), *at) if at else create_app(services)
    config = uvicorn.Config(app, lifespan="off", log_level="critical")
    # The socket listens already: whoever connects from now on is served.
    os.write(1, b"serving\n")
    await uvicorn.Server(config).serve(sockets=[taken])


def _killed(app: ASGIApp, point: str, nth: str) -> ASGIApp:
    if point in POINTS:
        arm(point, int(nth))
        return app
    return _killed_after_sending(app, ANSWER_POINTS[point], kill_at(int(nth)))


def _killed_after_sending(app: ASGIApp, kind: str, hit: Hit) -> ASGIApp:
    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == kind:
                hit()

        await app(scope, receive, sending)

    return answering


if __name__ == "__main__":
    chosen = Settings.model_validate_json(Path(sys.argv[1]).read_bytes())
    asyncio.run(serve(chosen, int(sys.argv[2]), *sys.argv[3:]))
