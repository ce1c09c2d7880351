"""Tell privacy officers of what the radar finds in the last days' audit, each once.

Looks by no rule of its own (`gateway/audit/radar`) and stops nobody: who is told of may be quite right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.audit.log import AuditLog
from gateway.audit.radar.suspicions import Suspicion, suspicions_in
from gateway.audit.radar.window import accesses_since
from gateway.audit.radar_acts import RadarAlertRaised
from gateway.patient.alerts import REVIEWED_WITHIN_DAYS, working_days_after
from gateway.store.engine import Store
from gateway.store.privacy_alerts import PrivacyAlert, raise_privacy_alert
from gateway.store.radar_hits import RadarHit, add_radar_hits, radar_told_until
from gateway.store.sessions import Reading
from gateway.store.words import AlertKind

LOOKS_BACK = timedelta(days=14)
"""Two weeks: what is usual for a rota needs one full turn, and an officer can still ask somebody what they did. Judgement."""

BY = "scr audit radar"
"""Whom the audit names for what the radar does."""


class AlreadyToldError(Exception):
    """Another sweep has told of the same since this one looked."""


@dataclass(frozen=True, slots=True)
class Radar:
    """The radar over the deployment's own audit."""

    store: Store
    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def sweep(self) -> int:
        """Raise an alert for everything that was not told yet; say how many.

        Raises UnavailableError; what was raised by then stays.
        """
        accesses = await accesses_since(self.store, self.clock() - LOOKS_BACK)
        found = suspicions_in(accesses)
        new = await self.store.read(_not_told, found)
        return sum([await self._tell(each) for each in new])

    async def _tell(self, suspicion: Suspicion) -> bool:
        alert = self._alert(suspicion)
        hits = [
            RadarHit(alert.id, hit.rule.value, why, len(hit.decisions))
            for hit, why in suspicion.told
        ]
        rules = tuple(hit.rule for hit in hits)
        count = len(suspicion.accesses)
        event = RadarAlertRaised(alert.raised_at, BY, alert.id, alert.user_id, rules, count)
        try:
            async with self.log.recorded(event) as session:
                # Looked at again in the transaction itself: sweeps may run at the same time, and each tells once.
                if await session.do(_is_told, suspicion):
                    raise AlreadyToldError
                await session.do(raise_privacy_alert, alert)
                await session.do(add_radar_hits, hits)
        except AlreadyToldError:
            return False
        return True

    def _alert(self, suspicion: Suspicion) -> PrivacyAlert:
        now, last = self.clock(), suspicion.accesses[-1]
        return PrivacyAlert(
            id=self.new_id(),
            kind=AlertKind.RADAR,
            decision_id=last.decision_id,
            patient=suspicion.patient,
            user_id=suspicion.user_id,
            user_name=last.user_name,
            role=last.role,
            organisation=last.organisation,
            act=last.act.value,
            purpose=last.purpose,
            reason_code=None,
            refusal=None if last.is_allowed else last.reason,
            basis=None,
            tell=(last.organisation,),
            raised_at=now,
            due_at=working_days_after(now, REVIEWED_WITHIN_DAYS),
        )


def _not_told(reading: Reading, found: tuple[Suspicion, ...]) -> tuple[Suspicion, ...]:
    return tuple(each for each in found if not _is_told(reading, each))


def _is_told(reading: Reading, suspicion: Suspicion) -> bool:
    until = radar_told_until(reading, suspicion.user_id, suspicion.patient)
    return until is not None and suspicion.accesses[-1].at <= until
