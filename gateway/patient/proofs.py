"""Give those entitled the proof that one entry of the audit is as it was written.

Shows who, when and why; no clinical content, for entries hold none. Reading the audit is itself two entries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.access.asking import asked_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal, Reviewing, ReviewPermit
from gateway.audit.acts import AskedAct, Disclosed, DisclosureOutcome
from gateway.audit.log import AuditLog
from gateway.audit.proving import ProvenEntry, prove
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.find import Finder
from gateway.store.engine import Store


@dataclass(frozen=True, slots=True)
class Proofs:
    """The use case, over the deployment's parts."""

    access: AccessControl
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]

    async def of_entry(self, finder: Finder, sequence: int) -> ProvenEntry:
        """Prove one entry, by its sequence number.

        Raises: NotFoundError when there is none, or none that a checkpoint covers yet; RefusedError; UnavailableError.
        """
        proven = await self.store.read(prove, sequence)
        patient = None if proven is None else proven.patient
        permit = await self._permit(finder, patient)
        await self._disclose(permit, patient, 0 if proven is None else 1)
        if proven is None:
            raise NotFoundError("There is no such entry, or no checkpoint covers it yet.")
        return proven

    async def _permit(self, finder: Finder, patient: str | None) -> ReviewPermit:
        decision = await self.access.review_permit(finder.principal, finder.purpose, Reviewing.LOOK)
        row_a = asked_row(
            AskedAct.READ_AUDIT,
            decision,
            finder.principal,
            request_id=finder.request_id,
            purpose=finder.purpose,
            patient=patient,
            at=self.clock(),
        )
        await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision

    async def _disclose(self, permit: ReviewPermit, patient: str | None, entries: int) -> None:
        row_b = Disclosed(
            decision_id=permit.decision_id,
            at=self.clock(),
            user_id=permit.principal.user_id,
            patient=patient,
            outcome=DisclosureOutcome.DISCLOSED if entries else DisclosureOutcome.NOTHING,
            sources={},
            shown={"audit-entries": entries},
            withheld={},
        )
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
