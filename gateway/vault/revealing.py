"""Tell a treating professional, once, whose the coded record is that somebody else agreed to.

Decides nothing: what the caller has to do with the person is decided as for any view. Whoever gets no answer learns nothing
of whether there is such a person. docs/decisions/0039.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.decision import Question
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Permit, Refusal, RefusalReason
from gateway.access.reidentifying import ReidentifyAccess, ReidentifyPermit
from gateway.audit.acts import (
    Asked,
    AskedAct,
    Disclosed,
    DisclosureOutcome,
    ReidentificationSettled,
)
from gateway.audit.canonical import Detail
from gateway.audit.log import AuditLog
from gateway.errors import NotFoundError, SharedCareRecordError, UnavailableError
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.asked_rows import record_asked, record_permit, refused
from gateway.patient.ids import PatientIds
from gateway.policy.permitted import Asker
from gateway.population.keys.keyring import KeyDestroyedError, KeyMissingError
from gateway.population.keys.provider import CustodyError
from gateway.store.engine import Store
from gateway.store.reidentifications import end_reidentification, reidentification_of
from gateway.store.words import ReidentificationEnd
from gateway.vault.reidentifying import must_have, row_a
from gateway.vault.sealing import UnopenedEntryError
from gateway.vault.vault import LinkageVault

NOBODY = NhsNumber("0000000019")
"""Stands for who cannot be found, so that as much is asked about nobody as about anybody. Judgement: no number that begins so
was ever issued; ranges in use begin with 3, 4, 6 or 7, Scotland's with a day of a month."""

_UNFOUND = {KeyDestroyedError: "key-destroyed", KeyMissingError: "no-such-key"}
_NO_SUBJECT = "nobody"


@dataclass(frozen=True, slots=True)
class Reidentified:
    """Whose a coded record is."""

    number: NhsNumber = field(repr=False)
    patient_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revealing:
    """The last step of the use case; `store` is the service's own database, the vault has its own.

    `open_vault` is entered with a permit alone; what cannot be opened, it says by UnavailableError.
    """

    access: ReidentifyAccess
    open_vault: Callable[[], AbstractAsyncContextManager[LinkageVault]]
    store: Store
    log: AuditLog
    alerts: PrivacyAlerts
    ids: PatientIds
    clock: Callable[[], datetime]

    async def reveal(self, asker: Asker, about: UUID) -> Reidentified:
        """Tell, once, whose a coded record is.

        Raises RefusedError while nobody agreed; NotFoundError alike for everything that concerns the person;
        ConflictError when it was used in the same moment; UnavailableError.
        """
        row = await self.store.read(reidentification_of, about)
        permit = await self.access.permit(asker.principal, asker.purpose, row)
        if isinstance(permit, Refusal):
            await record_asked(self.log, row_a(asker, AskedAct.RE_IDENTIFY, permit, self.clock()))
            raise refused(permit)
        async with AsyncExitStack() as held:
            vault = await self._opened(held, asker, permit)
            await self._use_up(permit)
            number, behind = await _behind(vault, permit)
        told = {"reidentification": str(permit.reidentification), "behind": behind}
        return await self._told(asker, number, told)

    async def _opened(
        self, held: AsyncExitStack, asker: Asker, permit: ReidentifyPermit
    ) -> LinkageVault:
        """Open the vault; that it could not be is on record, and uses nothing up."""
        try:
            return await held.enter_async_context(self.open_vault())
        except UnavailableError:
            failed = RefusalReason.CHECK_FAILED
            refusal = Refusal(permit.decision_id, failed, permit.policy_version)
            await record_asked(self.log, row_a(asker, AskedAct.RE_IDENTIFY, refusal, self.clock()))
            raise

    async def _use_up(self, permit: ReidentifyPermit) -> None:
        # Before it is opened: whatever happens then, one agreement never opens twice.
        now, used = self.clock(), ReidentificationEnd.USED
        event = ReidentificationSettled(
            at=now,
            user_id=permit.user_id,
            decision_id=permit.decision_id,
            decided_under=permit.policy_version,
            reidentification=permit.reidentification,
            outcome=used,
        )
        async with self.log.recorded(event) as session:
            is_done = await session.do(end_reidentification, permit.reidentification, used, now)
            must_have(is_done, "It was used already.")

    async def _told(
        self, asker: Asker, number: NhsNumber | None, told: dict[str, str]
    ) -> Reidentified:
        # Nobody is asked about all the same, so that the time taken tells nothing.
        found = Reidentified(number or NOBODY, self.ids.seal(number or NOBODY))
        question = Question(asker.principal, asker.purpose, found.number, found.patient_id)
        decision = await self.access.access.decide(question)
        patient = None if number is None else found.patient_id
        if number is None:
            decision = _of_nobody(decision)
        row = row_a(asker, AskedAct.RE_IDENTIFY, decision, self.clock(), patient)
        row = replace(row, details={**row.details, **told, **_marked(decision)})
        if isinstance(decision, Refusal):
            await record_asked(self.log, row)
            raise _untold(decision)
        await record_permit(self.log, self.alerts, _resting(row, decision), decision)
        row_b = _shown(decision, self.clock())
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
        return found


async def _behind(vault: LinkageVault, permit: ReidentifyPermit) -> tuple[NhsNumber | None, str]:
    """Give the number, or none, and in a closed word what was found."""
    try:
        number = await vault.number_behind(permit)
    except (KeyDestroyedError, KeyMissingError) as gone:
        return None, _UNFOUND[type(gone)]
    except (CustodyError, UnopenedEntryError) as fault:
        raise UnavailableError("The linkage vault could not be opened.") from fault
    return number, _NO_SUBJECT if number is None else "somebody"


def _of_nobody(decision: Permit | Refusal) -> Refusal:
    if isinstance(decision, Refusal) and decision.reason is RefusalReason.CHECK_FAILED:
        return decision
    unknown = RefusalReason.UNKNOWN_PERSON
    return Refusal(decision.decision_id, unknown, decision.policy_version)


def _untold(decision: Refusal) -> SharedCareRecordError:
    if decision.reason is RefusalReason.CHECK_FAILED:
        return refused(decision)
    return NotFoundError("There is no such person for this caller.")


def _marked(decision: Permit | Refusal) -> dict[str, Detail]:
    return {"marks": " ".join(sorted(decision.marks))} if decision.marks else {}


def _resting(row: Asked, permit: Permit) -> Asked:
    return replace(
        row,
        relationship=permit.relationship,
        levels=permit.levels.digest,
        agreements=permit.agreements,
    )


def _shown(permit: Permit, at: datetime) -> Disclosed:
    return Disclosed(
        decision_id=permit.decision_id,
        at=at,
        user_id=permit.principal.user_id,
        patient=permit.patient_id,
        outcome=DisclosureOutcome.DISCLOSED,
        sources={},
        shown={"demographics": 1},
        withheld={},
    )
