"""A second step that is decided while the first is being ended opens nothing: whoever ends an emergency ends all of it."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from typing_extensions import override

from gateway.access.break_glass import BreakGlass, BreakGlassPermit
from gateway.access.decision import Question
from gateway.access.permit import Refusal
from gateway.errors import RefusedError
from gateway.patient.find import Finder
from gateway.patient.pleas import read_plea
from rbac.types import Purpose
from tests.safety.emergencies import BTG, NO_RELATIONSHIP, REASON, broken, kept, refusal
from tests.stack import Stack

DOCTOR = "ed-consultant"


@dataclass(frozen=True)
class EndedMeanwhile(BreakGlass):
    """The same decisions, after each of which the session's first step is ended by another request."""

    stack: Stack
    first_step: UUID

    @override
    async def permit(self, question: Question) -> BreakGlassPermit | Refusal:
        decision = await super().permit(question)
        finder = Finder(question.principal, Purpose.ETREAT, "another-request")
        await self.stack.services.emergencies.end(finder, self.first_step)
        return decision


async def test_az_12_no_second_step_outlives_the_first(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    who = await stack.services.verifier.principal(await stack.token(DOCTOR))
    number = stack.london.people[NO_RELATIONSHIP]
    question = Question(who, Purpose.BTG, number, stack.patient(NO_RELATIONSHIP))
    access = EndedMeanwhile(stack.services.emergencies.access.access, stack, UUID(grant["id"]))
    racing = replace(stack.services.emergencies, access=access)

    with pytest.raises(RefusedError):
        await racing.break_glass(question, read_plea("risk-to-life", REASON), "a-request")

    assert await kept(stack) == (1, 1, 1, 1)
    assert await refusal(stack, DOCTOR, NO_RELATIONSHIP, **BTG) == (403, "break-glass-required")
