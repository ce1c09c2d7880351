"""What has expired is thrown away at regular times, and a database that fails is asked again."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from gateway.access.permissions import PERMISSION_LASTS
from gateway.audit.log import AuditLog
from gateway.errors import UnavailableError
from gateway.housekeeping import SWEEP_EVERY_SECONDS, Housekeeping
from gateway.store.engine import Store, open_store
from gateway.store.sign_ins import sign_in_of
from gateway.store.snapshots import PageSnapshot, keep_snapshot, snapshot_of
from gateway.store.view_permissions import permissions_of_session
from tests.store.test_sessions import BINDING, MINUTE, SIGN_IN, _begin
from tests.store.test_view_permissions import YES, keep
from tests.store_factories import NOW


class Hours:
    """A clock that moves by what is waited for; the waiting ends after `pauses` of them."""

    def __init__(self, pauses: int, before_each=lambda: None):
        self.now, self.waited, self._left, self._before_each = NOW, [], pauses, before_each

    def __call__(self) -> datetime:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)
        if len(self.waited) == self._left:
            raise asyncio.CancelledError
        self._before_each()


async def test_only_what_has_expired_is_swept_away(store: Store, log: AuditLog):
    soon = replace(SIGN_IN, id_hash="s" * 64, expires_at=NOW + MINUTE)
    await _begin(log, SIGN_IN, soon)
    await keep_snapshot(store, PageSnapshot(BINDING, b"x", NOW + MINUTE))
    await keep(log, replace(YES, recorded_at=NOW - PERMISSION_LASTS), replace(YES, id=UUID(int=9)))
    hours = Hours(pauses=2)

    with pytest.raises(asyncio.CancelledError):
        await Housekeeping(store, hours, hours.pause).keep_on()

    assert await store.read(permissions_of_session, "u1", YES.session) == (
        replace(YES, id=UUID(int=9)),
    )
    assert await store.read(sign_in_of, soon.id_hash) is None
    assert await store.read(sign_in_of, SIGN_IN.id_hash) == SIGN_IN
    assert await store.read(snapshot_of, BINDING, NOW) is None
    assert hours.waited == [SWEEP_EVERY_SECONDS] * 2


async def test_sweeping_goes_on_after_a_database_that_did_not_answer(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'none.db'}")
    hours = Hours(pauses=3)

    with pytest.raises(UnavailableError):
        await Housekeeping(store, hours, hours.pause).sweep()
    with pytest.raises(asyncio.CancelledError):
        await Housekeeping(store, hours, hours.pause).keep_on()

    assert len(hours.waited) == 3
    store.close()
