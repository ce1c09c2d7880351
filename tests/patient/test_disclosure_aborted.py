"""A caller who goes away: the sources are left alone, and the audit says that nothing was shown."""

import asyncio

import pytest

from tests.patient.records import Deployment, inquiry
from tests.patient.test_disclosure import of_action
from tests.store_factories import activate


class Patience:
    """What a source waits for, so that a test knows that it was asked and that it was left."""

    def __init__(self):
        self.begun, self.was_stopped = asyncio.Event(), False

    async def __call__(self):
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_stopped = True
            raise


@pytest.fixture
async def deployment(log):
    await activate(log)
    return Deployment(log)


async def view(records, meanwhile):
    async with records.open(inquiry()) as opened:
        opened.will_show(opened.view.items)
        await meanwhile()


async def outcomes(deployment, records):
    await records.aclose()
    rows = await deployment.rows()
    return len(of_action(rows, "asked")), [row["outcome"] for row in of_action(rows, "disclosed")]


async def cancelled(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_caller_who_goes_while_sources_are_asked_stops_them(deployment):
    waits = deployment.sources["gp"].may_answer = Patience()
    records = deployment.records
    task = asyncio.ensure_future(view(records, asyncio.Event().wait))
    await waits.begun.wait()
    while not of_action(await deployment.rows(), "asked"):  # noqa: ASYNC110 - on another thread
        await asyncio.sleep(0)

    await cancelled(task)

    assert waits.was_stopped
    assert await outcomes(deployment, records) == (1, ["aborted"])


async def test_a_caller_who_goes_while_row_a_is_written_leaves_it_with_its_end(deployment, store):
    waits = deployment.sources["gp"].may_answer = Patience()
    records = deployment.records
    with store.recording():
        task = asyncio.ensure_future(view(records, asyncio.Event().wait))
        await waits.begun.wait()
        await cancelled(task)

    assert await outcomes(deployment, records) == (1, ["aborted"])
    assert waits.was_stopped


async def test_a_caller_who_goes_while_the_view_is_written_out_is_recorded(deployment):
    begun, records = asyncio.Event(), deployment.records

    async def writes_out():
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(view(records, writes_out))
    await begun.wait()
    await cancelled(task)

    assert await outcomes(deployment, records) == (1, ["aborted"])
    assert of_action(await deployment.rows(), "disclosed")[0]["sources"] != {}


async def test_a_fault_of_our_own_while_writing_out_is_an_abort_too(deployment):
    records = deployment.records

    async def breaks():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await view(records, breaks)

    assert await outcomes(deployment, records) == (1, ["aborted"])
    assert records._last_words == set()
