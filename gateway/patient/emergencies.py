"""Break the glass, list one's own broken glass, and end an emergency before its time.

Holds no rule: `gateway/access/break_glass.py` decides. Shows nothing of a record; grant, relationship, alert and
audit entry are one transaction, durable before anything may be read (docs/decisions/0016).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gateway.access.asking import asked_row
from gateway.access.break_glass import BreakGlass, BreakGlassPermit
from gateway.access.decision import Question
from gateway.access.granting import reaches
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal
from gateway.access.registry import BREAK_GLASS
from gateway.access.role_ground import Ground
from gateway.audit.acts import (
    Asked,
    AskedAct,
    Disclosed,
    DisclosureOutcome,
    EmergencyEnded,
    GlassBroken,
)
from gateway.audit.log import AuditLog
from gateway.errors import (
    NotAuthenticatedError,
    NotFoundError,
    PolicyChangedError,
    RefusedError,
    UnavailableError,
)
from gateway.identity import Principal
from gateway.patient.alerts import Effect, PrivacyAlerts, Why
from gateway.patient.asked_rows import NOBODYS_ATTEMPT, record_asked, refused
from gateway.patient.disclosure import DECISIONS_AT_MOST
from gateway.patient.find import Finder
from gateway.patient.pleas import Plea
from gateway.store.break_glass import (
    Grant,
    end_grant,
    ends_with_first,
    grants_of_session,
    keep_grant,
    move_grants,
)
from gateway.store.engine import Store
from gateway.store.relationships import Relationship, add_relationships, end_relationship
from gateway.store.sessions import Writing
from gateway.store.sign_ins import renew_sign_in
from gateway.store.view_permissions import move_permissions
from gateway.store.words import AlertKind, RelationshipType
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Renewal:
    """The hashes of a web session's id before and after the glass is broken in it (AU-14)."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A broken glass, and the categories of which it shows anything, in order."""

    grant: Grant
    opens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emergencies:
    """The use case of access in an emergency, over the deployment's parts."""

    access: BreakGlass
    alerts: PrivacyAlerts
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def steps(self, principal: Principal) -> frozenset[Purpose]:
        """Name the steps that may be offered to a caller; the act itself is decided anew, on record.

        Raises UnavailableError.
        """
        return await self.access.steps(principal)

    async def break_glass(
        self, question: Question, plea: Plea, request_id: str, renewal: Renewal | None = None
    ) -> Opened:
        """Take one step, `question.purpose`, for the session of the caller, or for its id after a renewal.

        Raises RefusedError, NotFoundError, UnavailableError; NotAuthenticatedError when a session to be renewed is gone.
        """
        for _attempt in range(DECISIONS_AT_MOST):
            decision = await self.access.permit(question)
            asker = Finder(question.principal, question.purpose, request_id)
            act = _asked(asker, AskedAct.BREAK_GLASS, decision, question.patient_id, self.clock())
            try:
                if isinstance(decision, Refusal):
                    await self._record_refusal(act, plea, decision)
                    raise refused(decision)
                await record_asked(self.log, act)
                return await self._break(decision, act, plea, renewal)
            except PolicyChangedError:
                continue
        raise UnavailableError("The role policy keeps changing.")

    async def own(self, finder: Finder) -> tuple[Grant, ...]:
        """List the glass that the caller's session has broken and that is open now, latest first, as far as scopes reach.

        Raises RefusedError, UnavailableError.
        """
        ground = await self._ground(finder, AskedAct.OWN_EMERGENCIES, None)
        found = await self._own(finder.principal)
        row_b = Disclosed(
            decision_id=ground.decision_id,
            at=self.clock(),
            user_id=finder.principal.user_id,
            patient=None,
            outcome=DisclosureOutcome.DISCLOSED if found else DisclosureOutcome.NOTHING,
            sources={},
            shown={"grants": len(found)},
            withheld={},
        )
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
        return found

    async def end(self, finder: Finder, grant_id: UUID) -> None:
        """End one's own emergency; the second step ends with the first.

        Raises NotFoundError when the caller's session has no such grant open, RefusedError, UnavailableError.
        """
        grant = next(
            (each for each in await self._own(finder.principal) if each.id == grant_id), None
        )
        patient = None if grant is None else grant.patient
        ground = await self._ground(finder, AskedAct.END_EMERGENCY, patient)
        if grant is None:
            raise NotFoundError("There is no such emergency.")
        now = self.clock()
        event = EmergencyEnded(
            now, finder.principal.user_id, grant.patient, ground.decision_id, grant.id
        )
        async with self.log.recorded(event) as session:
            await session.do(_end, grant, now)

    async def _own(self, principal: Principal) -> tuple[Grant, ...]:
        found = await self.store.read(
            grants_of_session, principal.user_id, principal.session, self.clock()
        )
        # Several applications may share a session: one that was launched for somebody else hears of nobody else.
        return tuple(each for each in found if reaches(principal, each.patient))

    async def _ground(self, finder: Finder, act: AskedAct, patient: str | None) -> Ground:
        ground = await self.access.ground(finder.principal, Purpose.ETREAT)
        row_a = _asked(finder, act, ground, patient, self.clock())
        await record_asked(self.log, row_a)
        if isinstance(ground, Refusal):
            raise refused(ground)
        return ground

    async def _record_refusal(self, act: Asked, plea: Plea, refusal: Refusal) -> None:
        if refusal.reason in NOBODYS_ATTEMPT:
            await record_asked(self.log, act)
            return
        why = Why(plea.reason_code.value, refusal.reason.value)
        alert = self.alerts.about(AlertKind.UNAUTHORISED_ATTEMPT, act, why)
        said = {"reason_code": plea.reason_code.value, "plea": plea.reason}
        told = replace(act, details={**act.details, **said})
        await self.alerts.keep(told, alert)

    async def _break(
        self, permit: BreakGlassPermit, act: Asked, plea: Plea, renewal: Renewal | None
    ) -> Opened:
        relationship = self._claimed(permit)
        grant = self._grant(permit, plea, relationship, renewal)
        why = Why(plea.reason_code.value, basis=grant.id)
        tell = self.alerts.sources_of(permit.practice)
        alert = self.alerts.about(AlertKind.BREAK_GLASS, act, why, tell)
        event = GlassBroken(
            at=grant.granted_at,
            user_id=grant.user_id,
            patient=grant.patient,
            decision_id=permit.decision_id,
            decided_under=permit.policy_version,
            grant=grant.id,
            step=grant.step.value,
            reason_code=plea.reason_code.value,
            reason=plea.reason,
            ends_at=grant.ends_at,
            tell=alert.tell,
        )
        await self.alerts.keep(event, alert, *_effects(grant, relationship, renewal))
        return Opened(grant, tuple(sorted(each.value for each in permit.opens)))

    def _claimed(self, permit: BreakGlassPermit) -> Relationship | None:
        if permit.relationship is not None or permit.first_step is not None:
            return None
        principal = permit.question.principal
        return Relationship(
            id=self.new_id(),
            patient_key=self._key_of(permit),
            organisation=principal.organisation,
            type=RelationshipType.SELF_CLAIMED,
            basis=permit.step.value,
            starts_at=permit.granted_at,
            ends_at=permit.ends_at,
            source=BREAK_GLASS,
            user_id=principal.user_id,
        )

    def _grant(
        self,
        permit: BreakGlassPermit,
        plea: Plea,
        relationship: Relationship | None,
        renewal: Renewal | None,
    ) -> Grant:
        principal, first_step = permit.question.principal, permit.first_step
        return Grant(
            id=self.new_id(),
            decision_id=permit.decision_id,
            patient_key=self._key_of(permit),
            patient=permit.question.patient_id,
            user_id=principal.user_id,
            session=principal.session if renewal is None else renewal.after,
            role=principal.role,
            organisation=principal.organisation,
            step=permit.step,
            reason_code=plea.reason_code,
            reason=plea.reason,
            granted_at=permit.granted_at,
            ends_at=permit.ends_at,
            first_step=None if first_step is None else first_step.id,
            relationship=None if relationship is None else relationship.id,
        )

    def _key_of(self, permit: BreakGlassPermit) -> str:
        return self.access.access.grants.key_of(permit.question.patient)


def _effects(
    grant: Grant, relationship: Relationship | None, renewal: Renewal | None
) -> tuple[Effect, ...]:
    founded = () if relationship is None else (relationship,)

    def keep(writing: Writing) -> None:
        if renewal is not None:
            _renew(writing, renewal)
        add_relationships(writing, founded)
        if not ends_with_first(writing, grant):
            raise RefusedError("break-glass-required", "The first step was ended meanwhile.")
        keep_grant(writing, grant)

    return (keep,)


def _end(writing: Writing, grant: Grant, now: datetime) -> None:
    if not end_grant(writing, grant, now):
        raise NotFoundError("The emergency has ended already.")
    if grant.relationship is not None:
        end_relationship(writing, grant.relationship, now)


def _renew(writing: Writing, renewal: Renewal) -> None:
    if not renew_sign_in(writing, renewal.before, renewal.after):
        raise NotAuthenticatedError("The session has ended.")
    move_grants(writing, renewal.before, renewal.after)
    move_permissions(writing, renewal.before, renewal.after)


def _asked(
    asker: Finder,
    act: AskedAct,
    decision: BreakGlassPermit | Ground | Refusal,
    patient: str | None,
    now: datetime,
) -> Asked:
    return asked_row(
        act,
        decision,
        asker.principal,
        request_id=asker.request_id,
        purpose=asker.purpose,
        patient=patient,
        at=now,
    )
