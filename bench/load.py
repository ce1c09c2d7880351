"""Ask one system, one request at a time or several at once, and time the answers.

Judges no speed; refuses an answer that is not the whole one, so that nothing fast and wrong is ever counted.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.raw_http import Answer, Asking, connected, request_bytes

PATIENCE_SECONDS = 30.0
"""A system that takes longer than this is stuck, and the bench with it."""


class WrongAnswerError(RuntimeError):
    """Say that a measured system did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One answer: seconds to its last byte, when its first byte came, its size."""

    seconds: float
    first_byte_at: float
    size: int


@dataclass(frozen=True, slots=True)
class System:
    """What is asked. `least_bytes` is the size under which an answer cannot be whole."""

    name: str
    port: int
    headers: dict[str, str]
    least_bytes: int
    must_say: bytes = b""

    def request(self, target: str) -> bytes:
        """Write the request for a target."""
        return request_bytes(target, Host=f"127.0.0.1:{self.port}", **self.headers)

    def check(self, answer: Answer) -> int:
        """Give an answer's size.

        Raises WrongAnswerError when it is no whole record.
        """
        size = sum(map(len, answer.parts))
        is_good = b" 200 " in answer.head.split(b"\r\n", 1)[0] and self.must_say in answer.head
        if not is_good or size < self.least_bytes:
            told = answer.head.split(b"\r\n", 1)[0].decode()
            raise WrongAnswerError(f"{self.name} did not give a whole record: {told}, {size} bytes")
        return size


async def one_at_a_time(system: System, targets: Sequence[str]) -> list[Timing]:
    """Ask for each target in turn on one connection."""
    asking = await connected(system.port)
    timings = [await _timed(system, asking, target) for target in targets]
    asking.close()
    return timings


@dataclass(frozen=True, slots=True)
class Burst:
    """How several callers at once fared: whole answers a second, and requests that got none."""

    per_second: float
    refused: int


async def at_once(system: System, targets: Sequence[str], callers: int) -> Burst:
    """Share the targets among so many callers, until each has been asked for once."""
    connections = [await connected(system.port) for _ in range(callers)]
    waiting = list(reversed(targets))
    began = time.monotonic()
    refused = sum(await asyncio.gather(*(_work(system, asking, waiting) for asking in connections)))
    seconds = time.monotonic() - began
    for asking in connections:
        asking.close()
    return Burst((len(targets) - refused) / seconds, refused)


async def _work(system: System, asking: Asking, waiting: list[str]) -> int:
    refused = 0
    while waiting:
        try:
            await _timed(system, asking, waiting.pop())
        except WrongAnswerError:
            # A system that cannot keep up may say so; it gains nothing by it.
            refused += 1
    return refused


async def _timed(system: System, asking: Asking, target: str) -> Timing:
    request = system.request(target)
    began = time.monotonic()
    answer = await asyncio.wait_for(asking.ask(request), PATIENCE_SECONDS)
    ended = time.monotonic()
    return Timing(ended - began, answer.began_at, system.check(answer))
