import asyncio
from dataclasses import replace
from threading import Event, current_thread, main_thread

import pytest

from gateway.patient.aside import AT_ONCE, Aside
from tests.patient.records import Deployment
from tests.store_factories import activate


@pytest.fixture
def aside():
    beside = Aside()
    yield beside
    beside.close()


async def test_work_is_done_beside_the_event_loop(aside):
    assert await aside.do(current_thread) is not main_thread()


async def test_the_loop_goes_on_while_work_is_under_way(aside):
    may_end = Event()
    working = asyncio.ensure_future(aside.do(may_end.wait))
    await asyncio.sleep(0)

    may_end.set()  # were the loop held up, nobody could say so

    assert await working


async def test_no_more_than_a_few_pieces_are_under_way_at_once(aside):
    may_end, begun = Event(), []

    def work():
        begun.append(current_thread())
        return may_end.wait()

    working = [asyncio.ensure_future(aside.do(work)) for _ in range(4 * AT_ONCE)]
    await asyncio.sleep(0)
    may_end.set()

    assert all(await asyncio.gather(*working))
    assert len(begun) == 4 * AT_ONCE
    assert len(set(begun)) <= AT_ONCE


async def test_what_fails_there_fails_here(aside):
    def fail():
        raise ValueError("as told")

    with pytest.raises(ValueError, match="as told"):
        await aside.do(fail)


async def test_work_whose_caller_is_gone_is_not_begun(aside):
    may_end, begun = Event(), []
    busy = [asyncio.ensure_future(aside.do(may_end.wait)) for _ in range(AT_ONCE)]
    gone = asyncio.ensure_future(aside.do(lambda: begun.append("begun")))
    await asyncio.sleep(0)

    gone.cancel()
    await asyncio.sleep(0)
    may_end.set()

    await asyncio.gather(*busy)
    await aside.do(lambda: None)
    assert begun == []


async def test_a_join_holds_up_nobody_however_long_it_takes(log):
    await activate(log)
    deployment, may_end = Deployment(log), Event()
    records = deployment.records
    held_up = replace(
        records, joiner=replace(records.joiner, labels_by=lambda _: may_end.wait() and frozenset())
    )

    async def view(those):
        async with deployment.viewing(records=those) as opened:
            return len(opened.view.items)

    long_view = asyncio.ensure_future(view(held_up))
    shown = await view(records)  # were the loop held up, this would never end
    may_end.set()

    assert await long_view == shown
    await records.aclose()
