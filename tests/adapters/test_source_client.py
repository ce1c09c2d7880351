import asyncio

import pytest

from adapters.contract import Outcome, Reason
from adapters.source_config import Caps
from adapters.transport import Fetched, Unfetched
from tests.adapters.stub_source import answer, client_for, hangs, stub_source

OPEN = Unfetched(Outcome.FAILED, Reason.BREAKER_OPEN)


def in_turn(*behaviours):
    """Behave as listed, the last one for ever."""
    left = list(behaviours)

    async def behave(asked, writer):
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return behave


async def drops(asked, writer):
    writer.write(b"HTTP/1.1 2")
    writer.close()


async def ask(client, calls=1):
    async with client.asking() as asking:
        return [await asking.get(f"{client.config.base_url}/x", {}) for _ in range(calls)][-1]


async def test_every_call_has_its_own_request_id(surroundings):
    async with stub_source(answer(b"{}")) as stub, client_for(stub.url, surroundings) as client:
        await ask(client, calls=2)

    ids = [asked.headers["x-request-id"] for asked in stub.asked]
    assert ids == [f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2)]


async def test_so_20_five_failed_answers_open_the_breaker_and_a_probe_closes_it(
    surroundings, monotonic
):
    failing = answer(b"", 500)
    behave = in_turn(*[failing] * 5, answer(b"{}"))
    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        for _ in range(5):
            assert isinstance(await ask(client), Fetched)
        assert await ask(client) == OPEN
        assert len(stub.asked) == 5

        monotonic.seconds += 10
        assert isinstance(await ask(client), Fetched)
        assert isinstance(await ask(client), Fetched)


async def test_many_failed_calls_of_one_answer_count_once(surroundings):
    async with stub_source(answer(b"", 500)) as stub, client_for(stub.url, surroundings) as client:
        await ask(client, calls=12)

        assert await ask(client) != OPEN


async def test_so_20_a_source_that_asks_for_rest_gets_a_minute_at_most(surroundings, monotonic):
    behave = answer(b"", 429, retry_after="99999")
    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        for _ in range(5):
            await ask(client)
        monotonic.seconds += 59
        assert await ask(client) == OPEN
        monotonic.seconds += 1
        assert await ask(client) != OPEN


async def test_so_01_answers_about_somebody_else_open_the_breaker(surroundings):
    async with stub_source(answer(b"{}")) as stub, client_for(stub.url, surroundings) as client:
        for _ in range(5):
            await ask(client)
            client.report_wrong_patient()

        assert await ask(client) == OPEN


@pytest.mark.parametrize(
    "failure", [answer(b"", 502), answer(b"", 503), drops], ids=["502", "503", "dropped"]
)
async def test_an_earned_retry_is_used_for_a_failure_in_front_of_the_source(surroundings, failure):
    behave = in_turn(*[answer(b"{}")] * 9, failure, answer(b"{}"))
    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        await ask(client, calls=9)
        result = await ask(client)

    assert isinstance(result, Fetched)
    assert (result.status, len(stub.asked)) == (200, 11)


@pytest.mark.parametrize("status", [400, 404, 429, 500, 504])
async def test_other_statuses_are_not_retried(surroundings, status):
    behave = in_turn(*[answer(b"{}")] * 10, answer(b"", status))
    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        await ask(client, calls=11)

    assert len(stub.asked) == 11


async def test_a_retry_that_was_not_earned_is_not_made(surroundings):
    async with stub_source(answer(b"", 503)) as stub, client_for(stub.url, surroundings) as client:
        await ask(client)

    assert len(stub.asked) == 1


async def test_a_retry_is_not_made_past_the_deadline(surroundings):
    behave = in_turn(*[answer(b"{}")] * 10, answer(b"", 503, retry_after="30"))
    async with stub_source(behave) as stub, client_for(stub.url, surroundings) as client:
        result = await ask(client, calls=11)

    assert isinstance(result, Fetched)
    assert (result.status, len(stub.asked)) == (503, 11)


async def test_calls_of_one_answer_share_its_deadline(surroundings):
    behave = in_turn(answer(b"{}"), hangs)
    async with stub_source(behave) as stub, client_for(stub.url, surroundings, 0.15) as client:
        started = asyncio.get_running_loop().time()
        result = await ask(client, calls=3)
        took = asyncio.get_running_loop().time() - started

    assert result == Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)
    assert took < 0.4


async def test_av_03_a_full_source_refuses_at_once_and_is_not_blamed(surroundings):
    caps = Caps(calls_at_once=1, calls_waiting=0)
    async with (
        stub_source(hangs) as stub,
        client_for(stub.url, surroundings, 0.2, caps=caps) as client,
    ):
        first = asyncio.create_task(ask(client))
        await stub.was_asked.wait()
        crowd = [await ask(client) for _ in range(10)]

        assert crowd == [Unfetched(Outcome.FAILED, Reason.BULKHEAD_FULL)] * 10
        assert (await first, stub.connections) == (Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE), 1)
        assert not client.breaker.is_open(surroundings.monotonic())


async def test_a_call_still_waiting_for_its_place_at_the_deadline_is_timed_out(surroundings):
    caps = Caps(calls_at_once=1, calls_waiting=5)
    async with (
        stub_source(hangs) as stub,
        client_for(stub.url, surroundings, 0.15, caps=caps) as client,
        client.bulkhead.place(),
    ):
        result = await ask(client)

    assert result == Unfetched(Outcome.TIMED_OUT, Reason.DEADLINE)
    assert stub.connections == 0


async def test_av_12_a_caller_who_leaves_hangs_up_and_is_not_the_sources_fault(surroundings):
    async with stub_source(hangs) as stub, client_for(stub.url, surroundings) as client:
        for _ in range(6):
            stub.was_asked.clear()
            task = asyncio.create_task(ask(client))
            await stub.was_asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.wait_for(stub.hung_up.wait(), 10)

        assert not client.breaker.is_open(surroundings.monotonic())
