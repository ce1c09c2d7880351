"""Tell privacy officers of an act in the same transaction as its audit entry and all that comes of it.

Decides nothing and settles nothing: which acts are told is said where they are done. An act that cannot be told is
not done (docs/decisions/0016, section 4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from gateway.access.guarded import CallSite, asked
from gateway.audit.acts import Asked, AuditEvent
from gateway.audit.log import AuditLog
from gateway.store.privacy_alerts import PrivacyAlert, raise_privacy_alert
from gateway.store.sessions import Writing
from gateway.store.words import AlertKind

REVIEWED_WITHIN_DAYS = 5
"""Working days until an alert is overdue (docs/decisions/0016, section 5)."""

_SATURDAY = 5

Effect: TypeAlias = Callable[[Writing], None]
"""One step of an act; what it raises undoes all of the act."""


@dataclass(frozen=True, slots=True)
class Why:
    """What an alert says beyond who asked what about whom: the reason given, the refusal, the grant or claim."""

    reason_code: str | None = None
    refusal: str | None = None
    basis: UUID | None = None


NOTHING_MORE = Why()


@dataclass(frozen=True, slots=True)
class PrivacyAlerts:
    """Where alerts are kept. `source_organisations` run the sources of the deployment."""

    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    source_organisations: frozenset[str]

    async def keep(self, event: AuditEvent, alert: PrivacyAlert, *effects: Effect) -> None:
        """Record an act, its alert and its effects as one: all are durable then, or none.

        Raises AuditUnavailableError, PolicyChangedError as the log does, UnavailableError, and what an effect raises.
        """
        await asked(CallSite.PRIVACY_ALERT, lambda: self._keep(event, alert, effects), int)

    async def _keep(
        self, event: AuditEvent, alert: PrivacyAlert, effects: tuple[Effect, ...]
    ) -> int:
        async with self.log.recorded(event) as session:
            await session.do(raise_privacy_alert, alert)
            for effect in effects:
                await session.do(effect)
        return session.sequence

    def about(
        self, kind: AlertKind, act: Asked, why: Why, tell: frozenset[str] = frozenset()
    ) -> PrivacyAlert:
        """Make the alert of an act; the caller's organisation is told of everything, `tell` besides."""
        now = self.clock()
        return PrivacyAlert(
            id=self.new_id(),
            kind=kind,
            decision_id=act.decision_id,
            patient=act.patient,
            user_id=act.who.user_id,
            user_name=act.who.name,
            role=act.who.role,
            organisation=act.who.organisation,
            act=act.act.value,
            purpose=None if act.purpose is None else act.purpose.value,
            reason_code=why.reason_code,
            refusal=why.refusal,
            basis=why.basis,
            tell=tuple(sorted(tell | {act.who.organisation})),
            raised_at=now,
            due_at=working_days_after(now, REVIEWED_WITHIN_DAYS),
        )

    def sources_of(self, practice: str | None) -> frozenset[str]:
        """Name the organisations whose records are open once somebody reads this person's."""
        return self.source_organisations | (frozenset() if practice is None else {practice})


def working_days_after(at: datetime, days: int) -> datetime:
    """Give the same time some working days later.

    Units: days from Monday to Friday. Bank holidays are not known here, so an alert is overdue early, never late.
    """
    day = at
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day
