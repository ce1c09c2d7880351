"""What old entries say is deleted when their time is over; the others stay provable."""

from datetime import timedelta

from sqlalchemy import select

from gateway.audit.acts import EntriesPurged
from gateway.audit.entries import entries_about, entries_between
from gateway.audit.log import AuditLog
from gateway.audit.proving import prove
from gateway.audit.retention import purge, purgeable_through
from gateway.audit.verify import verify_entry, verify_export
from gateway.store.engine import Store
from gateway.store.sessions import Reading
from gateway.store.tables import audit_entry
from tests.audit.signed_log import KEYS, Times, begin, check, export, keeper_of, sign
from tests.store_factories import NOW, asked


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


def what_is_left(reading: Reading) -> list[tuple[object, ...]]:
    columns = [audit_entry.c[name] for name in ("body", "patient", "user_id", "decision_id")]
    wanted = select(*columns).order_by(audit_entry.c.sequence)
    return [tuple(row) for row in reading.connection.execute(wanted)]


async def test_the_old_entries_go_and_the_rest_is_proven(store: Store):
    clock = Times()
    log = await log_of_years(store, clock)
    before = NOW + timedelta(days=1)

    through = await store.read(purgeable_through, before)
    async with log.recorded(EntriesPurged(clock(), "u1", through, before, "8 years")) as session:
        gone = await session.do(purge, through)
    await sign(keeper_of(store, clock), clock)
    await log.aclose()

    assert (through, gone) == (3, 3)
    assert (await store.read(what_is_left))[:3] == [(None,) * 4] * 3
    verdict = check(store)
    assert (verdict.fault, verdict.purged, verdict.entries) == (None, 3, 7)
    assert verify_export(export(store), KEYS).purged == 3
    assert [each.sequence for each in await store.read(entries_between, 1, 9)] == [4, 5, 6, 7]
    assert [each.sequence for each in await store.read(entries_about, ("p" * 36,), 9)] == [4, 5, 6]
    assert await store.read(prove, 2) is None
    proven = await store.read(prove, 4)
    assert proven is not None
    assert verify_entry({"entry": proven.entry, "proof": proven.proof}, KEYS) == 4


async def test_what_is_not_signed_yet_is_not_deleted(store: Store):
    await begin(store)

    assert await store.read(purgeable_through, NOW + timedelta(days=1)) == 0


async def test_an_entry_recorded_by_a_clock_behind_is_kept_with_those_after_it(store: Store):
    clock = Times()
    log = await log_of_years(store, clock)
    await log.aclose()

    assert await store.read(purgeable_through, NOW) == 0
    assert await store.read(purgeable_through, NOW + timedelta(days=999)) == 6
