"""Whoever is suspended gets nothing, and nobody does while that cannot be read."""

import pytest

from gateway.access.permit import Permit, RefusalReason
from gateway.access.staff import StoredStaff, may_act
from gateway.errors import UnavailableError
from gateway.store.staff_suspensions import EVERY_PROFILE, StaffSuspension, suspend
from tests.access.parts import Parts, Suspended
from tests.access.test_decision import refused
from tests.patient.factories import principal
from tests.store_factories import NOW, SIGNED_OUT


async def test_whoever_is_suspended_gets_nothing_whatever_else_is_true():
    for whom in ("u1", ("u1", principal().role_profile_id)):
        parts = Parts(staff=Suspended((whom,)))

        assert refused(await parts.decide()) is RefusalReason.SUSPENDED
        assert refused(await parts.find()) is RefusalReason.SUSPENDED
    assert isinstance(await Parts(staff=Suspended((("u1", "another"),))).decide(), Permit)


class Odd:
    async def is_suspended(self, _user_id, _role_profile_id):
        return 0


async def test_an_answer_that_is_not_plainly_no_lets_nobody_act():
    assert await may_act(Suspended(), principal())
    assert not await may_act(Suspended(("u1",)), principal())
    with pytest.raises(UnavailableError):
        await may_act(Odd(), principal())


async def test_a_suspension_is_found_by_person_and_role_profile(log, store):
    staff = StoredStaff(store)
    one_role = StaffSuspension("u1", "5550", NOW, "test", "left the ward")
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(suspend, one_role)
        await session.do(suspend, StaffSuspension("u2", EVERY_PROFILE, NOW, "test", "left"))

    assert await staff.is_suspended("u1", "5550")
    assert not await staff.is_suspended("u1", "5551")
    assert not await staff.is_suspended("u3", "5550")
    assert await staff.is_suspended("u2", "5551")
