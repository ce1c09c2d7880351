"""Record what a person answered when asked whether their record may be viewed.

Holds no rule: `gateway/access/permission_answers.py` decides. Shows nothing of a record; answer and audit entry are
one transaction (docs/decisions/0022).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.access.asking import asked_row
from gateway.access.decision import Question
from gateway.access.guarded import CallSite, asked
from gateway.access.permission_answers import AnswerPermit, PermissionAnswers
from gateway.access.permit import Refusal
from gateway.audit.acts import Asked, AskedAct, PermissionRecorded
from gateway.audit.log import AuditLog
from gateway.errors import PolicyChangedError, UnavailableError
from gateway.identity import Principal
from gateway.patient.asked_rows import record_asked, refused
from gateway.patient.disclosure import DECISIONS_AT_MOST
from gateway.patient.pleas import Answer
from gateway.store.view_permissions import ViewPermission, keep_permission


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that is on record, and when it ends at the latest."""

    permission: ViewPermission
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ViewPermissions:
    """The use case of permission to view, over the deployment's parts."""

    access: PermissionAnswers
    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    def is_asked_of(self, principal: Principal) -> bool:
        """Say whether a caller must ask before they open a record in direct care."""
        return self.access.access.permissions.must_ask(principal)

    async def record(self, question: Question, answer: Answer, request_id: str) -> Recorded:
        """Record an answer for the caller's session.

        Raises RefusedError, NotFoundError, UnavailableError.
        """
        for _attempt in range(DECISIONS_AT_MOST):
            decision = await self.access.permit(question)
            try:
                await record_asked(self.log, _asked(question, decision, request_id, self.clock()))
                if isinstance(decision, Refusal):
                    raise refused(decision)
                return await self._record(decision, answer)
            except PolicyChangedError:
                continue
        raise UnavailableError("The role policy keeps changing.")

    async def _record(self, permit: AnswerPermit, answer: Answer) -> Recorded:
        permission = self._row(permit, answer)
        reason_code = None if answer.reason_code is None else answer.reason_code.value
        event = PermissionRecorded(
            at=permission.recorded_at,
            user_id=permission.user_id,
            patient=permit.question.patient_id,
            decision_id=permission.decision_id,
            decided_under=permit.policy_version,
            permission=permission.id,
            answer=permission.answer.value,
            reason_code=reason_code,
            reason=answer.reason,
            ends_at=permit.ends_at,
        )
        await asked(CallSite.PERMISSIONS, lambda: self._keep(event, permission), int)
        return Recorded(permission, permit.ends_at)

    async def _keep(self, event: PermissionRecorded, permission: ViewPermission) -> int:
        async with self.log.recorded(event) as session:
            await session.do(keep_permission, permission)
        return session.sequence

    def _row(self, permit: AnswerPermit, answer: Answer) -> ViewPermission:
        principal = permit.question.principal
        return ViewPermission(
            id=self.new_id(),
            decision_id=permit.decision_id,
            patient_key=self.access.access.permissions.key_of(permit.question.patient),
            user_id=principal.user_id,
            session=principal.session,
            answer=answer.answer,
            recorded_at=permit.recorded_at,
        )


def _asked(
    question: Question, decision: AnswerPermit | Refusal, request_id: str, now: datetime
) -> Asked:
    return asked_row(
        AskedAct.PERMISSION,
        decision,
        question.principal,
        request_id=request_id,
        purpose=question.purpose,
        patient=question.patient_id,
        at=now,
    )
