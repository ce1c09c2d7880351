"""Decide who may learn whose one coded record is: the only maker of a ReidentifyPermit.

Opens nothing, and does not say whether there is such a person: what the caller has to do with them is decided once they are
found, like any view (`decision.py`). docs/decisions/0039.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from gateway.access.decision import AccessControl
from gateway.access.granting import is_for_records_alone
from gateway.access.holds import is_ones_own
from gateway.access.permit import Refusal, RefusalReason, Reviewing, ReviewPermit
from gateway.access.role_ground import Ground
from gateway.identity import Principal
from gateway.store.reidentifications import AskedLately, Reidentification
from rbac.types import Purpose

REIDENTIFICATION_LASTS = timedelta(hours=72)
"""Judgement: over a weekend somebody who may agree comes back; who was asked about is forgotten then."""

MOST_A_DAY = 20
COUNTED_OVER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ReidentifyPermit:
    """Allow the vault to be asked once who one pseudonym is; somebody else than the caller agreed."""

    decision_id: UUID
    policy_version: str
    user_id: str
    reidentification: UUID
    project: str
    recipient: str
    epoch: int
    person: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReidentifyAccess:
    """Make permits to re-identify, and refusals."""

    access: AccessControl

    async def ground(self, principal: Principal, purpose: Purpose | None) -> Ground | Refusal:
        """Find whether somebody treats people at all, and so may ask.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.access.any_ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if ground.purpose is not Purpose.TREAT:
            return ground.refusal(RefusalReason.PURPOSE_NOT_ALLOWED)
        if not ground.sees_anything:
            return ground.refusal(RefusalReason.NO_PATIENT_ACCESS)
        if is_for_records_alone(principal):
            return ground.refusal(RefusalReason.OUT_OF_SCOPE)
        return ground

    async def asking(
        self, principal: Principal, purpose: Purpose | None, lately: AskedLately
    ) -> Ground | Refusal:
        """Decide whether somebody may ask about one more person today.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.ground(principal, purpose)
        if isinstance(ground, Ground) and is_too_many(lately):
            return ground.refusal(RefusalReason.TOO_MANY_REIDENTIFICATIONS)
        return ground

    async def agreeing(
        self, principal: Principal, purpose: Purpose | None, about: Reidentification | None
    ) -> ReviewPermit | Refusal:
        """Decide whether somebody may agree, or not, to what somebody else asked.

        Raises UnavailableError when there is no policy to decide under.
        """
        decision = await self.access.review_permit(principal, purpose, Reviewing.SETTLE)
        if isinstance(decision, Refusal):
            return decision
        if about is None:
            return _refusal(decision, RefusalReason.NOT_APPROVED, looks_like_not_found=True)
        if is_ones_own(decision, about.user_id):
            return _refusal(decision, RefusalReason.OWN_ACT)
        return decision

    async def permit(
        self, principal: Principal, purpose: Purpose | None, about: Reidentification | None
    ) -> ReidentifyPermit | Refusal:
        """Decide whether the vault may be asked now.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        now = self.access.clock()
        if about is None or not _is_theirs(about, principal) or about.person is None:
            return ground.refusal(RefusalReason.NOT_APPROVED, looks_like_not_found=True)
        if now >= about.ends_at:
            return ground.refusal(RefusalReason.NOT_APPROVED, looks_like_not_found=True)
        if about.approved_by is None or about.approved_by == about.user_id:
            return ground.refusal(RefusalReason.SECOND_PERSON_NEEDED)
        return ReidentifyPermit(
            decision_id=ground.decision_id,
            policy_version=ground.policy_version,
            user_id=principal.user_id,
            reidentification=about.id,
            project=about.project,
            recipient=about.recipient,
            epoch=about.epoch,
            person=about.person,
            expires_at=about.ends_at,
        )


def is_too_many(lately: AskedLately) -> bool:
    """Say whether a person, or their organisation, has asked about as many as a day allows."""
    return max(lately.by_user, lately.by_organisation) >= MOST_A_DAY


def _is_theirs(about: Reidentification, principal: Principal) -> bool:
    # In the role and at the organisation in which they asked: what somebody agreed to was that.
    asked = (about.user_id, about.role, about.organisation)
    return asked == (principal.user_id, principal.role, principal.organisation)


def _refusal(
    decision: ReviewPermit, reason: RefusalReason, *, looks_like_not_found: bool = False
) -> Refusal:
    return Refusal(
        decision.decision_id,
        reason,
        decision.policy_version,
        looks_like_not_found=looks_like_not_found,
    )
