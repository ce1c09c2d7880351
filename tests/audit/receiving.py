"""A receiver of the audit on a real socket that can be made to refuse, to hang, to die and to answer rubbish."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

_HEAD = b"HTTP/1.1 %d Said\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n"


@dataclass
class Receiving:
    """What came, and how the next batches are answered: the first of `faults` each time, well when there is none."""

    address: str = ""
    faults: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    batches: list[list[dict[str, Any]]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def has(self, number: int) -> None:
        """Wait until it kept an entry of this number."""
        while number not in self.numbers:
            self.came.clear()
            await self.came.wait()

    @property
    def numbers(self) -> list[int]:
        """Give the numbers of the entries that it kept, repeats and all, as a receiver knows them."""
        return [number_of(each) for each in self.kept]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the batches of one connection."""
        try:
            while head := await _head(reader):
                self.heads.append(head)
                if head.startswith("GET /fhir/metadata "):
                    writer.write(self._described())
                    continue
                bundle = json.loads(await reader.readexactly(_length(head)))
                self.batches.append([each["resource"] for each in bundle["entry"]])
                answer = await self._answer(bundle)
                writer.write(answer)
                await writer.drain()
                if not answer.startswith(b"HTTP/1.1 ") or answer.endswith(b"cut"):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _described(self) -> bytes:
        return _WHATEVER_CAME[self.faults.pop(0)] if self.faults else _said(200, b"{}")

    async def _answer(self, bundle: dict[str, Any]) -> bytes:
        events = [each["resource"] for each in bundle["entry"]]
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "hangs":
            self.hanging.set()
            await self.released.wait()
        if fault in {"", "keeps and dies", "one word too much"}:
            self.kept.extend(events)
            self.came.set()
        taken = [_status("201 Created") for _ in events]
        if fault in _WHATEVER_CAME:
            return _WHATEVER_CAME[fault]
        of_the_batch = _OF_THE_BATCH.get(fault)
        return _said(200, _bundle(taken)) if of_the_batch is None else of_the_batch(taken)


def number_of(event: dict[str, Any]) -> int:
    """Give an entry's number by its identifier, and make sure that it is ours."""
    identifier = event["entity"][-1]["what"]["identifier"]
    assert identifier["system"].endswith("/fhir/AuditEvent")
    return int(identifier["value"])


def _bundle(entries: list[Any]) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "batch-response", "entry": entries}
    ).encode()


def _status(status: object) -> dict[str, Any]:
    return {"response": {"status": status}}


def _said(status: int, body: bytes) -> bytes:
    return _HEAD % (status, len(body)) + body


_WHATEVER_CAME = {
    "refuses": _said(503, b"{}"),
    "sends elsewhere": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "dies": b"",
    "keeps and dies": b"",
    "is a login page": _said(200, b"<html>sign in</html>"),
    "says nothing": _said(200, b""),
    "is no HTTP": b"220 smtp ready\r\n",
    "says a list": _said(200, b"[]"),
    "says an outcome": _said(200, b'{"resourceType": "OperationOutcome"}'),
}
_OF_THE_BATCH: dict[str, Callable[[list[Any]], bytes]] = {
    "refuses all but says so kindly": lambda taken: _said(400, _bundle(taken)),
    "dies in mid-answer": lambda taken: _said(200, _bundle(taken))[:-3] + b"cut",
    "one word too much": lambda taken: _said(200, _bundle(taken)) + b"x",
    "says another bundle": lambda taken: _said(
        200, _bundle(taken).replace(b"batch-response", b"searchset")
    ),
    "says another resource": lambda taken: _said(
        200, _bundle(taken).replace(b'"Bundle"', b'"Basic"')
    ),
    "says no entries": lambda taken: _said(200, _bundle(taken).replace(b'"entry"', b'"entries"')),
    "answers too few": lambda taken: _said(200, _bundle(taken[1:])),
    "says an entry that is none": lambda taken: _said(200, _bundle([1, *taken[1:]])),
    "says an entry without a response": lambda taken: _said(200, _bundle([{}, *taken[1:]])),
    "says a response that is none": lambda taken: _said(
        200, _bundle([{"response": "201"}, *taken[1:]])
    ),
    "says a status that is none": lambda taken: _said(200, _bundle([_status(201), *taken[1:]])),
    "says a status of words": lambda taken: _said(200, _bundle([_status("ok"), *taken[1:]])),
    "says a status in other digits": lambda taken: _said(
        200, _bundle([_status("\u0662\u0660\u0661"), *taken[1:]])
    ),
    "refuses one": lambda taken: _said(200, _bundle([*taken[:-1], _status("422 No")])),
    "sends one elsewhere": lambda taken: _said(200, _bundle([*taken[:-1], _status("300")])),
    "waits with one": lambda taken: _said(200, _bundle([*taken[:-1], _status("199")])),
}
FAULTS = ("hangs", *_WHATEVER_CAME, *_OF_THE_BATCH)
"""Every way in which it does not confirm a batch."""


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""


def _length(head: str) -> int:
    [line] = [each for each in head.split("\r\n") if each.lower().startswith("content-length:")]
    return int(line.split(":")[1])


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiving]:
    """Listen until the block ends."""
    receiver = Receiving()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fhir"
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.close()
        await server.wait_closed()
