"""A source that keeps failing (SO-20): left alone for a while, a minute at most, then tried once.

The clock is the test's own; no test waits for one. What the source hears is held against the rule as it is
written down: five failed answers within ten seconds, ten seconds of rest or as long as it asks up to a minute.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest

from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings
from adapters.transport import Fetched
from gateway import wiring
from gateway.wiring import now
from tests.adapters.stub_source import Asked, FakeMonotonic, client_for, stub_source
from tests.adapters.stub_source import answer as says
from tests.safety.published_lists import SEED
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege, last_row_b, others_answered
from tests.stack import running_stack


@dataclass
class Flapping:
    """A source whose status depends on the time, and what it heard when."""

    status_at: Callable[[float], int]
    clock: FakeMonotonic
    retry_after: str = ""
    heard: list[tuple[float, int]] = field(default_factory=list)

    async def behave(self, asked: Asked, writer: Any) -> None:
        status = self.status_at(self.clock.seconds)
        self.heard.append((self.clock.seconds, status))
        wish = {"retry_after": self.retry_after} if self.retry_after else {}
        await says(b"{}", status, **wish)(asked, writer)


def surroundings(clock: FakeMonotonic) -> Surroundings:
    numbers = count(1)
    return Surroundings(now, lambda: UUID(int=next(numbers)), clock)


async def ask(client: SourceClient) -> bool:
    """Ask for one answer; say whether it was a good one."""
    async with client.asking() as asking:
        result = await asking.get(f"{client.config.base_url}/x", {})
    return isinstance(result, Fetched) and result.status == 200


async def asked_every(seconds: float, times: int, flapping: Flapping) -> int:
    """Ask so many times, the clock moved on between; count the good answers."""
    good = 0
    async with (
        stub_source(flapping.behave) as stub,
        client_for(stub.url, surroundings(flapping.clock)) as client,
    ):
        for _ in range(times):
            good += await ask(client)
            flapping.clock.seconds += seconds
    return good


def heard_while_resting(heard: list[tuple[float, int]], rest: float) -> list[float]:
    """Give when it was asked although five failures in ten seconds should have kept it at rest."""
    failed = [at for at, status in heard if status >= 500 or status == 429]
    opened = [
        fifth for first, fifth in zip(failed, failed[4:], strict=False) if fifth - first <= 10
    ]
    return [at for at, _status in heard if any(0 < at - since < rest for since in opened)]


STATUSES = {
    "half of all": lambda random: lambda _at: random.choice((200, 500)),
    "one second in five": lambda _random: lambda at: 504 if at % 5 < 1 else 200,
    "all": lambda _random: lambda _at: 500,
}


@pytest.mark.parametrize("pattern", STATUSES)
async def test_so_20_after_five_failures_in_ten_seconds_it_is_left_alone_for_ten(pattern: str):
    flapping = Flapping(STATUSES[pattern](Random(SEED)), FakeMonotonic())

    good = await asked_every(0.25, 300, flapping)

    assert heard_while_resting(flapping.heard, 10.0) == [], f"seed {SEED}"
    assert 5 < len(flapping.heard) < 300
    assert (good > 0) is (pattern != "all")


async def test_so_20_it_is_asked_again_all_the_time_once_it_is_well():
    flapping = Flapping(lambda at: 500 if at < 1020 else 200, FakeMonotonic())

    await asked_every(0.5, 200, flapping)

    well = [at for at, status in flapping.heard if status == 200]
    assert well[0] <= 1031
    assert well == [well[0] + 0.5 * place for place in range(len(well))]


@pytest.mark.parametrize(
    ("wish", "rest"), [("99999", 60.0), ("20", 20.0), ("1", 10.0), ("x", 10.0)]
)
async def test_so_20_it_rests_as_long_as_it_asks_but_never_above_a_minute(wish: str, rest: float):
    flapping = Flapping(lambda _at: 429, FakeMonotonic(), wish)

    await asked_every(1.0, 200, flapping)

    times = [at for at, _status in flapping.heard]
    assert times[:5] == [1000.0, 1001.0, 1002.0, 1003.0, 1004.0]
    assert times[5:] == [1004.0 + rest * turn for turn in range(1, 1 + int(195 // rest))]


async def test_so_20_one_of_many_who_ask_at_once_is_the_probe():
    clock = FakeMonotonic()
    flapping = Flapping(lambda _at: 500, clock)
    async with (
        stub_source(flapping.behave) as stub,
        client_for(stub.url, surroundings(clock)) as client,
    ):
        for _ in range(5):
            await ask(client)
        clock.seconds += 10
        await asyncio.gather(*(ask(client) for _ in range(20)))

    assert len(flapping.heard) == 6


async def test_so_20_retries_are_a_tenth_of_the_calls_at_most():
    flapping = Flapping(lambda _at: 503, FakeMonotonic())

    # So far apart that no five failures stand close together.
    await asked_every(100.0, 60, flapping)

    assert 60 < len(flapping.heard) <= 66


async def test_so_20_a_retry_never_waits_as_long_as_the_source_wishes_past_the_deadline():
    flapping = Flapping(lambda _at: 503, FakeMonotonic(), "99999")

    await asked_every(100.0, 30, flapping)

    assert len(flapping.heard) == 30


async def test_so_20_readers_are_told_at_once_and_the_source_hears_nothing_while_it_rests(
    siege: Siege,
):
    siege.hostile.misbehaves = says(b"{}", 500)
    heard = []
    for _ in range(6):
        answer = await siege.asked()
        heard.append(len(siege.hostile.stub.asked))
        assert answer.outcomes["hospital"] == "failed"
        assert others_answered(answer, "hospital")

    assert heard[-1] == heard[-2] == heard[-3]
    assert (await last_row_b(siege.stack))["sources"]["hospital"] == ["failed", "breaker-open"]


async def test_so_20_the_whole_service_reads_it_again_when_it_has_rested(
    london, template, tmp_path, compiled, monkeypatch: pytest.MonkeyPatch
):
    clock = FakeMonotonic()
    monkeypatch.setattr(wiring, "monotonic", clock)
    async with running_stack(london, template, tmp_path, compiled) as stack:
        london.faults["gp"].set("error-500")
        for _ in range(6):
            await stack.everything(DOCTOR, ASKED_ABOUT)
        assert (await last_row_b(stack))["sources"]["gp"] == ["failed", "breaker-open"]
        london.clear_faults()
        clock.seconds += 10

        answer = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert (answer.outcomes["gp"], answer.is_complete) == ("data", "true")
