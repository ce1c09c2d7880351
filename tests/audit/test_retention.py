"""What old entries say is deleted when their time is over; the others stay provable."""

from datetime import timedelta

from sqlalchemy import select

from gateway.audit.entries import entries_about, entries_between
from gateway.audit.log import AuditLog
from gateway.audit.proving import prove
from gateway.audit.retention import purgeable_through
from gateway.audit.verify import verify_entry, verify_export
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry
from tests.audit.signed_log import (
    KEYS,
    Times,
    begin,
    check,
    export,
    keeper_of,
    purge_before,
    sign,
)
from tests.store_factories import NOW, asked

SECOND_YEAR = NOW + timedelta(days=1)


async def log_of_years(store: Store, clock: Times) -> AuditLog:
    """Three entries of one year, three of the next."""
    await begin(store)
    log = AuditLog(store, clock)
    for number in range(1, 6):
        if number == 3:
            clock.now = NOW + timedelta(days=365)
        await log.append(asked(number))
    await sign(keeper_of(store, clock), clock)
    return log


async def nine_years_after(store: Store) -> Times:
    clock = Times()
    log = await log_of_years(store, clock)
    await log.aclose()
    clock.now += timedelta(days=9 * 365)
    return clock


async def write_at(store: Store, clock: Times) -> None:
    log = AuditLog(store, clock)
    await log.append(asked(9))
    await log.aclose()


def what_is_left(reading: Reading) -> list[tuple[object, ...]]:
    columns = [audit_entry.c[name] for name in ("body", "patient", "user_id", "decision_id")]
    wanted = select(*columns).order_by(audit_entry.c.sequence)
    return [tuple(row) for row in reading.connection.execute(wanted)]


async def test_the_old_entries_go_and_the_rest_is_proven(store: Store):
    clock = await nine_years_after(store)

    assert await purge_before(store, clock, SECOND_YEAR) == 2
    await sign(keeper_of(store, clock), clock)

    assert (await store.read(what_is_left))[:2] == [(None,) * 4] * 2
    verdict = check(store)
    assert (verdict.fault, verdict.purged, verdict.entries) == (None, 2, 7)
    assert verify_export(export(store), KEYS).purged == 2
    assert await store.read(prove, 2) is None


async def test_what_is_left_is_found_and_proven(store: Store):
    clock = await nine_years_after(store)
    await purge_before(store, clock, SECOND_YEAR)
    await sign(keeper_of(store, clock), clock)

    about = await store.read(entries_about, ("p" * 36,), 9)
    proven = await store.read(prove, 4)

    # The third entry is as old as the two that went, and shows it.
    assert [each.sequence for each in await store.read(entries_between, 1, 9)] == [3, 4, 5, 6, 7]
    assert [each.sequence for each in about] == [3, 4, 5, 6]
    assert proven is not None
    assert verify_entry({"entry": proven.entry, "proof": proven.proof}, KEYS) == 4


async def test_each_step_of_a_purge_is_on_record_and_a_purge_again_finds_nothing(store: Store):
    clock = await nine_years_after(store)
    later = SECOND_YEAR + timedelta(days=365)

    assert await purge_before(store, clock, later, rows_at_once=2) == 5
    assert await purge_before(store, clock, later, rows_at_once=2) == 0
    await sign(keeper_of(store, clock), clock)

    verdict = check(store)
    assert (verdict.fault, verdict.purged, verdict.entries) == (None, 5, 9)


async def test_a_purge_leaves_what_tells_of_the_log_itself(store: Store):
    clock = await nine_years_after(store)
    await purge_before(store, clock, SECOND_YEAR)
    clock.now += timedelta(days=10 * 365)
    await sign(keeper_of(store, clock), clock)
    await write_at(store, clock)
    await sign(keeper_of(store, clock), clock)

    assert await purge_before(store, clock, clock.now - timedelta(days=9 * 365)) == 4
    await sign(keeper_of(store, clock), clock)

    verdict = check(store)
    assert (verdict.fault, verdict.purged, verdict.entries) == (None, 6, 9)


async def test_what_is_not_signed_yet_is_not_deleted(store: Store):
    await begin(store)

    assert await store.read(purgeable_through, NOW + timedelta(days=1)) == 0


async def test_an_entry_recorded_by_a_clock_behind_is_kept_with_those_after_it(store: Store):
    clock = Times()
    log = await log_of_years(store, clock)
    await log.aclose()

    assert await store.read(purgeable_through, NOW) == 0
    assert await store.read(purgeable_through, NOW + timedelta(days=999)) == 6
