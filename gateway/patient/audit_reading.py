"""Read the audit about one person, for those who may: who, when, why and by which rule, never content.

Asks no source. Reading the audit is itself audited: row A before anything is read, row B before the first byte. Whom an
entry that is asked for by its number is about is known when it has been read, so row B alone names them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.access.asking import asked_row, shown_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Refusal, Reviewing, ReviewPermit
from gateway.audit.acts import AskedAct
from gateway.audit.consistency import Consistency, prove_consistency
from gateway.audit.log import AuditLog
from gateway.audit.proving import ProvenEntry, prove
from gateway.audit.searching import AuditPage, AuditPlace, AuditSearch, numbered, page_of
from gateway.audit.told import Told
from gateway.errors import NotFoundError, RefusedError
from gateway.patient.asked_rows import record_asked
from gateway.patient.find import Finder
from gateway.store.engine import Store

SHOWN = "audit-entries"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of which search: `patient` is the person's id as it is written now."""

    patient: str
    search: AuditSearch
    place: AuditPlace | None
    count: int


@dataclass(frozen=True, slots=True)
class AuditReading:
    """The use case, over the deployment's parts."""

    access: AccessControl
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]

    async def page(self, finder: Finder, wanted: Wanted) -> AuditPage:
        """Give a page of what was done about a person; each page is decided and recorded anew.

        Raises RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, wanted.patient)
        found = await self.store.read(page_of, wanted.search, wanted.place, wanted.count)
        await self._disclose(permit, wanted.patient, len(found.told))
        return found

    async def one(self, finder: Finder, sequence: int) -> Told:
        """Give one entry, of whatever kind.

        Raises NotFoundError, RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, None)
        found = await self.store.read(numbered, sequence)
        patient = None if found is None else found.entry.patient
        await self._disclose(permit, patient, 0 if found is None else 1)
        if found is None:
            raise NotFoundError("There is no such entry.")
        return found

    async def proven(self, finder: Finder, sequence: int) -> ProvenEntry:
        """Prove one entry.

        Raises NotFoundError when there is none, or none that a checkpoint covers yet; RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, None)
        found = await self.store.read(prove, sequence)
        patient = None if found is None else found.patient
        await self._disclose(permit, patient, 0 if found is None else 1)
        if found is None:
            raise NotFoundError("There is no such entry, or no checkpoint covers it yet.")
        return found

    async def grown(self, finder: Finder, old: int, new: int) -> Consistency:
        """Prove that the log grew from so many entries to a checkpoint of so many; no entry is given out.

        Its hashes can be those of single entries, and confirm what somebody guesses of them: it is for who may read them.
        Raises NotFoundError when there is no such checkpoint; RefusedError, UnavailableError.
        """
        permit = await self._permit(finder, None)
        found = await self.store.read(prove_consistency, old, new)
        await self._disclose(permit, None, 0)
        if found is None:
            raise NotFoundError("There are no such checkpoints.")
        return found

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
        await record_asked(self.log, row_a)
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision

    async def _disclose(self, permit: ReviewPermit, patient: str | None, count: int) -> None:
        row_b = shown_row(permit, patient, {SHOWN: count}, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
