"""List what waits for a privacy officer, and settle it: suspect answers, and the holds that came of them.

Shows no clinical content and asks no source. What a release means: docs/decisions/0010. Both audit rows, and
one entry with each effect.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fhir_profiles.vocabulary import Category
from gateway.access.asking import asked_row, shown_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.holds import may_know_whose
from gateway.access.permit import Refusal, Reviewing, ReviewPermit
from gateway.audit.acts import (
    Asked,
    AskedAct,
    IdentityHoldRejected,
    IdentityHoldReleased,
    SafetyEventReviewed,
)
from gateway.audit.log import AuditLog
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.find import Finder
from gateway.store.engine import Store
from gateway.store.identity_holds import (
    HeldAnswer,
    held_answer,
    held_answers,
    reject_held,
    release_held,
)
from gateway.store.safety_events import (
    SafetyEvent,
    open_safety_events,
    review_safety_event,
    reviewed_safety_events,
    safety_event_of,
)

LISTED_AT_MOST = 500
"""Far above what a day brings; the oldest come first, so nothing is out of reach for good."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """The privacy officer's use case, over the deployment's parts."""

    access: AccessControl
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]

    async def held(self, finder: Finder) -> tuple[HeldAnswer, ...]:
        """List the holds that stand, oldest first.

        Raises RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, AskedAct.REVIEW, None)
        found = await self.store.read(held_answers, LISTED_AT_MOST)
        await self._disclose(permit, None, {"identity-holds": len(found)})
        return found

    async def held_one(self, finder: Finder, held_under: UUID, source: str) -> HeldAnswer:
        """Give one hold, so that the officer can be told whose record is in doubt.

        Raises NotFoundError, RefusedError, UnavailableError.
        """
        held = await self.store.read(held_answer, held_under, source)
        patient = None if held is None else held.patient
        permit = await self._permit(finder, AskedAct.REVIEW, patient)
        told = (
            Category.DEMOGRAPHICS.value
            if may_know_whose(permit.principal.role)
            else "identity-holds"
        )
        await self._disclose(permit, patient, {} if held is None else {told: 1})
        if held is None:
            raise NotFoundError("There is no such hold.")
        return held

    async def release(self, finder: Finder, held_under: UUID, source: str) -> None:
        """End a hold: the source is asked again, and its answer is proven or held anew.

        Raises NotFoundError when it does not stand, RefusedError, UnavailableError.
        """
        held = await self.store.read(held_answer, held_under, source)
        patient = None if held is None else held.patient
        permit = await self._permit(finder, AskedAct.RELEASE, patient)
        now, user_id = self.clock(), permit.principal.user_id
        event = IdentityHoldReleased(now, user_id, patient, permit.decision_id, held_under, source)
        async with self.log.recorded(event) as session:
            _must_have_been(await session.do(release_held, held_under, source))

    async def reject(self, finder: Finder, held_under: UUID, source: str) -> None:
        """Say that held data is somebody else's: it stays withheld, and waits for nobody.

        Raises NotFoundError when there is no undecided hold, RefusedError, UnavailableError.
        """
        held = await self.store.read(held_answer, held_under, source)
        patient = None if held is None else held.patient
        permit = await self._permit(finder, AskedAct.REJECT, patient)
        now, user_id = self.clock(), permit.principal.user_id
        event = IdentityHoldRejected(now, user_id, patient, permit.decision_id, held_under, source)
        async with self.log.recorded(event) as session:
            _must_have_been(await session.do(reject_held, held_under, source, now, user_id))

    async def events(self, finder: Finder, *, reviewed: bool) -> tuple[SafetyEvent, ...]:
        """List the safety events that wait, oldest first, or those that were reviewed, latest first.

        Raises RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, AskedAct.REVIEW, None)
        listing = reviewed_safety_events if reviewed else open_safety_events
        found = await self.store.read(listing, LISTED_AT_MOST)
        await self._disclose(permit, None, {"safety-events": len(found)})
        return found

    async def review_event(self, finder: Finder, event_id: UUID) -> None:
        """Note that a safety event was looked at.

        Raises NotFoundError when no such event waits, RefusedError, UnavailableError.
        """
        known = await self.store.read(safety_event_of, event_id)
        patient = None if known is None else known.patient
        permit = await self._permit(finder, AskedAct.SETTLE, patient)
        now, user_id = self.clock(), permit.principal.user_id
        event = SafetyEventReviewed(now, user_id, patient, permit.decision_id, event_id)
        async with self.log.recorded(event) as session:
            _must_have_been(await session.do(review_safety_event, event_id, now, user_id))

    async def _permit(self, finder: Finder, act: AskedAct, patient: str | None) -> ReviewPermit:
        reviewing = Reviewing.LOOK if act is AskedAct.REVIEW else Reviewing.SETTLE
        decision = await self.access.review_permit(finder.principal, finder.purpose, reviewing)
        row_a = _asked(finder, act, decision, patient, self.clock())
        await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision

    async def _disclose(
        self, permit: ReviewPermit, patient: str | None, shown: dict[str, int]
    ) -> None:
        row_b = shown_row(permit, patient, shown, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)


def _must_have_been(was_open: bool) -> None:  # noqa: FBT001 - the store's own answer
    # Raised within the recorded act, so that neither its entry nor anything else of it is kept.
    if not was_open:
        raise NotFoundError("Somebody has settled it already.")


def _asked(
    finder: Finder,
    act: AskedAct,
    decision: ReviewPermit | Refusal,
    patient: str | None,
    now: datetime,
) -> Asked:
    return asked_row(
        act,
        decision,
        finder.principal,
        request_id=finder.request_id,
        purpose=finder.purpose,
        patient=patient,
        at=now,
    )
