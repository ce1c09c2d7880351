"""Fetch three answers at once and send their bytes one behind the other: the least any live join must do.

Parses nothing, checks nobody, records nothing. Frozen (see `frozen`): it is what the others are held against.

Run as `python -m bench.floor PORT SOURCE_PORT…`; asked as `/ID/ID/ID`, the patient's id at each source.
"""

import asyncio
import sys
from collections.abc import Sequence

import uvloop

from bench.raw_http import Asking, Send, Serving, answer_bytes, connected, request_bytes


class Source:
    """Kept connections to one source."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Asking] = []

    async def everything(self, patient_id: str) -> list[bytes]:
        """Fetch one patient's record."""
        asking = self._idle.pop() if self._idle else await connected(self._port)
        target = f"/fhir/Patient/{patient_id}/$everything?_count=500"
        answer = await asking.ask(request_bytes(target, Host="127.0.0.1"))
        self._idle.append(asking)
        return answer.parts


class Floor:
    """The proxy; keeps a reference to every answer under way."""

    def __init__(self, source_ports: Sequence[int]) -> None:
        self._sources = [Source(port) for port in source_ports]
        self._under_way: set[asyncio.Task[None]] = set()

    def respond(self, target: bytes, send: Send) -> None:
        """Answer one request as soon as every source has answered."""
        task = asyncio.get_running_loop().create_task(self._join(target.decode(), send))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _join(self, target: str, send: Send) -> None:
        ids = target.strip("/").split("/")
        fetching = (
            source.everything(each) for source, each in zip(self._sources, ids, strict=True)
        )
        answers = await asyncio.gather(*fetching)
        send(answer_bytes(b"".join(part for parts in answers for part in parts)))


async def serve(port: int, source_ports: Sequence[int]) -> None:
    """Serve until cancelled."""
    floor = Floor(source_ports)
    server = await asyncio.get_running_loop().create_server(
        lambda: Serving(floor.respond), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
