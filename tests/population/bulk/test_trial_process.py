"""The process that tries views takes no more than it is lent, of the machine and of the other clients."""

import asyncio
import subprocess
import sys

import pytest

from gateway.errors import UnavailableError
from gateway.population.trial import BYTES_AT_MOST, Tried
from gateway.view_trials import ViewTrials
from tests.population.bulk.test_tables import rows_of
from tests.population.bulk.test_trials import trial


async def test_the_process_of_trials_answers_with_a_table():
    found = await ViewTrials().tried(trial(rows=1), "a")

    assert len(rows_of("ndjson", found.table)) == 1


SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")


async def test_a_view_that_takes_too_long_is_ended():
    found = await ViewTrials(SLEEPS, 0.01).tried(trial(), "a")

    assert found.faults == ("the view took more than is lent for a trial",)


async def test_a_process_that_the_kernel_ends_is_told_as_too_much():
    killed = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")

    assert (await ViewTrials(killed).tried(trial(), "a")).faults


async def test_a_process_that_comes_to_nothing_is_no_answer():
    with pytest.raises(UnavailableError):
        await ViewTrials((sys.executable, "-c", "pass")).tried(trial(), "a")


def test_the_process_of_trials_takes_no_more_than_is_lent():
    asks = (
        "import resource as r; from gateway.view_trial_process import keep_within_bounds as k; k();"
        "print(*(r.getrlimit(each)[1] for each in (r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE, r.RLIMIT_AS)))"
    )

    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, check=True)

    assert told.stdout.split() == [b"20", str(4 * BYTES_AT_MOST).encode(), b"0", b"%d" % 2**30]


async def test_one_view_is_tried_at_a_time():
    trials = ViewTrials(SLEEPS)
    first = asyncio.create_task(trials.tried(trial(), "a"))
    await asyncio.sleep(0)

    assert trials._turn.locked()
    with pytest.raises(UnavailableError):
        await trials.tried(trial(), "b")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_client_pauses_for_as_long_as_its_trial_took_and_others_need_not():
    quick = (sys.executable, "-c", "print('{}')")
    seconds = iter([0, 10, 19, 19, 20, 20, 21])
    trials = ViewTrials(quick, clock=lambda: next(seconds))
    await trials.tried(trial(), "a")

    with pytest.raises(UnavailableError):
        await trials.tried(trial(), "a")
    assert await trials.tried(trial(), "b") == Tried()
    assert await trials.tried(trial(), "a") == Tried()
