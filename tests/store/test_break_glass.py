"""Broken glass and what privacy officers are told: kept as given, found by session, ended once, settled once."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError
from gateway.store.break_glass import (
    Grant,
    end_grant,
    ends_with_first,
    grant_of,
    grants_of_session,
    keep_grant,
    move_grants,
)
from gateway.store.engine import Store
from gateway.store.privacy_alerts import (
    PrivacyAlert,
    open_privacy_alerts,
    privacy_alert_of,
    raise_privacy_alert,
    settle_privacy_alert,
    settled_privacy_alerts,
)
from gateway.store.words import AlertKind, AlertOutcome, EmergencyReason
from rbac.types import Purpose
from tests.store_factories import KEY, NOW, OTHER_KEY, SIGNED_OUT

SESSION, OTHER_SESSION = "5" * 64, "6" * 64
HOUR = timedelta(hours=1)
FIRST = Grant(
    id=UUID(int=1),
    decision_id=UUID(int=2),
    patient_key=KEY,
    patient="p" * 36,
    user_id="u1",
    session=SESSION,
    role="gp",
    organisation="F84004",
    step=Purpose.ETREAT,
    reason_code=EmergencyReason.RISK_TO_LIFE,
    reason="found unconscious",
    granted_at=NOW,
    ends_at=NOW + HOUR,
    relationship=UUID(int=8),
)
SECOND = replace(
    FIRST, id=UUID(int=3), step=Purpose.BTG, first_step=FIRST.id, granted_at=NOW + HOUR / 4
)
ALERT = PrivacyAlert(
    id=UUID(int=5),
    kind=AlertKind.BREAK_GLASS,
    decision_id=UUID(int=2),
    patient="p" * 36,
    user_id="u1",
    user_name="Kim Example",
    role="gp",
    organisation="F84004",
    act="break-glass",
    purpose="ETREAT",
    reason_code="risk-to-life",
    refusal=None,
    basis=FIRST.id,
    tell=("F84004", "RRV"),
    raised_at=NOW,
    due_at=NOW + 7 * 24 * HOUR,
)


async def keep(log: AuditLog, *grants: Grant) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        for each in grants:
            await session.do(keep_grant, each)


async def tell(log: AuditLog, *alerts: PrivacyAlert) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        for each in alerts:
            await session.do(raise_privacy_alert, each)


async def test_a_grant_is_kept_as_given(store: Store, log: AuditLog) -> None:
    await keep(log, FIRST, SECOND)

    found = [await store.read(grant_of, each) for each in (FIRST.id, SECOND.id, UUID(int=9))]

    assert found == [FIRST, SECOND, None]


async def test_a_session_has_its_grants_while_they_last(store: Store, log: AuditLog) -> None:
    await keep(log, FIRST, SECOND)

    at = (NOW - HOUR, NOW, NOW + HOUR / 2, NOW + HOUR)
    lists = [await store.read(grants_of_session, "u1", SESSION, each) for each in at]

    assert lists == [(), (FIRST,), (SECOND, FIRST), ()]
    assert await store.read(grants_of_session, "u2", SESSION, NOW) == ()
    assert await store.read(grants_of_session, "u1", OTHER_SESSION, NOW) == ()


async def test_the_second_step_ends_with_the_first_and_once(store: Store, log: AuditLog) -> None:
    await keep(log, FIRST, SECOND, replace(FIRST, id=UUID(int=4), patient_key=OTHER_KEY))
    now = NOW + HOUR / 2

    async with log.recorded(SIGNED_OUT) as session:
        ended = [await session.do(end_grant, FIRST, now) for _ in range(2)]

    assert ended == [True, False]
    [left] = await store.read(grants_of_session, "u1", SESSION, now)
    assert left.id == UUID(int=4)


async def test_the_first_step_outlives_the_second(store: Store, log: AuditLog) -> None:
    await keep(log, FIRST, SECOND)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(end_grant, SECOND, NOW + HOUR / 2)

    assert await store.read(grants_of_session, "u1", SESSION, NOW + HOUR / 2) == (FIRST,)


async def test_grants_follow_their_session_to_its_new_id(store: Store, log: AuditLog) -> None:
    await keep(log, FIRST)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(move_grants, SESSION, OTHER_SESSION)

    assert await store.read(grants_of_session, "u1", SESSION, NOW) == ()
    [moved] = await store.read(grants_of_session, "u1", OTHER_SESSION, NOW)
    assert moved == replace(FIRST, session=OTHER_SESSION)


async def test_a_second_step_is_held_against_the_first_as_it_is_kept(
    store: Store, log: AuditLog
) -> None:
    await keep(log, FIRST)

    found = [
        await store.read(ends_with_first, each)
        for each in (FIRST, SECOND, replace(SECOND, first_step=SECOND.id))
    ]
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(end_grant, FIRST, NOW)

    assert found == [True, True, False]
    assert not await store.read(ends_with_first, SECOND)


@pytest.mark.parametrize(
    "changes",
    [
        {"session": ""},
        {"reason": "too short"},
        {"step": "TREAT"},
        {"reason_code": "curiosity"},
        {"ends_at": NOW - HOUR},
        {"step": Purpose.BTG},
        {"first_step": FIRST.id},
        {"patient_key": "short"},
    ],
)
async def test_a_grant_that_cannot_be_is_not_kept(
    store: Store, log: AuditLog, changes: dict[str, object]
) -> None:
    with pytest.raises(AuditUnavailableError):
        await keep(log, replace(FIRST, **changes))  # type: ignore[arg-type]  # tests name real fields

    assert await store.read(grants_of_session, "u1", SESSION, NOW) == ()


async def test_alerts_wait_in_the_order_in_which_they_are_due(store: Store, log: AuditLog) -> None:
    sooner = replace(ALERT, id=UUID(int=6), patient=None, tell=(), due_at=NOW + HOUR, basis=None)
    await tell(log, ALERT, sooner)

    assert await store.read(open_privacy_alerts, 10) == (sooner, ALERT)
    assert await store.read(open_privacy_alerts, 1) == (sooner,)
    assert await store.read(privacy_alert_of, ALERT.id) == ALERT
    assert await store.read(privacy_alert_of, UUID(int=7)) is None


@pytest.mark.parametrize("outcome", AlertOutcome)
async def test_an_alert_is_settled_once(store: Store, log: AuditLog, outcome: AlertOutcome) -> None:
    await tell(log, ALERT)

    async with log.recorded(SIGNED_OUT) as session:
        settle = (settle_privacy_alert, ALERT.id, outcome, NOW + HOUR, "officer")
        done = [await session.do(*settle) for _ in range(2)]

    assert done == [True, False]
    assert await store.read(open_privacy_alerts, 10) == ()
    settled = replace(ALERT, outcome=outcome, settled_at=NOW + HOUR, settled_by="officer")
    assert await store.read(settled_privacy_alerts, 10) == (settled,)


async def test_nobody_settles_what_is_about_themselves(store: Store, log: AuditLog) -> None:
    await tell(log, ALERT)

    with pytest.raises(AuditUnavailableError):
        async with log.recorded(SIGNED_OUT) as session:
            await session.do(
                settle_privacy_alert, ALERT.id, AlertOutcome.JUSTIFIED, NOW + HOUR, "u1"
            )

    assert await store.read(open_privacy_alerts, 10) == (ALERT,)
