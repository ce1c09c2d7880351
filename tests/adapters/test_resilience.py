import asyncio

import pytest

from adapters.resilience import (
    Admission,
    Breaker,
    Bulkhead,
    BulkheadFullError,
    RetryBudget,
    is_failing_status,
    is_retried_status,
    pause_before_retry,
    retry_after_seconds,
)

NORMAL, PROBE, REFUSED = Admission.NORMAL, Admission.PROBE, Admission.REFUSED


def opened(at=100.0, retry_after=0.0):
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(NORMAL, at, retry_after)
    return breaker


@pytest.mark.parametrize(
    ("failed_at", "is_open"),
    [
        ([], False),
        ([0, 1, 2, 3], False),
        ([0, 1, 2, 3, 4], True),
        ([0, 1, 2, 3, 10], True),
        ([0, 1, 2, 3, 10.1], False),
        ([0, 9, 9, 9, 10.1, 10.2], True),
    ],
)
def test_a_breaker_opens_at_five_failures_in_ten_seconds(failed_at, is_open):
    breaker = Breaker()
    for moment in failed_at:
        breaker.failed(NORMAL, moment)

    assert breaker.is_open(10.2) is is_open
    assert (breaker.admit(10.2) is REFUSED) is is_open


@pytest.mark.parametrize(
    ("retry_after", "refused_until"), [(0.0, 10.0), (5.0, 10.0), (30.0, 30.0), (99999.0, 60.0)]
)
def test_an_open_breaker_waits_as_the_source_wishes_within_a_minute(retry_after, refused_until):
    breaker = opened(at=100.0, retry_after=retry_after)

    assert breaker.admit(100.0 + refused_until - 0.1) is REFUSED
    assert breaker.admit(100.0 + refused_until) is PROBE


def test_a_half_open_breaker_lets_one_probe_through():
    breaker = opened()

    assert [breaker.admit(110.0) for _ in range(3)] == [PROBE, REFUSED, REFUSED]


def test_a_good_probe_closes_the_breaker_and_forgets_old_failures():
    breaker = opened()
    breaker.succeeded(breaker.admit(110.0))
    breaker.failed(NORMAL, 110.0)

    assert breaker.admit(110.0) is NORMAL


def test_a_failed_probe_opens_the_breaker_again():
    breaker = opened()
    breaker.failed(breaker.admit(110.0), 111.0)

    assert breaker.admit(120.9) is REFUSED
    assert breaker.admit(121.0) is PROBE


def test_an_abandoned_probe_leaves_room_for_another():
    breaker = opened()
    breaker.abandoned(breaker.admit(110.0))

    assert breaker.admit(110.0) is PROBE


def test_a_probe_that_never_reports_is_replaced_after_a_while():
    breaker = opened()
    breaker.admit(110.0)

    assert breaker.admit(119.9) is REFUSED
    assert breaker.admit(120.0) is PROBE


def test_an_answer_asked_before_it_opened_does_not_close_a_breaker():
    breaker = opened()
    breaker.succeeded(NORMAL)
    breaker.abandoned(NORMAL)

    assert breaker.admit(101.0) is REFUSED


def test_retries_stay_at_a_tenth_of_calls():
    budget = RetryBudget()
    retries = 0
    for _ in range(1000):
        budget.note_call()
        retries += budget.spend()

    assert retries == 100


def test_retries_are_not_saved_up_without_end():
    budget = RetryBudget()
    for _ in range(1000):
        budget.note_call()

    assert sum(budget.spend() for _ in range(100)) == 5


@pytest.mark.parametrize(
    ("retry_after", "seconds_left", "pause"),
    [(0, 1, 0.05), (0.5, 1, 0.5), (0.5, 0.4, None), (0, 0.05, None), (99999, 61, 60)],
)
def test_a_retry_never_waits_past_the_deadline(retry_after, seconds_left, pause):
    assert pause_before_retry(retry_after, seconds_left) == pause


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("", 0), ("7", 7), ("99999", 60), ("9" * 50, 0), ("-1", 0), ("1.5", 0), ("٣", 0), ("soon", 0)],
)
def test_retry_after_is_read_as_plain_seconds(value, seconds):
    assert retry_after_seconds(value) == seconds


@pytest.mark.parametrize(
    ("status", "is_failing", "is_retried"),
    [
        (200, False, False),
        (404, False, False),
        (408, True, False),
        (429, True, False),
        (500, True, False),
        (502, True, True),
        (503, True, True),
        (504, True, False),
    ],
)
def test_statuses_count_against_the_source_by_table(status, is_failing, is_retried):
    assert (is_failing_status(status), is_retried_status(status)) == (is_failing, is_retried)


async def test_a_full_bulkhead_refuses_at_once():
    bulkhead = Bulkhead(calls_at_once=1, calls_waiting=0)

    async with bulkhead.place():
        with pytest.raises(BulkheadFullError):
            async with bulkhead.place():
                pass
    async with bulkhead.place():
        pass


async def test_a_call_waits_for_a_place_while_the_queue_has_room():
    bulkhead = Bulkhead(calls_at_once=1, calls_waiting=1)
    order = []

    async def second():
        async with bulkhead.place():
            order.append("second")

    async with bulkhead.place():
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
        order.append("first")
    await waiting

    assert order == ["first", "second"]


async def test_a_call_cancelled_while_waiting_gives_its_turn_back():
    bulkhead = Bulkhead(calls_at_once=1, calls_waiting=1)

    async with bulkhead.place():
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0), bulkhead.place():
                    pass
    async with bulkhead.place():
        pass
