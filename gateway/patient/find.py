"""Look people up in PDS for a caller who may, and give each an opaque id.

Fetches no clinical data. Restricted people are absent, as if they did not exist (docs/decisions/0008, section 2). Both
audit rows are written: PDS itself counts every person that a search matches.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from adapters.contract import (
    AddressUse,
    Demographics,
    DemographicsSource,
    FindRequest,
    Outcome,
    Reason,
    Trace,
    TraceOutcome,
)
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.access.asking import asked_row
from gateway.access.decision import AccessControl
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import FindPermit, Refusal
from gateway.audit.acts import Asked, AskedAct, Disclosed, DisclosureOutcome
from gateway.audit.log import AuditLog
from gateway.errors import (
    BadRequestError,
    NoDemographicsError,
    UnavailableError,
)
from gateway.identity import Principal
from gateway.patient.asked_rows import refused
from gateway.patient.ids import PatientIds
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Finder:
    """Who looks somebody up, and what for."""

    principal: Principal
    purpose: Purpose | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """One person found; `score` is 1.0 for an exact match."""

    patient_id: str
    person: Demographics
    score: float


@dataclass(frozen=True, slots=True)
class People:
    """The search for people, over the deployment's parts."""

    access: AccessControl
    demographics: DemographicsSource
    ids: PatientIds
    log: AuditLog
    clock: Callable[[], datetime]

    async def by_number(self, finder: Finder, number: NhsNumber) -> tuple[Found, ...]:
        """Find the person who holds a number, or held it; empty when there is none for this caller.

        Raises RefusedError, NoDemographicsError, UnavailableError.
        """
        permit = await self._permit(finder, self.ids.seal(number))
        return await self._told(permit, await _trace(lambda: self.demographics.read(number)))

    async def by_demographics(self, finder: Finder, request: FindRequest) -> tuple[Found, ...]:
        """Find people by name and birth date, best match first.

        Raises RefusedError, NoDemographicsError, UnavailableError; BadRequestError when too many match.
        """
        permit = await self._permit(finder, None)
        return await self._told(permit, await _trace(lambda: self.demographics.find(request)))

    async def _permit(self, finder: Finder, patient_id: str | None) -> FindPermit:
        decision = await self.access.find_permit(finder.principal, finder.purpose)
        row_a = _asked(finder, decision, patient_id, self.clock())
        await asked(CallSite.AUDIT_ASKED, lambda: self.log.append(row_a), int)
        if isinstance(decision, Refusal):
            raise refused(decision)
        return decision

    async def _told(self, permit: FindPermit, trace: Trace) -> tuple[Found, ...]:
        people = [
            Found(self.ids.seal(person.nhs_number), person, score)
            for person, score in zip(trace.people, trace.scores, strict=True)
            if person.address_use is AddressUse.UNRESTRICTED
        ]
        rows_b = _disclosed(permit, trace, people, self.clock())
        await asyncio.gather(*map(self._record_disclosed, rows_b))
        match trace.outcome:
            case TraceOutcome.FOUND | TraceOutcome.NOT_FOUND:
                return tuple(people)
            case TraceOutcome.TOO_MANY:
                raise BadRequestError(
                    "Too many people match: add what else is known.", "too-costly"
                )
            case TraceOutcome.UNAVAILABLE:
                raise NoDemographicsError("The demographics service did not answer.")
            case _:
                assert_never(trace.outcome)

    async def _record_disclosed(self, row_b: Disclosed) -> None:
        await asked(CallSite.AUDIT_DISCLOSED, lambda: self.log.append(row_b), int)


async def _trace(call: Callable[[], Awaitable[Trace]]) -> Trace:
    try:
        return await asked(CallSite.DEMOGRAPHICS, call, Trace)
    except UnavailableError:
        return Trace(TraceOutcome.UNAVAILABLE)


def _asked(
    finder: Finder, decision: FindPermit | Refusal, patient_id: str | None, now: datetime
) -> Asked:
    row = asked_row(
        AskedAct.FIND,
        decision,
        finder.principal,
        request_id=finder.request_id,
        purpose=finder.purpose,
        patient=patient_id,
        at=now,
    )
    return row if isinstance(decision, Refusal) else replace(row, agreements=decision.agreements)


def _disclosed(
    permit: FindPermit, trace: Trace, people: list[Found], now: datetime
) -> tuple[Disclosed, ...]:
    """Give a row B for each person shown, so that each can be told of it; one that names nobody where none is."""
    withheld = len(trace.people) - len(people)
    nobody = Disclosed(
        decision_id=permit.decision_id,
        at=now,
        user_id=permit.principal.user_id,
        patient=None,
        outcome=DisclosureOutcome.NOTHING,
        sources={"pds": (_OUTCOME_OF_TRACE[trace.outcome], Reason.NONE)},
        shown={},
        withheld={"restricted": withheld},
    )
    shown = {Category.DEMOGRAPHICS.value: 1}
    named = (
        # Counted once: each row is of the same search.
        replace(
            nobody,
            patient=each.patient_id,
            outcome=DisclosureOutcome.DISCLOSED,
            shown=shown,
            withheld={"restricted": 0 if place else withheld},
        )
        for place, each in enumerate(people)
    )
    return tuple(named) or (nobody,)


_OUTCOME_OF_TRACE = {
    TraceOutcome.FOUND: Outcome.DATA,
    TraceOutcome.NOT_FOUND: Outcome.EMPTY,
    TraceOutcome.TOO_MANY: Outcome.REFUSED,
    TraceOutcome.UNAVAILABLE: Outcome.FAILED,
}
