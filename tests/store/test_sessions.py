"""Sign-ins, page snapshots and safety events."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import UnavailableError
from gateway.store.engine import Store
from gateway.store.safety_events import SafetyEvent, record_safety_event, safety_events_since
from gateway.store.sign_ins import (
    ProviderSessions,
    SignIn,
    begin_sign_in,
    count_provider_sessions,
    drop_expired_sign_ins,
    end_provider_sessions,
    end_sign_in,
    end_sign_ins_of,
    sign_in_of,
    touch_sign_in,
)
from gateway.store.snapshots import (
    PageSnapshot,
    SnapshotBinding,
    drop_expired_snapshots,
    keep_snapshot,
    snapshot_of,
)
from tests.store_factories import NOW, SIGNED_OUT

MINUTE = timedelta(minutes=1)
BINDING = SnapshotBinding("s1", "u1", "session-hash", "patient-id")
SIGN_IN = SignIn(
    "h" * 64,
    "u1",
    b'{"sub":"u1"}',
    NOW,
    NOW,
    NOW + 480 * MINUTE,
    "sid-1",
    "r1",
    "https://one.example",
)


async def _begin(log: AuditLog, *sign_ins: SignIn) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        for sign_in in sign_ins:
            await session.do(begin_sign_in, sign_in)


async def test_a_sign_in_is_found_until_it_is_ended(store: Store, log: AuditLog) -> None:
    await _begin(log, SIGN_IN)
    assert await store.read(sign_in_of, SIGN_IN.id_hash) == SIGN_IN

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(end_sign_in, SIGN_IN.id_hash)
        assert not await session.do(end_sign_in, SIGN_IN.id_hash)
    assert await store.read(sign_in_of, SIGN_IN.id_hash) is None


async def test_a_use_is_noted_and_never_moves_back(store: Store, log: AuditLog) -> None:
    await _begin(log, SIGN_IN)

    await touch_sign_in(store, SIGN_IN.id_hash, NOW + 2 * MINUTE)
    await touch_sign_in(store, SIGN_IN.id_hash, NOW + MINUTE)

    found = await store.read(sign_in_of, SIGN_IN.id_hash)
    assert found == replace(SIGN_IN, last_seen_at=NOW + 2 * MINUTE)


async def test_the_provider_ends_every_session_of_its_own(store: Store, log: AuditLog) -> None:
    second = replace(SIGN_IN, id_hash="i" * 64)
    other = replace(SIGN_IN, id_hash="j" * 64, provider_session="sid-2")
    await _begin(log, SIGN_IN, second, other)
    named = ProviderSessions("https://one.example", None, "sid-1")
    assert await store.read(count_provider_sessions, named) == 2

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(end_provider_sessions, named) == 2

    assert await store.read(sign_in_of, other.id_hash) == other


@pytest.mark.parametrize(
    ("named", "ended"),
    [
        (ProviderSessions("https://one.example", "u1", None), 1),
        (ProviderSessions("https://one.example", "u1", "sid-1"), 1),
        (ProviderSessions("https://one.example", "u2", "sid-1"), 0),
        (ProviderSessions("https://one.example", "u1", "sid-2"), 0),
        (ProviderSessions("https://two.example", "u1", "sid-1"), 0),
        (ProviderSessions("https://one.example", None, None), 0),
    ],
)
async def test_a_provider_ends_what_it_names_and_nothing_else(store, log, named, ended) -> None:
    await _begin(log, SIGN_IN)

    async with log.recorded(SIGNED_OUT) as session:
        assert await session.do(end_provider_sessions, named) == ended


@pytest.mark.parametrize(
    ("user", "profile", "left"),
    [("u1", None, 0), ("u1", "r1", 1), ("u1", "r3", 2), ("u2", None, 3)],
)
async def test_a_person_s_sessions_end_in_one_role_or_in_all(
    store, log, user, profile, left
) -> None:
    choosing = replace(SIGN_IN, id_hash="i" * 64, role_profile_id=None)
    elsewhere = replace(SIGN_IN, id_hash="j" * 64, role_profile_id="r2")
    await _begin(log, SIGN_IN, choosing, elsewhere)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(end_sign_ins_of, user, profile)

    ids = (SIGN_IN.id_hash, choosing.id_hash, elsewhere.id_hash)
    found = [await store.read(sign_in_of, each) for each in ids]
    assert len([each for each in found if each]) == left


async def test_expired_sign_ins_are_dropped(store: Store, log: AuditLog) -> None:
    await _begin(log, SIGN_IN)

    assert await drop_expired_sign_ins(store, SIGN_IN.expires_at - MINUTE) == 0
    assert await drop_expired_sign_ins(store, SIGN_IN.expires_at) == 1


@pytest.mark.parametrize(
    ("binding", "after", "is_found"),
    [
        (BINDING, 9 * MINUTE, True),
        (BINDING, 10 * MINUTE, False),
        (replace(BINDING, user_id="u2"), MINUTE, False),
        (replace(BINDING, session_id="other"), MINUTE, False),
        (replace(BINDING, patient="other"), MINUTE, False),
        (replace(BINDING, snapshot_id="s2"), MINUTE, False),
    ],
)
async def test_a_snapshot_is_found_by_whom_it_is_bound_to_and_for_ten_minutes(
    store: Store, binding: SnapshotBinding, after: timedelta, is_found: bool
) -> None:
    await keep_snapshot(store, PageSnapshot(BINDING, b"encrypted", NOW + 10 * MINUTE))

    found = await store.read(snapshot_of, binding, NOW + after)

    assert found == (b"encrypted" if is_found else None)


async def test_expired_snapshots_are_dropped(store: Store) -> None:
    await keep_snapshot(store, PageSnapshot(BINDING, b"encrypted", NOW))

    assert await drop_expired_snapshots(store, NOW) == 1
    assert await store.read(snapshot_of, BINDING, NOW - MINUTE) is None


async def test_the_same_snapshot_id_cannot_be_kept_twice(store: Store) -> None:
    await keep_snapshot(store, PageSnapshot(BINDING, b"encrypted", NOW))

    with pytest.raises(UnavailableError):
        await keep_snapshot(store, PageSnapshot(BINDING, b"other", NOW))


async def test_safety_events_are_read_from_an_instant_on(store: Store, log: AuditLog) -> None:
    event = SafetyEvent(UUID(int=1), "H-01", "hospital", "foreign-subject", NOW, "p", UUID(int=9))
    earlier = replace(event, id=UUID(int=2), occurred_at=NOW - MINUTE)
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(record_safety_event, event)
        await session.do(record_safety_event, earlier)

    assert await store.read(safety_events_since, NOW) == (event,)
    assert await store.read(safety_events_since, NOW - MINUTE) == (earlier, event)


def test_neither_patient_nor_session_is_in_the_text_of_a_row() -> None:
    shown = repr(BINDING) + repr(SIGN_IN)

    assert "patient-id" not in shown
    assert SIGN_IN.id_hash not in shown
