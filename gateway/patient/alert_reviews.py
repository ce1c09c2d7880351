"""List what privacy officers are told of, and keep what they found.

Shows who, whose, when, why and how much of which kind was opened; never content. Who reviews is never the person
concerned (docs/decisions/0016, section 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from gateway.access.asking import asked_row, shown_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.holds import is_ones_own
from gateway.access.permit import Refusal, RefusalReason, Reviewing, ReviewPermit
from gateway.audit.acts import (
    Asked,
    AskedAct,
    PrivacyAlertSettled,
)
from gateway.audit.log import AuditLog
from gateway.audit.opened import Opening, opened_by
from gateway.audit.radar.rules import place_of
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.asked_rows import record_asked
from gateway.patient.find import Finder
from gateway.patient.radar import LOOKS_BACK
from gateway.store.break_glass import grant_of
from gateway.store.claims import claim_of
from gateway.store.engine import Store
from gateway.store.privacy_alerts import (
    PrivacyAlert,
    open_privacy_alerts,
    privacy_alert_of,
    settle_privacy_alert,
    settled_privacy_alerts,
)
from gateway.store.radar_hits import RadarHit, RuleOutcomes, radar_hits_of, rule_outcomes
from gateway.store.sessions import Reading
from gateway.store.words import AlertKind, AlertOutcome

LISTED_AT_MOST = 100
"""The soonest due come first, so nothing is out of reach once these are settled."""

_READ_FOR = {
    AlertKind.BREAK_GLASS: timedelta(hours=1, minutes=1),
    AlertKind.SELF_CLAIM: timedelta(hours=24, minutes=1),
    AlertKind.RESTRICTED_PERSON: timedelta(minutes=10),
}
"""How long after the alert its readings can have been; a minute for one that was under way at the end."""


@dataclass(frozen=True, slots=True)
class ReviewedAlert:
    """An alert as an officer sees it: `reason` in the caller's own words, `opened` items by category; `hits` why the radar tells."""

    alert: PrivacyAlert
    reason: str | None = field(repr=False)
    opened: Mapping[str, int]
    is_overdue: bool
    hits: tuple[RadarHit, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertReviews:
    """The privacy officer's list, over the deployment's parts."""

    access: AccessControl
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]

    async def list(self, finder: Finder, *, settled: bool) -> tuple[ReviewedAlert, ...]:
        """List alerts that wait, the soonest due first, or those settled, the latest first.

        Raises RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, AskedAct.REVIEW, None)
        listing = settled_privacy_alerts if settled else open_privacy_alerts
        alerts = await self.store.read(listing, LISTED_AT_MOST)
        found = await self.store.read(_told, alerts, self.clock())
        await self._disclose(permit, None, len(found))
        return found

    async def rule_outcomes(self, finder: Finder) -> tuple[RuleOutcomes, ...]:
        """Count by rule of the radar what was told, and what was found of it.

        Raises RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, AskedAct.REVIEW, None)
        found = await self.store.read(rule_outcomes)
        await self._disclose(permit, None, len(found))
        return found

    async def one(self, finder: Finder, alert_id: UUID) -> ReviewedAlert:
        """Give one alert.

        Raises NotFoundError, RefusedError, UnavailableError.
        """
        alert = await self.store.read(privacy_alert_of, alert_id)
        permit = await self._permit(finder, AskedAct.REVIEW, alert)
        alerts = () if alert is None else (alert,)
        found = await self.store.read(_told, alerts, self.clock())
        await self._disclose(permit, alert, len(found))
        if not found:
            raise NotFoundError("There is no such alert.")
        return found[0]

    async def settle(self, finder: Finder, alert_id: UUID, outcome: AlertOutcome) -> None:
        """Keep what an officer found.

        Raises NotFoundError when no such alert waits, RefusedError (its own person among others), UnavailableError.
        """
        alert = await self.store.read(privacy_alert_of, alert_id)
        permit = await self._permit(finder, AskedAct.SETTLE, alert)
        now, user_id = self.clock(), permit.principal.user_id
        patient = None if alert is None else alert.patient
        event = PrivacyAlertSettled(
            now, user_id, patient, permit.decision_id, alert_id, outcome.value
        )
        async with self.log.recorded(event) as session:
            _must_have_waited(
                await session.do(settle_privacy_alert, alert_id, outcome, now, user_id)
            )

    async def _permit(
        self, finder: Finder, act: AskedAct, alert: PrivacyAlert | None
    ) -> ReviewPermit:
        reviewing = Reviewing.LOOK if act is AskedAct.REVIEW else Reviewing.SETTLE
        decision = await self.access.review_permit(finder.principal, finder.purpose, reviewing)
        concerned = None if alert is None else alert.user_id
        if isinstance(decision, ReviewPermit) and is_ones_own(decision, concerned):
            decision = Refusal(decision.decision_id, RefusalReason.OWN_ACT, decision.policy_version)
        patient = None if alert is None else alert.patient
        await record_asked(self.log, _asked(finder, act, decision, patient, self.clock()))
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision

    async def _disclose(self, permit: ReviewPermit, alert: PrivacyAlert | None, count: int) -> None:
        patient = None if alert is None else alert.patient
        row_b = shown_row(permit, patient, {"privacy-alerts": count}, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)


def _must_have_waited(is_settled: bool) -> None:  # noqa: FBT001 - what the store says
    if not is_settled:
        raise NotFoundError("No such alert waits.")


def _told(
    reading: Reading, alerts: tuple[PrivacyAlert, ...], now: datetime
) -> tuple[ReviewedAlert, ...]:
    hits = radar_hits_of(reading, [alert.id for alert in alerts])
    return tuple(
        ReviewedAlert(
            alert,
            _reason(reading, alert),
            _opened(reading, alert),
            alert.outcome is None and alert.due_at <= now,
            tuple(sorted(hits.get(alert.id, ()), key=lambda hit: place_of(hit.rule))),
        )
        for alert in alerts
    )


def _reason(reading: Reading, alert: PrivacyAlert) -> str | None:
    if alert.basis is None:
        return None
    basis = grant_of(reading, alert.basis) or claim_of(reading, alert.basis)
    return None if basis is None else basis.reason


def _opened(reading: Reading, alert: PrivacyAlert) -> Mapping[str, int]:
    if alert.kind is AlertKind.RADAR:
        return _opened_before(reading, alert)
    lasts = _READ_FOR.get(alert.kind)
    if lasts is None or alert.patient is None:
        return {}
    is_one_reading = alert.kind is AlertKind.RESTRICTED_PERSON
    opening = Opening(
        alert.patient,
        alert.user_id,
        alert.raised_at - timedelta(minutes=1),
        alert.raised_at + lasts,
        alert.decision_id if is_one_reading else None,
        alert.basis if alert.kind is AlertKind.BREAK_GLASS else None,
    )
    return opened_by(reading, opening)


def _opened_before(reading: Reading, alert: PrivacyAlert) -> Mapping[str, int]:
    if alert.patient is None:
        return {}
    since = alert.raised_at - LOOKS_BACK
    opening = Opening(alert.patient, alert.user_id, since, alert.raised_at, every_decision=True)
    return opened_by(reading, opening)


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
