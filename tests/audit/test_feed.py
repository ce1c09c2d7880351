"""The audit is fed to a receiver in order; what it does not confirm is sent again."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fhir.resources.R4B.bundle import Bundle
from pydantic import SecretStr
from structlog.testing import capture_logs

from gateway.audit.feeding import BATCH_AT_MOST, next_batch
from gateway.audit.log import AuditLog
from gateway.audit_feed import (
    BETWEEN_BATCHES_SECONDS,
    LOOK_EVERY_SECONDS,
    RETRY_AT_MOST_SECONDS,
    Receiver,
)
from gateway.settings import AuditFeedSettings
from gateway.store.engine import Store
from tests.audit.feeding import ADDRESS, TOKEN, behind, feed_of, position, record
from tests.audit.receiving import FAULTS, Receiving, receiving
from tests.store_factories import asked


@pytest.fixture
async def receiver() -> AsyncIterator[Receiving]:
    async with receiving() as listening:
        yield listening


async def test_every_entry_is_sent_once_in_order_as_a_batch_of_audit_events(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, 2)
    feed = feed_of(store, receiver)

    waits = [await feed.step(), await feed.step()]
    await feed.receiver.aclose()

    assert receiver.numbers == list(range(1, last + 1))
    assert waits == [BETWEEN_BATCHES_SECONDS, LOOK_EVERY_SECONDS]
    assert {each["resourceType"] for each in receiver.kept} == {"AuditEvent"}
    assert (await position(store, receiver), behind(feed)) == (last, 0)


async def test_a_batch_is_a_bundle_of_posts_with_row_a_beside_row_b(
    store: Store, log: AuditLog
) -> None:
    await record(log, 1)

    batch = await store.read(next_batch, "http://nobody", ADDRESS)

    bundle = Bundle.model_validate_json(batch.body)
    assert (bundle.type, batch.after, batch.through) == ("batch", 0, 3)
    assert (batch.count, batch.behind) == (3, 3)
    assert {(each.request.method, each.request.url) for each in bundle.entry} == {
        ("POST", "AuditEvent")
    }
    assert [each.fullUrl for each in bundle.entry] == [
        f"https://gateway.example/fhir/AuditEvent/{number}" for number in (1, 2, 3)
    ]
    assert bundle.entry[2].resource.purposeOfEvent[0].coding[0].code == "TREAT"


async def test_the_receiver_is_told_who_asks_and_gets_fhir(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    await record(log, 1)
    feed = feed_of(store, receiver)

    await feed.step()
    await feed.receiver.aclose()

    [head] = receiver.heads
    lines = head.split("\r\n")
    assert lines[0] == "POST /fhir HTTP/1.1"
    assert {f"Authorization: Bearer {TOKEN}", "Prefer: return=minimal"} <= set(lines)
    assert {"Content-Type: application/fhir+json", "Accept: application/fhir+json"} <= set(lines)
    assert TOKEN not in repr(feed)


async def test_without_a_token_none_is_sent(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    await record(log, 1)
    feed = replace(
        feed_of(store, receiver), receiver=Receiver(AuditFeedSettings(url=receiver.address).config)
    )

    await feed.step()
    await feed.receiver.aclose()

    assert "authorization" not in receiver.heads[0].lower()


async def test_a_long_backlog_is_sent_batch_by_batch(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    last = await record(log, BATCH_AT_MOST // 2 + 1)
    feed = feed_of(store, receiver)

    first = (await feed.step(), behind(feed))
    second = (await feed.step(), behind(feed))
    await feed.receiver.aclose()

    assert first == (BETWEEN_BATCHES_SECONDS, last - BATCH_AT_MOST)
    assert second == (BETWEEN_BATCHES_SECONDS, 0)
    assert [len(each) for each in receiver.batches] == [BATCH_AT_MOST, last - BATCH_AT_MOST]
    assert receiver.numbers == list(range(1, last + 1))


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_not_confirmed_is_sent_again_and_nothing_is_lost(
    store: Store, log: AuditLog, receiver: Receiving, fault: str
) -> None:
    last = await record(log, 1)
    receiver.faults = [fault]
    feed = feed_of(store, receiver, seconds=0.2 if fault == "hangs" else 5.0)

    with capture_logs() as lines:
        wait = await feed.step()
    stood_at, waiting = await position(store, receiver), behind(feed)
    await feed.step()
    await feed.receiver.aclose()

    assert (wait, stood_at, waiting) == (1.0, 0, last)
    assert [line["event"] for line in lines] == ["audit-not-fed"]
    assert sorted(set(receiver.numbers)) == list(range(1, last + 1))
    assert (await position(store, receiver), behind(feed)) == (last, 0)


async def test_nobody_listening_is_a_receiver_that_is_down(store: Store, log: AuditLog) -> None:
    await record(log, 1)
    async with receiving() as gone:
        pass
    feed = feed_of(store, gone)

    with capture_logs() as lines:
        assert await feed.step() == 1.0

    assert [line["reason"] for line in lines] == ["connection"]
    told = feed.metrics.told()
    assert b'scr_audit_not_fed_total{reason="connection"} 1.0' in told


async def test_a_receiver_that_stays_down_is_asked_ever_more_rarely_and_one_that_is_back_at_once(
    store: Store, log: AuditLog, receiver: Receiving
) -> None:
    await record(log, 1)
    receiver.faults = ["refuses"] * 8
    feed = feed_of(store, receiver)

    with capture_logs():
        waits = [await feed.step() for _ in range(8)]
        after = await feed.step()
        receiver.faults = ["refuses"]
        await log.append(asked(9))
        again = await feed.step()
    await feed.receiver.aclose()

    assert waits == [1, 2, 4, 8, 16, 32, RETRY_AT_MOST_SECONDS, RETRY_AT_MOST_SECONDS]
    assert (after, again) == (BETWEEN_BATCHES_SECONDS, 1.0)


@pytest.mark.parametrize(
    ("faults", "answers"), [([], True), (["refuses"], False), (["sends elsewhere"], False)]
)
async def test_a_receiver_is_asked_whether_it_answers_and_sent_nothing(
    receiver: Receiving, faults: list[str], answers: bool
) -> None:
    receiver.faults = faults
    asking = Receiver(AuditFeedSettings(url=receiver.address, token=SecretStr(TOKEN)).config)

    assert await asking.answers() is answers
    await asking.aclose()

    assert receiver.batches == []
    assert f"Authorization: Bearer {TOKEN}" in receiver.heads[0]


async def test_a_receiver_that_is_down_does_not_answer() -> None:
    async with receiving() as gone:
        pass
    asking = Receiver(AuditFeedSettings(url=gone.address).config)

    assert await asking.answers() is False
