"""The caller hangs up while sources are asked (AV-12): they are left alone at once, and audit says so."""

import asyncio
from typing import Any

import pytest

from tests.adapters.stub_source import Asked
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, rows

PATHS = [
    "Patient/{0}/$everything",
    "Encounter?patient={0}",
    "Patient/{0}",
    "Encounter/{0}" + 26 * "0",
]


class Hanging:
    """Hospital answers that never come; says when somebody waits and when they stopped waiting."""

    def __init__(self) -> None:
        self.waiting = 0
        self.is_asked = asyncio.Event()
        self.is_left = asyncio.Event()

    async def __call__(self, asked: Asked, _writer: Any) -> None:
        self.waiting += 1
        self.is_asked.set()
        await asked.reader.read(1)
        self.waiting -= 1
        if self.waiting == 0:
            self.is_left.set()


class Caller:
    """An ASGI client that can hang up."""

    def __init__(self, siege: Siege, token: str, path: str) -> None:
        name, _mark, query = path.partition("?")
        self.app: Any = siege.stack.client._transport.app  # type: ignore[attr-defined]
        self.hangs_up = asyncio.Event()
        self.heard: list[dict[str, Any]] = []
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": name,
            "raw_path": name.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"gateway.test"), (b"authorization", f"Bearer {token}".encode())],
            "server": ("gateway.test", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
            "state": {},
        }
        self._asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.hangs_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.heard.append(message)

    async def call(self) -> None:
        await self.app(self.scope, self.receive, self.send)


@pytest.mark.parametrize("path", PATHS)
async def test_av_12_sources_are_left_alone_when_the_caller_hangs_up(siege: Siege, path: str):
    siege.hostile.misbehaves = hanging = Hanging()
    wanted = "/fhir/" + path.format(siege.stack.patient(ASKED_ABOUT))
    # Nobody at the practice is probed for an encounter, so the first to be asked is the fan-out.
    caller = Caller(siege, await siege.stack.token("gp"), wanted)

    calling = asyncio.ensure_future(caller.call())
    try:
        await asyncio.wait_for(hanging.is_asked.wait(), 10)
    finally:
        caller.hangs_up.set()

    await asyncio.wait_for(hanging.is_left.wait(), 10)
    await asyncio.wait_for(calling, 10)
    assert await _rows_b(siege) == ["aborted"]
    assert b"Encounter" not in b"".join(each.get("body", b"") for each in caller.heard)


async def test_av_12_a_caller_who_hangs_up_before_the_decision_is_on_record_gets_nothing(
    siege: Siege,
):
    wanted = f"/fhir/Patient/{siege.stack.patient(ASKED_ABOUT)}/$everything"
    caller = Caller(siege, await siege.stack.token(DOCTOR), wanted)
    caller.hangs_up.set()

    await asyncio.wait_for(caller.call(), 10)

    assert await rows(siege.stack, "disclosed") == []
    assert b'"resourceType":"Bundle"' not in b"".join(x.get("body", b"") for x in caller.heard)


async def _rows_b(siege: Siege) -> list[str]:
    """Wait for the row that a task of its own writes."""
    for _ in range(100):
        found = await rows(siege.stack, "disclosed")
        if found:
            return [row["outcome"] for row in found]
        await asyncio.sleep(0.01)
    return []
