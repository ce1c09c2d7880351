"""Claim a relationship with a person by one's own word, for a reason, and tell privacy officers.

Holds no rule: `gateway/access/claims.py` decides. Claim, relationship, alert and audit entry are one transaction
(docs/decisions/0020).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.access.asking import asked_row
from gateway.access.claims import ClaimPermit, SelfClaims
from gateway.access.decision import Question
from gateway.access.permit import Refusal, RefusalReason
from gateway.audit.acts import Asked, AskedAct, RelationshipClaimed
from gateway.audit.log import AuditLog
from gateway.errors import ConflictError, PolicyChangedError, UnavailableError
from gateway.patient.alerts import PrivacyAlerts, Why
from gateway.patient.asked_rows import record_asked, refused
from gateway.patient.disclosure import DECISIONS_AT_MOST
from gateway.patient.pleas import ClaimPlea
from gateway.store.claims import Claim, claims_since, keep_claim
from gateway.store.engine import Store
from gateway.store.relationships import Relationship, add_relationships
from gateway.store.sessions import Writing
from gateway.store.words import AlertKind, RelationshipType

COUNTED_OVER = timedelta(hours=24)

_UNTOLD = frozenset({RefusalReason.CHECK_FAILED, RefusalReason.ALREADY_RELATED})
"""Refusals that nobody need be told of: a part was down, or there was nothing to claim."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The use case of a self-claimed relationship. A user makes at most `at_most` claims in 24 hours."""

    access: SelfClaims
    alerts: PrivacyAlerts
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    at_most: int

    async def claim(self, question: Question, plea: ClaimPlea, request_id: str) -> Claim:
        """Claim a relationship for 24 hours.

        Raises RefusedError, NotFoundError, UnavailableError.
        """
        for _attempt in range(DECISIONS_AT_MOST):
            decision = await self._decision(question)
            act = _asked(question, decision, request_id, self.clock())
            try:
                if isinstance(decision, Refusal):
                    await self._record_refusal(act, plea, decision)
                    raise refused(decision)
                await record_asked(self.log, act)
                return await self._claim(decision, act, plea)
            except PolicyChangedError:
                continue
        raise UnavailableError("The role policy keeps changing.")

    async def _decision(self, question: Question) -> ClaimPermit | Refusal:
        decision = await self.access.permit(question)
        if isinstance(decision, Refusal):
            return decision
        since = decision.claimed_at - COUNTED_OVER
        made = await self.store.read(claims_since, question.principal.user_id, since)
        if made < self.at_most:
            return decision
        return decision.ground.refusal(RefusalReason.TOO_MANY_CLAIMS, question.patient_id)

    async def _record_refusal(self, act: Asked, plea: ClaimPlea, refusal: Refusal) -> None:
        if refusal.reason in _UNTOLD:
            await record_asked(self.log, act)
            return
        why = Why(plea.reason_code.value, refusal.reason.value)
        await self.alerts.keep(act, self.alerts.about(AlertKind.UNAUTHORISED_ATTEMPT, act, why))

    async def _claim(self, permit: ClaimPermit, act: Asked, plea: ClaimPlea) -> Claim:
        claim, relationship = self._rows(permit, plea)
        why = Why(plea.reason_code.value, basis=claim.id)
        tell = self.alerts.sources_of(permit.practice)
        alert = self.alerts.about(AlertKind.SELF_CLAIM, act, why, tell)
        event = RelationshipClaimed(
            at=claim.claimed_at,
            user_id=claim.user_id,
            patient=claim.patient,
            decision_id=claim.decision_id,
            decided_under=permit.ground.policy_version,
            claim=claim.id,
            reason_code=plea.reason_code.value,
            reason=plea.reason,
            ends_at=claim.ends_at,
            tell=alert.tell,
        )

        def keep(writing: Writing) -> None:
            since = claim.claimed_at - COUNTED_OVER
            if claims_since(writing, claim.user_id, since) >= self.at_most:
                # Two claims at once: the second is refused here, and on record when it is tried again.
                raise ConflictError("Another claim was made meanwhile: try again.")
            add_relationships(writing, (relationship,))
            keep_claim(writing, claim)

        await self.alerts.keep(event, alert, keep)
        return claim

    def _rows(self, permit: ClaimPermit, plea: ClaimPlea) -> tuple[Claim, Relationship]:
        question = permit.question
        relationship = Relationship(
            id=self.new_id(),
            patient_key=self.access.access.grants.key_of(question.patient),
            organisation=question.principal.organisation,
            type=RelationshipType.SELF_CLAIMED,
            basis=plea.reason_code.value,
            starts_at=permit.claimed_at,
            ends_at=permit.ends_at,
            source="self-claim",
            user_id=question.principal.user_id,
        )
        claim = Claim(
            id=self.new_id(),
            decision_id=permit.ground.decision_id,
            relationship=relationship.id,
            patient=question.patient_id,
            user_id=question.principal.user_id,
            reason_code=plea.reason_code,
            reason=plea.reason,
            claimed_at=permit.claimed_at,
            ends_at=permit.ends_at,
        )
        return claim, relationship


def _asked(
    question: Question, decision: ClaimPermit | Refusal, request_id: str, now: datetime
) -> Asked:
    return asked_row(
        AskedAct.CLAIM,
        decision if isinstance(decision, Refusal) else decision.ground,
        question.principal,
        request_id=request_id,
        purpose=question.purpose,
        patient=question.patient_id,
        at=now,
    )
