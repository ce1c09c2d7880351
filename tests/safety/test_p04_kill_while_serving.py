"""P04, AI-04, AV-06: killed at any moment, the gateway has told nobody anything that is not on record.

On each database; `SCR_PROVE_KILLS` sets how many kills are made, SCR_PROVE_SEED repeats a run. The full run is `make prove NAME=KILL`.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.london import London
from tests.safety.read_until_killed import PEOPLE, Received, filled_settings, on_record, serve
from tests.stack import Stack

KILLS = int(os.environ.get("SCR_PROVE_KILLS", "6"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

POINTS = (
    "row A is durable",
    "a group is committed",
    "a group is to be announced",
    "row B is durable",
    "the head has left",
    "some of the body has left",
)


async def test_p04_every_answer_that_left_before_a_kill_has_its_row_b(
    london: London,
    template: Path,
    tmp_path: Path,
    store_url: str,
    stack: Stack,
    record_property: Callable[[str, object], None],
):
    record_property("seed", SEED)
    settings = await filled_settings(london, template, tmp_path, store_url)
    random, received = Random(SEED), Received()

    for _ in range(KILLS):
        await _serve_until_killed(settings, stack, random, received)

    disclosed, sequences = await on_record(store_url)
    assert len(received.begun) > KILLS
    assert received.begun - disclosed == set(), f"SCR_PROVE_SEED={SEED}"
    assert sequences == list(range(1, len(sequences) + 1))
    record_property("answers", len(received.begun))


async def _serve_until_killed(
    settings: Path, stack: Stack, random: Random, received: Received
) -> None:
    received.expect(random.randint(1, 40))
    serving = await serve(settings, stack, received, random.randrange(len(PEOPLE)))
    await asyncio.wait_for(received.is_enough.wait(), 120)
    await asyncio.sleep(random.uniform(0, 0.02))
    serving.process.kill()
    await serving.ended()


@pytest.mark.parametrize("point", POINTS)
async def test_ai_04_a_gateway_killed_between_row_and_answer_has_the_row_of_whatever_left(
    london: London, template: Path, tmp_path: Path, store_url: str, stack: Stack, point: str
):
    settings = await filled_settings(london, template, tmp_path, store_url)
    received = Received()
    serving = await serve(settings, stack, received, 0, point, "9")

    assert await serving.ended() == -signal.SIGKILL

    disclosed, sequences = await on_record(store_url)
    assert sequences == list(range(1, len(sequences) + 1))
    assert received.begun <= disclosed
    if point == "row B is durable":
        # The answer may be lost: never the other way.
        assert disclosed - received.begun
    if point == "the head has left":
        assert len(received.begun) > received.whole
