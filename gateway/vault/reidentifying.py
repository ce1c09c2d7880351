"""Take what a treating professional asks about one coded record, and what somebody else answers to that.

Holds no rule of its own, opens nothing: `gateway/access` decides, `revealing.py` tells. Every step is on record before its
effect, refusals too. docs/decisions/0039.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gateway.access.asking import Decided, asked_row, shown_row
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal, Reviewing
from gateway.access.reidentifying import (
    COUNTED_OVER,
    MOST_A_DAY,
    REIDENTIFICATION_LASTS,
    ReidentifyAccess,
)
from gateway.access.role_ground import Ground
from gateway.audit.acts import Asked, AskedAct, ReidentificationAsked, ReidentificationSettled
from gateway.audit.log import AuditLog
from gateway.errors import ConflictError
from gateway.patient.asked_rows import record_asked, refused
from gateway.policy.permitted import Asker
from gateway.store.engine import Store
from gateway.store.reidentifications import (
    Reidentification,
    approve_reidentification,
    asked_lately,
    end_overdue_reidentifications,
    end_reidentification,
    keep_reidentification,
    reidentification_of,
    waiting_reidentifications,
)
from gateway.store.words import ReidentificationEnd
from gateway.vault.reading import CodedPerson, ReidentificationPlea


class Answer(StrEnum):
    """What somebody says to what somebody else asked."""

    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Reidentifications:
    """The use case up to the second person's answer, over the service's own database."""

    access: ReidentifyAccess
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def ask(self, asker: Asker, coded: CodedPerson, plea: ReidentificationPlea) -> UUID:
        """Ask whose one coded record is; what comes of it waits for somebody to agree.

        Raises RefusedError, ConflictError when others were asked about in the same moment, UnavailableError.
        """
        who, since = asker.principal, self.clock() - COUNTED_OVER
        lately = await self.store.read(asked_lately, who.user_id, who.organisation, since)
        decision = await self.access.asking(who, asker.purpose, lately)
        await self._record(asker, AskedAct.RE_IDENTIFY, decision)
        if isinstance(decision, Refusal):
            raise refused(decision)
        about = self._about(asker, decision, coded, plea)
        async with self.log.recorded(_event(about, decision.policy_version)) as session:
            await session.do(end_overdue_reidentifications, about.asked_at)
            is_kept = await session.do(keep_reidentification, about, MOST_A_DAY, since)
            must_have(is_kept, "Others were asked about meanwhile: try again.")
        return about.id

    async def waiting(self, asker: Asker) -> tuple[Reidentification, ...]:
        """List what waits for somebody to agree, without what projects call the people.

        Raises RefusedError, UnavailableError.
        """
        review = self.access.access.review_permit
        decision = await review(asker.principal, asker.purpose, Reviewing.LOOK)
        await self._record(asker, AskedAct.REVIEW, decision)
        if isinstance(decision, Refusal):
            raise refused(decision)
        found = await self.store.read(waiting_reidentifications, self.clock())
        row_b = shown_row(decision, None, {"re-identifications": len(found)}, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
        return tuple(replace(each, person=None) for each in found)

    async def answer(self, asker: Asker, about: UUID, answer: Answer) -> None:
        """Agree to what somebody else asked, or do not.

        Raises RefusedError, NotFoundError, ConflictError when it waits no longer, UnavailableError.
        """
        row = await self.store.read(reidentification_of, about)
        decision = await self.access.agreeing(asker.principal, asker.purpose, row)
        await self._record(asker, AskedAct.AGREE_TO_RE_IDENTIFY, decision)
        if isinstance(decision, Refusal):
            raise refused(decision)
        now, by = self.clock(), asker.principal.user_id
        decided = (decision.decision_id, decision.policy_version)
        async with self.log.recorded(
            ReidentificationSettled(now, by, *decided, about, answer)
        ) as session:
            if answer is Answer.APPROVED:
                is_done = await session.do(approve_reidentification, about, by, now)
            else:
                end = ReidentificationEnd.DECLINED
                is_done = await session.do(end_reidentification, about, end, now)
            must_have(is_done, "It waits for nobody any more.")

    async def _record(self, asker: Asker, act: AskedAct, decision: Decided) -> None:
        await record_asked(self.log, row_a(asker, act, decision, self.clock()))

    def _about(
        self, asker: Asker, ground: Ground, coded: CodedPerson, plea: ReidentificationPlea
    ) -> Reidentification:
        who, now = asker.principal, self.clock()
        return Reidentification(
            id=self.new_id(),
            decision_id=ground.decision_id,
            project=coded.project,
            recipient=coded.recipient,
            epoch=coded.epoch,
            person=coded.person,
            user_id=who.user_id,
            role=who.role,
            organisation=who.organisation,
            reason_code=plea.reason_code,
            reason=plea.reason,
            asked_at=now,
            ends_at=now + REIDENTIFICATION_LASTS,
        )


def row_a(
    asker: Asker, act: AskedAct, decision: Decided, at: datetime, patient: str | None = None
) -> Asked:
    """Give row A of one step; `patient` is an opaque id."""
    return asked_row(
        act,
        decision,
        asker.principal,
        request_id=asker.request_id,
        purpose=asker.purpose,
        patient=patient,
        at=at,
    )


def _event(about: Reidentification, decided_under: str) -> ReidentificationAsked:
    return ReidentificationAsked(
        at=about.asked_at,
        user_id=about.user_id,
        decision_id=about.decision_id,
        decided_under=decided_under,
        reidentification=about.id,
        project=about.project,
        recipient=about.recipient,
        epoch=about.epoch,
        reason_code=about.reason_code,
        reason=about.reason,
        ends_at=about.ends_at,
    )


def must_have(is_done: bool, otherwise: str) -> None:  # noqa: FBT001 - what the store says
    """Raise ConflictError unless the store did what it was to do; nothing of the act stands then."""
    if not is_done:
        raise ConflictError(otherwise)
