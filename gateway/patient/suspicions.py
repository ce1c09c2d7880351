"""Keep what makes an answer suspect: a safety event, and a hold where it is unsure whose the answer is.

Decides nothing: `verify` does. Keeps no answer: source, reason, a keyed hash and the decision (docs/decisions/0007,
sections 2 and 6).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from adapters.contract import Reason
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.permit import Permit
from gateway.audit.acts import SafetyEventRaised
from gateway.audit.log import AuditLog
from gateway.patient.receipt import SourceEnd
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.safety_events import SafetyEvent, record_safety_event

WRONG_PATIENT_HAZARD = "H-01"

_UNSURE_WHOSE = frozenset({Reason.NUMBER_NOT_VERIFIED, Reason.DEMOGRAPHICS_DIFFER})
"""The source may well mean this person, so asking it again gives the same: somebody must look.

An answer that names somebody else's number is a fault of the source, not a doubt about this person.
"""


@dataclass(frozen=True, slots=True)
class Suspicions:
    """Where suspect answers are kept. `person_key` gives the keyed hash of a number."""

    log: AuditLog
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    person_key: Callable[[NhsNumber], str]

    async def keep(self, permit: Permit, end: SourceEnd) -> None:
        """Keep a rejected answer's event, and its hold, in one transaction with its audit entry.

        Raises AuditUnavailableError; then neither is kept and nothing may be shown.
        """
        now = self.clock()
        raised = SafetyEventRaised(
            now,
            permit.principal.user_id,
            permit.patient_id,
            permit.decision_id,
            end.source_id,
            end.reason,
        )
        async with self.log.recorded(raised) as session:
            await session.do(record_safety_event, self._event(permit, end, now))
            if end.reason in _UNSURE_WHOSE:
                await session.do(hold_identity, self._hold(permit, end, now))

    def _event(self, permit: Permit, end: SourceEnd, now: datetime) -> SafetyEvent:
        return SafetyEvent(
            self.new_id(),
            WRONG_PATIENT_HAZARD,
            end.source_id,
            end.reason.value,
            now,
            permit.patient_id,
            permit.decision_id,
        )

    def _hold(self, permit: Permit, end: SourceEnd, now: datetime) -> IdentityHold:
        # Under the number that PDS has now: every request reads that one, whichever it asks by.
        key = self.person_key(permit.person.nhs_number)
        return IdentityHold(key, end.source_id, end.reason.value, now, permit.decision_id)
