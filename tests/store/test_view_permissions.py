"""What people answered: kept as given, found by user and session, gone on with under a session's new id."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.audit.log import AuditLog
from gateway.errors import UnavailableError
from gateway.store.engine import Store
from gateway.store.view_permissions import (
    ViewPermission,
    drop_permissions_until,
    keep_permission,
    move_permissions,
    permissions_of_session,
)
from gateway.store.words import PermissionAnswer
from tests.store_factories import KEY, NOW, SIGNED_OUT

SESSION, OTHER_SESSION = "5" * 64, "6" * 64
YES = ViewPermission(
    id=UUID(int=1),
    decision_id=UUID(int=2),
    patient_key=KEY,
    user_id="u1",
    session=SESSION,
    answer=PermissionAnswer.YES,
    recorded_at=NOW,
)


async def keep(log: AuditLog, *answers: ViewPermission) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        for each in answers:
            await session.do(keep_permission, each)


async def test_answers_are_found_by_user_and_session(store: Store, log: AuditLog):
    no = replace(YES, id=UUID(int=3), answer=PermissionAnswer.NO)
    others = replace(YES, id=UUID(int=4), user_id="u2")
    elsewhere = replace(YES, id=UUID(int=5), session=OTHER_SESSION)

    await keep(log, YES, no, others, elsewhere)

    assert await store.read(permissions_of_session, "u1", SESSION) == (YES, no)
    assert await store.read(permissions_of_session, "u1", "7" * 64) == ()


async def test_answers_go_on_under_the_sessions_new_id(store: Store, log: AuditLog):
    await keep(log, YES)

    async with log.recorded(SIGNED_OUT) as session:
        await session.do(move_permissions, SESSION, OTHER_SESSION)

    moved = replace(YES, session=OTHER_SESSION)
    assert await store.read(permissions_of_session, "u1", SESSION) == ()
    assert await store.read(permissions_of_session, "u1", OTHER_SESSION) == (moved,)


async def test_answers_that_stand_no_longer_are_thrown_away(store: Store, log: AuditLog):
    later = replace(YES, id=UUID(int=3), recorded_at=NOW + timedelta(seconds=1))
    await keep(log, YES, later)

    assert await drop_permissions_until(store, NOW) == 1

    assert await store.read(permissions_of_session, "u1", SESSION) == (later,)


@pytest.mark.parametrize("changes", [{"session": ""}, {"patient_key": "k"}, {"answer": "maybe"}])
async def test_a_row_that_could_not_be_told_apart_is_not_kept(
    store: Store, log: AuditLog, changes: dict[str, str]
):
    with pytest.raises((IntegrityError, UnavailableError)):
        await keep(log, replace(YES, **changes))  # type: ignore[arg-type]
