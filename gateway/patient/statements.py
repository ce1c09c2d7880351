"""Give the statement of who has used a person's record, to those who may read the audit; it is an act on record itself.

Shows no record. Row A comes first, row B is durable before the first byte, and both stand in the statement that they
are about. Source: docs/decisions/0025.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.contract import Demographics, DemographicsSource, Outcome, Trace, TraceOutcome
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.access.asking import asked_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.holds import may_know_whose
from gateway.access.permit import Refusal, RefusalReason, Reviewing, ReviewPermit
from gateway.audit.acts import AskedAct, Disclosed, DisclosureOutcome
from gateway.audit.entries import AuditEntry, entries_about, entries_of_decision
from gateway.audit.log import AuditLog
from gateway.audit.proving import ProvenEntry, prove_each
from gateway.audit.statement import Statement, statement_of
from gateway.errors import NoDemographicsError, NotFoundError, RefusedError, UnavailableError
from gateway.identity import Principal
from gateway.patient.find import Finder
from gateway.patient.ids import PatientIds
from gateway.store.engine import Store

ENTRIES = "audit-entries"

PROVEN_AT_ONCE = 200
"""A question to the database has two seconds; this many take a fraction of one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a statement is about. `person` is None where the reader may not know, or PDS knows nobody."""

    patient_id: str
    person: Demographics | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PatientStatement:
    """A statement, whom it is about, and who made it when."""

    subject: Subject
    statement: Statement
    made_by: Principal
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Statements:
    """The use case of the patient's statement. `organisations` gives their names by ODS code."""

    access: AccessControl
    demographics: DemographicsSource
    ids: PatientIds
    store: Store
    log: AuditLog
    clock: Callable[[], datetime]
    organisations: Mapping[str, str]

    async def find(self, finder: Finder, number: NhsNumber) -> Subject:
        """Name the person who holds a number, so that it can be checked before their statement is opened.

        Raises RefusedError, NoDemographicsError, UnavailableError; NotFoundError where PDS knows nobody.
        """
        patient_id = self.ids.seal(number)
        permit, _row_a = await self._permit(finder, AskedAct.FIND, patient_id)
        trace = await self._trace(number)
        await self._disclose(permit, patient_id, trace, _told_of(trace))
        person = _person(trace)
        if person is None:
            raise NotFoundError("There is nobody with this number.")
        # Under the number that was asked for: PDS leads from an older number to the newer one, and never back.
        return Subject(patient_id, person)

    async def of(self, finder: Finder, patient_id: str) -> PatientStatement:
        """Give the statement of one person, by any opaque id of theirs, as of its own row A.

        Raises NotFoundError for what is no id, RefusedError, NoDemographicsError, UnavailableError.
        """
        number = self.ids.open(patient_id)
        current = None if number is None else self.ids.seal(number)
        permit, row_a = await self._permit(finder, AskedAct.STATEMENT, current)
        if number is None or current is None:
            await self._disclose(permit, None, Trace(TraceOutcome.NOT_FOUND), {})
            raise NotFoundError("There is no such patient.")
        trace = await self._trace(number)
        every_id = self._every_id(number, _person(trace))
        entries = await self.store.read(entries_about, every_id, row_a)
        knows = may_know_whose(permit.principal.role)
        shown = {ENTRIES: len(entries), **(_told_of(trace) if knows else {})}
        await self._disclose(permit, current, trace, shown)
        own = await self.store.read(entries_of_decision, permit.decision_id)
        # Beside the event loop: of somebody in long care there are thousands.
        whole = _together(entries, own)
        statement = await asyncio.to_thread(statement_of, whole, row_a, self.organisations)
        subject = Subject(current, _person(trace) if knows else None)
        return PatientStatement(subject, statement, permit.principal, self.clock())

    async def proven(self, made: PatientStatement) -> Mapping[int, ProvenEntry]:
        """Prove the entries of a statement, by sequence number; those that no checkpoint covers yet are absent.

        Raises UnavailableError.
        """
        numbers = [each for line in made.statement.lines for each in line.access.sequences]
        found: dict[int, ProvenEntry] = {}
        for start in range(0, len(numbers), PROVEN_AT_ONCE):
            some = numbers[start : start + PROVEN_AT_ONCE]
            found |= await self.store.read(prove_each, some)
        return found

    def _every_id(self, number: NhsNumber, person: Demographics | None) -> tuple[str, ...]:
        # What was recorded under a number that PDS has replaced is about the same person.
        others = () if person is None else (person.nhs_number, *person.superseded)
        numbers = dict.fromkeys((number, *others))
        return tuple(each for one in numbers for each in self.ids.every_id(one))

    async def _permit(
        self, finder: Finder, act: AskedAct, patient: str | None
    ) -> tuple[ReviewPermit, int]:
        decision = await self.access.review_permit(finder.principal, finder.purpose, Reviewing.LOOK)
        if isinstance(decision, ReviewPermit) and not _may(act, decision.principal):
            decision = Refusal(
                decision.decision_id, RefusalReason.NOT_FOR_ROLE, decision.policy_version
            )
        row_a = asked_row(
            act,
            decision,
            finder.principal,
            request_id=finder.request_id,
            purpose=finder.purpose,
            patient=patient,
            at=self.clock(),
        )
        sequence = await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        if isinstance(decision, Refusal):
            raise RefusedError(decision.told, "The request was refused.")
        return decision, sequence

    async def _trace(self, number: NhsNumber) -> Trace:
        try:
            return await asked(CallSite.DEMOGRAPHICS, lambda: self.demographics.read(number), Trace)
        except UnavailableError:
            return Trace(TraceOutcome.UNAVAILABLE)

    async def _disclose(
        self, permit: ReviewPermit, patient: str | None, trace: Trace, shown: Mapping[str, int]
    ) -> None:
        """Record what is shown, which is nothing where PDS did not say who the person is."""
        is_known = trace.outcome in _OUTCOME_OF_TRACE
        told = shown if is_known else {}
        row_b = Disclosed(
            decision_id=permit.decision_id,
            at=self.clock(),
            user_id=permit.principal.user_id,
            patient=patient,
            outcome=DisclosureOutcome.DISCLOSED if told else DisclosureOutcome.NOTHING,
            sources={"pds": (_OUTCOME_OF_TRACE.get(trace.outcome, Outcome.FAILED), trace.reason)},
            shown=told,
            withheld={},
        )
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)
        if not is_known:
            # Without PDS nobody knows which other numbers were this person's: a part would pass for the whole.
            raise NoDemographicsError("The demographics service did not answer.")


def _may(act: AskedAct, principal: Principal) -> bool:
    return act is AskedAct.STATEMENT or may_know_whose(principal.role)


def _person(trace: Trace) -> Demographics | None:
    return trace.people[0] if trace.outcome is TraceOutcome.FOUND else None


def _told_of(trace: Trace) -> Mapping[str, int]:
    return {} if _person(trace) is None else {Category.DEMOGRAPHICS.value: 1}


def _together(
    entries: tuple[AuditEntry, ...], own: tuple[AuditEntry, ...]
) -> tuple[AuditEntry, ...]:
    # Its own row B is later than all that it lists, and belongs to the line of its own row A.
    last = max(each.sequence for each in entries)
    return (*entries, *(each for each in own if each.sequence > last))


_OUTCOME_OF_TRACE = {TraceOutcome.FOUND: Outcome.DATA, TraceOutcome.NOT_FOUND: Outcome.EMPTY}
