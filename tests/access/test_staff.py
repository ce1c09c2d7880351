"""Whoever is suspended gets nothing, and nobody does while that cannot be read."""

import pytest

from gateway.access.permit import Permit, RefusalReason
from gateway.access.staff import may_act
from gateway.errors import UnavailableError
from tests.access.parts import Parts, Suspended
from tests.access.test_decision import refused
from tests.patient.factories import principal


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
