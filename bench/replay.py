"""Serve recorded answers of the sources over real HTTP, fast enough to be no part of what is measured.

The simulators' own bytes; only their servers are replaced. Runs on the load generator's core.

Run as `python -m bench.replay RECORDINGS RESOURCES COPIES`; says on its first line where everything is, then serves until
its standard input closes. Its control port makes people ready: `/prepare/FIRST/COUNT`.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from socket import socket

import uvloop
from joserfc.jwk import ECKey

from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.identity_tokens import TokenMaker
from bench.raw_http import Send, Serving, answer_bytes
from bench.recording import (
    PDS,
    RECORDS,
    Recording,
    capability_statements,
    key_of,
    nobody_found,
    other_numbers,
    record_people,
)
from fhir_profiles.nhs_number import NhsNumber

AUDIENCE = "https://shared-care-record.test"
CALLER = "gp"
"""The demo's GP, at the practice where every measured person is registered."""

_OWN_PRACTICE, _ANOTHER = b"F84004", b"F84012"
_MOST_PEOPLE = 20_000
_IDENTITY, _CONTROL = "identity", "control"
_ABSENT = answer_bytes(b"{}", "404 Not Found")


@dataclass(slots=True)
class Stage:
    """What is served now: standing answers, and those of the people made ready last."""

    recordings: list[Recording]
    numbers: list[NhsNumber]
    standing: dict[tuple[str, bytes], bytes]
    nobody: bytes
    ready: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    last_record_at: float = 0.0

    def respond(self, source: str, target: bytes, send: Send) -> None:
        """Answer as one source."""
        key = (source, key_of(target))
        absent = self.nobody if source == PDS else _ABSENT
        send(self.ready.get(key) or self.standing.get(key) or absent)
        if key[1].endswith(b"$everything"):
            self.last_record_at = time.monotonic()

    def control(self, target: bytes, send: Send) -> None:
        """Make people ready, or say when the last record was sent."""
        match target.decode().strip("/").split("/"):
            case ["prepare", first, count]:
                people = self._prepare(range(int(first), int(first) + int(count)))
                send(answer_bytes(json.dumps(people).encode()))
            case ["strangers", first, count]:
                people = self._prepare(range(int(first), int(first) + int(count)))
                self._move_elsewhere()
                send(answer_bytes(json.dumps(people).encode()))
            case _:
                send(answer_bytes(json.dumps(self.last_record_at).encode()))

    def _prepare(self, indexes: range) -> list[dict[str, object]]:
        people = [self._person(index) for index in indexes]
        self.ready = {
            key: answer_bytes(body) for each in people for key, body in each.answers.items()
        }
        return [
            {
                "number": each.number,
                "ids": [each.patient_ids[source] for source in RECORDS],
                "bytes": each.record_bytes,
            }
            for each in people
        ]

    def _move_elsewhere(self) -> None:
        """Let the people made ready be registered at a practice with which the caller has nothing to do."""
        self.ready = {
            key: body.replace(_OWN_PRACTICE, _ANOTHER) if key[0] == PDS else body
            for key, body in self.ready.items()
        }

    def _person(self, index: int) -> Recording:
        recording = self.recordings[index % len(self.recordings)]
        return recording.renumbered(index, self.numbers[index])


async def main(people: int, resources: int, copies: int) -> None:
    """Record, say where everything is, and serve."""
    names = (*RECORDS, PDS, _IDENTITY, _CONTROL)
    sockets = {name: _listening() for name in names}
    ports = {name: each.getsockname()[1] for name, each in sockets.items()}
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    tokens = _token_maker(addresses[_IDENTITY])
    jwks = json.dumps(tokens.public_keys())
    statements = await capability_statements(addresses)
    statements[_IDENTITY, b"/jwks"] = jwks.encode()
    stage = Stage(
        [each.grown(copies) for each in await record_people(addresses, people, resources)],
        other_numbers(_MOST_PEOPLE),
        {key: answer_bytes(body) for key, body in statements.items()},
        answer_bytes(await nobody_found(addresses), "404 Not Found"),
    )
    await _serve(stage, sockets)
    token = tokens.access_token(DEMO_USERS[CALLER], "bench", "openid")
    print(json.dumps({"ports": ports, "token": token, "jwks": jwks}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _serve(stage: Stage, sockets: dict[str, socket]) -> None:
    for name, each in sockets.items():
        await asyncio.get_running_loop().create_server(_factory(stage, name), sock=each)


def _factory(stage: Stage, name: str) -> Callable[[], Serving]:
    def respond(target: bytes, send: Send) -> None:
        if name == _CONTROL:
            stage.control(target, send)
        else:
            stage.respond(name, target, send)

    return lambda: Serving(respond)


def _listening() -> socket:
    made = socket()
    made.bind(("127.0.0.1", 0))
    return made


def _token_maker(issuer: str) -> TokenMaker:
    key = ECKey.generate_key("P-256")
    return TokenMaker(issuer, AUDIENCE, key, lambda: datetime.now(UTC), token_urlsafe)


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
