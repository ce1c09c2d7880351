"""Decide who may record what a person answered: the only maker of an AnswerPermit.

Opens no record: each reading is decided anew, with the answer among what it rests on. Source: docs/decisions/0022.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.access.decision import AccessControl, Question
from gateway.access.permissions import PERMISSION_LASTS
from gateway.access.permit import Refusal, RefusalReason
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class AnswerPermit:
    """Allow one caller to record one person's answer, which stands until `ends_at` at the longest."""

    decision_id: UUID
    question: Question
    policy_version: str
    recorded_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PermissionAnswers:
    """Make permits to record answers, and refusals."""

    access: AccessControl

    async def permit(self, question: Question) -> AnswerPermit | Refusal:
        """Decide whether an answer may be recorded, in direct care; a part that does not answer refuses it.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.access.any_ground(question.principal, question.purpose)
        if isinstance(ground, Refusal):
            return ground
        if ground.purpose is not Purpose.TREAT:
            return ground.refusal(RefusalReason.PURPOSE_NOT_ALLOWED, question.patient_id)
        if not self.access.permissions.must_ask(question.principal):
            # Before anything is read of the person: nobody's record has a part in it.
            return ground.refusal(RefusalReason.PERMISSION_NOT_ASKED_FOR, question.patient_id)
        # Asked as for a view: an answer is recorded of nobody whose record would stay closed all the same.
        decision = await self.access.decide(question)
        if isinstance(decision, Refusal) and _stays_closed(decision):
            return decision
        now = self.access.clock()
        return AnswerPermit(
            decision.decision_id, question, decision.policy_version, now, now + PERMISSION_LASTS
        )


def _stays_closed(refusal: Refusal) -> bool:
    return refusal.reason is not RefusalReason.PERMISSION_TO_VIEW_REQUIRED
