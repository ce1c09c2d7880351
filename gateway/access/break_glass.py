"""Decide who may break the glass about whom: the only maker of a BreakGlassPermit.

Opens no record: each reading is decided anew, under the grant that comes of this. Source: docs/decisions/0016.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fhir_profiles.vocabulary import Category
from gateway.access.decision import AccessControl, Question
from gateway.access.evidence import Recorded, could_not_tell, is_restricted
from gateway.access.granting import scopes_stand_against
from gateway.access.grants import GRANT_LASTS
from gateway.access.guarded import CallSite, told
from gateway.access.objections import objects_to_everything, standing_in_an_emergency
from gateway.access.permit import Refusal, RefusalReason
from gateway.access.relationships import Evidence, relationship_of
from gateway.access.role_ground import Ground
from gateway.errors import UnavailableError
from gateway.identity import Principal
from gateway.store.break_glass import Grant
from rbac.bars import EMERGENCY_PURPOSES
from rbac.types import Level, Purpose


@dataclass(frozen=True, slots=True)
class BreakGlassPermit:
    """Allow one caller to break the glass about one person, until `ends_at`.

    `opens` names the categories of which this step shows anything. `relationship` is None when there is none yet;
    `first_step` is the grant that a second step goes on from.
    """

    decision_id: UUID
    question: Question
    step: Purpose
    policy_version: str
    practice: str | None
    relationship: str | None
    opens: frozenset[Category]
    first_step: Grant | None
    granted_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Make permits to break the glass, and refusals."""

    access: AccessControl

    async def steps(self, principal: Principal) -> frozenset[Purpose]:
        """Name the steps that token and policy give a caller.

        Raises UnavailableError when there is no policy to decide under.
        """
        grounds = [await self.ground(principal, step) for step in EMERGENCY_PURPOSES]
        return frozenset(ground.purpose for ground in grounds if isinstance(ground, Ground))

    async def ground(self, principal: Principal, step: Purpose | None) -> Ground | Refusal:
        """Find whether a role has this step of an emergency at all.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.access.any_ground(principal, step)
        if isinstance(ground, Ground) and ground.purpose not in EMERGENCY_PURPOSES:
            return ground.refusal(RefusalReason.PURPOSE_NOT_ALLOWED)
        return ground

    async def permit(self, question: Question) -> BreakGlassPermit | Refusal:
        """Decide one step, `question.purpose`; a part that does not answer refuses it with `check-failed`.

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

    async def _on_the_person(
        self, question: Question, ground: Ground
    ) -> BreakGlassPermit | Refusal:
        first_step = None
        if ground.purpose is Purpose.BTG:
            first_step = await self.access.open_grant(question, Purpose.ETREAT)
            if first_step is None:
                return ground.refusal(RefusalReason.BREAK_GLASS_REQUIRED, question.patient_id)
        found = await self.access.evidence_on(question)
        if found is None:
            return ground.refusal(
                RefusalReason.UNKNOWN_PERSON, question.patient_id, looks_like_not_found=True
            )
        return told(
            CallSite.RELATIONSHIPS,
            lambda: self._on_evidence(question, ground, first_step, *found),
            BreakGlassPermit,
            Refusal,
        )

    def _on_evidence(
        self,
        question: Question,
        ground: Ground,
        first_step: Grant | None,
        evidence: Evidence,
        recorded: Recorded,
    ) -> BreakGlassPermit | Refusal:
        now = self.access.clock()
        relationship = relationship_of(question.principal, evidence, now)
        reason = _objection(relationship, evidence, recorded)
        if reason is not None:
            is_hidden = reason is RefusalReason.NO_RELATIONSHIP
            return ground.refusal(reason, question.patient_id, looks_like_not_found=is_hidden)
        return BreakGlassPermit(
            decision_id=ground.decision_id,
            question=question,
            step=ground.purpose,
            policy_version=ground.policy_version,
            practice=evidence.person.practice,
            relationship=relationship,
            opens=_opened(ground),
            first_step=first_step,
            granted_at=now,
            ends_at=now + GRANT_LASTS if first_step is None else first_step.ends_at,
        )


def _objection(
    relationship: str | None, evidence: Evidence, recorded: Recorded
) -> RefusalReason | None:
    if relationship is None and is_restricted(evidence.person):
        # Nobody, and a restricted person, must read alike whatever the probe did.
        silent = could_not_tell(evidence.probe)
        return RefusalReason.CHECK_FAILED if silent else RefusalReason.NO_RELATIONSHIP
    if objects_to_everything(standing_in_an_emergency(recorded.objections)):
        return RefusalReason.SHARING_RESTRICTED
    return None


def _opened(ground: Ground) -> frozenset[Category]:
    view = ground.levels.view
    return frozenset(
        category for (category, _label), level in view.items() if level is not Level.NONE
    )
