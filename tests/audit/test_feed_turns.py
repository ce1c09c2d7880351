"""Over restarts, several workers and whatever a receiver does, no entry is lost and none overtakes another."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from gateway.audit.balp_agents import Address
from gateway.audit.log import AuditLog
from gateway.audit_feed import (
    ANOTHERS_TURN_SECONDS,
    BETWEEN_BATCHES_SECONDS,
    LEASE_LASTS,
    LOOK_EVERY_SECONDS,
    AuditFeed,
)
from gateway.store.audit_feed import Advance, advance, fed_through, set_back
from gateway.store.engine import Store, open_store
from tests.audit.feeding import ADDRESS, SEED, Clock, feed_of, position, record
from tests.audit.receiving import FAULTS, Receiving, receiving
from tests.store_factories import NOW, SIGNED_OUT, activate, asked


@pytest.fixture
async def receiver() -> AsyncIterator[Receiving]:
    async with receiving() as listening:
        yield listening


async def test_after_a_restart_it_goes_on_where_it_was(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    first = feed_of(store, receiver)
    await first.step()
    await first.receiver.aclose()
    await log.append(asked(7))

    second = feed_of(store, receiver, "one")
    await second.step()
    await second.receiver.aclose()

    assert receiver.numbers == [*range(1, last + 1), last + 1]


async def test_a_receiver_that_died_after_keeping_gets_a_repeat_that_it_can_know(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    receiver.faults = ["keeps and dies"]
    feed = feed_of(store, receiver)

    with capture_logs():
        await feed.step()
    await feed.step()
    await feed.receiver.aclose()

    assert receiver.numbers == [*range(1, last + 1)] * 2
    assert receiver.batches[0] == receiver.batches[1]


async def test_a_new_receiver_is_sent_everything(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    feeds: list[AuditFeed] = [feed_of(store, receiver)]
    await feeds[0].step()

    async with receiving() as another:
        feeds.append(feed_of(store, another))
        await feeds[1].step()
        for each in feeds:
            await each.receiver.aclose()

    assert another.numbers == receiver.numbers == list(range(1, last + 1))


async def test_one_worker_sends_and_another_only_after_the_first_is_gone(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    moving = Clock()
    one, two = (feed_of(store, receiver, name, moving) for name in ("one", "two"))

    waits = [await one.step(), await two.step()]
    await log.append(asked(7))
    moving.now += LEASE_LASTS - timedelta(seconds=1)
    waits.append(await two.step())
    moving.now += timedelta(seconds=1)
    waits.append(await two.step())
    for each in (one, two):
        await each.receiver.aclose()

    assert waits == [
        *(BETWEEN_BATCHES_SECONDS, ANOTHERS_TURN_SECONDS),
        *(ANOTHERS_TURN_SECONDS, BETWEEN_BATCHES_SECONDS),
    ]
    assert receiver.numbers == list(range(1, last + 2))
    assert len(receiver.batches) == 2


async def test_a_worker_that_was_overtaken_moves_nothing_back(store: Store) -> None:
    def by(after: int, through: int) -> Advance:
        return Advance("https://receiver", after, through, NOW)

    moved = [await advance(store, by(*each)) for each in ((0, 5), (0, 3), (5, 9), (5, 7), (9, 10))]

    assert moved == [True, False, True, False, True]
    assert await store.read(fed_through, "https://receiver") == 10
    assert await store.read(fed_through, "https://another") == 0


async def test_a_database_that_does_not_answer_is_asked_later(tmp_path: Any) -> None:
    without_tables = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    async with receiving() as receiver:
        feed = feed_of(without_tables, receiver)

        with capture_logs() as lines:
            waits = [await feed.step(), await feed.step()]
    without_tables.close()

    assert waits == [1.0, 2.0]
    assert [line["reason"] for line in lines] == ["database"] * 2
    assert receiver.batches == []


async def test_an_entry_that_cannot_be_told_stops_the_feed_there_and_does_not_end_it(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    feed = feed_of(store, receiver)
    feed.address = Address("http://[")  # no address: nothing can be told with it

    with capture_logs() as lines:
        waits = [await feed.step(), await feed.step()]
    feed.address = ADDRESS
    await feed.step()
    await feed.receiver.aclose()

    assert waits == [1.0, 2.0]
    assert [line["fault"] for line in lines if line["event"] == "audit-feed-at-fault"] == [
        *("<class 'ValueError'>",) * 2
    ]
    assert receiver.numbers == list(range(1, last + 1))


async def test_whatever_a_receiver_does_nothing_is_lost_and_the_order_is_kept(
    store: Store, log: AuditLog, receiver: Receiving, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    chance = random.Random(SEED)
    await activate(log)
    quick = [each for each in FAULTS if each != "hangs"]
    feeds = [feed_of(store, receiver, name) for name in ("one", "two")]
    written = 1

    with capture_logs():
        for number in range(1, 40):
            receiver.faults = chance.choices(["", *quick], k=1)
            await log.append(asked(number))
            written += 1
            await chance.choice(feeds).step()
        receiver.faults = []
        while await position(store, receiver) < written:
            await feeds[0].step()
            await feeds[1].step()
    for each in feeds:
        await each.receiver.aclose()

    assert list(dict.fromkeys(receiver.numbers)) == list(range(1, written + 1)), SEED


async def test_it_keeps_on_until_cancelled_and_then_closes(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 1)
    waits: list[float] = []

    class EnoughError(Exception):
        pass

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise EnoughError

    feed = replace(feed_of(store, receiver), pause=pause)
    with pytest.raises(EnoughError):
        await feed.keep_on()

    assert waits == [BETWEEN_BATCHES_SECONDS, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS]
    assert receiver.numbers == list(range(1, last + 1))
    assert feed.receiver._transport._pool._is_closed


async def test_a_log_that_was_cut_off_below_what_was_confirmed_is_told_of(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    await record(log, 2)
    feed = feed_of(store, receiver)
    await feed.step()
    with store.writes.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE sequence > 3"))

    with capture_logs() as lines:
        assert await feed.step() == 1.0
    await feed.receiver.aclose()

    assert [line["reason"] for line in lines] == ["log-cut-off"]
    assert b'scr_audit_not_fed_total{reason="log-cut-off"} 1.0' in feed.metrics.told()


@pytest.mark.parametrize("through", [0, 2])
async def test_a_feed_that_is_set_back_sends_again_what_comes_after(
    store: Store, log: AuditLog, receiver: Receiving, through: int
) -> None:
    last = await record(log, 1)
    feed = feed_of(store, receiver)
    await feed.step()

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(set_back, through, NOW)
    await feed.step()
    await feed.receiver.aclose()

    assert receiver.numbers == [*range(1, last + 1), *range(through + 1, last + 2)]
    assert await position(store, receiver) == last + 1
