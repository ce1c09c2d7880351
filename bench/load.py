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


async def at_once(system: System, targets: Sequence[str], callers: int) -> float:
    """Share the targets among so many callers; give the seconds until the last answer."""
    connections = [await connected(system.port) for _ in range(callers)]
    waiting = list(reversed(targets))
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for asking in connections:
            group.create_task(_work(system, asking, waiting))
    seconds = time.monotonic() - began
    for asking in connections:
        asking.close()
    return seconds


async def _work(system: System, asking: Asking, waiting: list[str]) -> None:
    while waiting:
        await _timed(system, asking, waiting.pop())


async def _timed(system: System, asking: Asking, target: str) -> Timing:
    request = system.request(target)
    began = time.monotonic()
    answer = await asyncio.wait_for(asking.ask(request), PATIENCE_SECONDS)
    ended = time.monotonic()
    return Timing(ended - began, answer.began_at, system.check(answer))
