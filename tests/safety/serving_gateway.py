"""Serve the gateway as a process of its own, until it is killed.

Run as `python -m tests.safety.serving_gateway SETTINGS PORT`; SETTINGS is a JSON file. Prints one line when the
policy is compiled and the port answers.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvicorn

from gateway.app import create_app
from gateway.settings import Settings
from gateway.wiring import open_services


async def serve(settings: Settings, port: int) -> None:
    services = open_services(settings)
    await services.policies.active()
    taken = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(create_app(services), lifespan="off", log_level="critical")
    # The socket listens already: whoever connects from now on is served.
    os.write(1, b"serving\n")
    await uvicorn.Server(config).serve(sockets=[taken])


if __name__ == "__main__":
    chosen = Settings.model_validate_json(Path(sys.argv[1]).read_bytes())
    asyncio.run(serve(chosen, int(sys.argv[2])))
