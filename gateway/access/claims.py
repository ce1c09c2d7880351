"""Decide who may claim a relationship by their own word: the only maker of a ClaimPermit.

Opens no record: each reading is decided anew, with the claim among the relationships. Source: docs/decisions/0020.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.access.decision import AccessControl, Question
from gateway.access.evidence import Recorded, could_not_tell, is_restricted
from gateway.access.granting import scopes_stand_against
from gateway.access.guarded import CallSite, told
from gateway.access.objections import objects_to_everything
from gateway.access.permit import Offer, Refusal, RefusalReason
from gateway.access.relationships import Evidence, relationship_of
from gateway.access.role_ground import Ground
from gateway.errors import UnavailableError
from gateway.identity import Principal
from rbac.types import Purpose

CLAIM_LASTS = timedelta(hours=24)
"""docs/decisions/0020, section 2."""


@dataclass(frozen=True, slots=True)
class ClaimPermit:
    """Allow one caller to claim a relationship with one person, until `ends_at`."""

    ground: Ground
    question: Question
    practice: str | None
    claimed_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SelfClaims:
    """Make permits to claim, and refusals."""

    access: AccessControl

    async def ground(self, principal: Principal, purpose: Purpose | None) -> Ground | Refusal:
        """Find whether a role may claim relationships at all.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.access.any_ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if ground.purpose is not Purpose.TREAT:
            return ground.refusal(RefusalReason.PURPOSE_NOT_ALLOWED)
        if Offer.SELF_CLAIM not in ground.offers or not ground.sees_anything:
            return ground.refusal(RefusalReason.NOT_FOR_ROLE)
        return ground

    async def permit(self, question: Question) -> ClaimPermit | Refusal:
        """Decide one claim, for direct care; a part that does not answer refuses it with `check-failed`.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.ground(question.principal, question.purpose)
        if isinstance(ground, Refusal):
            return ground
        against = scopes_stand_against(question.principal, question.wanted, question.patient_id)
        if against is not None:
            return ground.refusal(against, question.patient_id)
        try:
            return await self._on_the_person(question, ground)
        except UnavailableError:
            return ground.refusal(RefusalReason.CHECK_FAILED, question.patient_id)

    async def _on_the_person(self, question: Question, ground: Ground) -> ClaimPermit | Refusal:
        found = await self.access.evidence_on(question)
        if found is None:
            return ground.refusal(
                RefusalReason.UNKNOWN_PERSON, question.patient_id, looks_like_not_found=True
            )
        return told(
            CallSite.RELATIONSHIPS,
            lambda: self._on_evidence(question, ground, *found),
            ClaimPermit,
            Refusal,
        )

    def _on_evidence(
        self, question: Question, ground: Ground, evidence: Evidence, recorded: Recorded
    ) -> ClaimPermit | Refusal:
        now = self.access.clock()
        relationship = relationship_of(question.principal, evidence, now)
        reason = _objection(relationship, evidence, recorded)
        if reason is not None:
            is_hidden = reason is RefusalReason.NO_RELATIONSHIP
            return ground.refusal(reason, question.patient_id, looks_like_not_found=is_hidden)
        practice = evidence.person.practice
        return ClaimPermit(ground, question, practice, now, now + CLAIM_LASTS)


def _objection(
    relationship: str | None, evidence: Evidence, recorded: Recorded
) -> RefusalReason | None:
    if relationship is not None:
        return RefusalReason.ALREADY_RELATED
    if could_not_tell(evidence.probe):
        return RefusalReason.CHECK_FAILED
    if is_restricted(evidence.person):
        return RefusalReason.NO_RELATIONSHIP
    if objects_to_everything(recorded.objections):
        return RefusalReason.SHARING_RESTRICTED
    return None
