"""Decide whether one caller may see one person's record: the only maker of a Permit.

Fetches no clinical data beyond the two probes, which disclose nothing. Order of the checks:
docs/decisions/0008, section 1; what no policy can edit away comes first.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from adapters.contract import (
    AddressUse,
    ContactProbe,
    ContactSource,
    Demographics,
    DemographicsSource,
    Outcome,
    Trace,
    TraceOutcome,
)
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.granting import granted_to, is_for_records_alone, scopes_stand_against
from gateway.access.guarded import CallSite, asked, told
from gateway.access.holds import HoldRow, held_sources, may_review
from gateway.access.objections import ObjectionRow, objected_sources, objects_to_everything
from gateway.access.permit import (
    FindPermit,
    Permit,
    ProbeRequest,
    Refusal,
    RefusalReason,
    Reviewing,
    ReviewPermit,
)
from gateway.access.relationships import Evidence, RegistryRow, relationship_of
from gateway.access.role_ground import Ground, Policies, role_ground
from gateway.access.scopes import WHATEVER_IS_LEFT, Granted, Interaction, Wanted
from gateway.access.staff import Staff
from gateway.errors import UnavailableError
from gateway.identity import Principal
from rbac.types import Act, Purpose

_LOOK_PEOPLE_UP = Wanted(Interaction.SEARCH, frozenset({"Patient"}))

PERMIT_LASTS = timedelta(minutes=5)
"""A permit serves one request; five minutes is far beyond any deadline and short enough to leak nothing."""

PROBE_SECONDS = 2.0
"""Both probes end by then (docs/decisions/0008, section 7: PDS's deadline), whatever is known of the person."""


class Registry(Protocol):
    """What is recorded of a person beside their record, keyed by a keyed hash of the number."""

    async def relationships(self, patient: NhsNumber) -> tuple[RegistryRow, ...]: ...
    async def objections(self, patient: NhsNumber) -> tuple[ObjectionRow, ...]: ...
    async def holds(self, patient: NhsNumber) -> tuple[HoldRow, ...]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks about whom, and what for. `patient_id` is the opaque id of `patient`.

    `purpose` is None when the request names none that the caller may have; `wanted` is what scopes must cover.
    """

    principal: Principal
    purpose: Purpose | None
    patient: NhsNumber
    patient_id: str
    wanted: Wanted = WHATEVER_IS_LEFT

    @property
    def granted(self) -> Granted:
        """Give what the caller's scopes leave of this person's record."""
        return granted_to(self.principal, self.patient_id)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What the registry holds of a person, under every number of theirs."""

    relationships: tuple[RegistryRow, ...]
    objections: tuple[ObjectionRow, ...]
    holds: tuple[HoldRow, ...]


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Make permits and refusals. `contact_sources` is keyed by the organisation that runs each source."""

    policies: Policies
    registry: Registry
    demographics: DemographicsSource
    contact_sources: Mapping[str, ContactSource]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    staff: Staff

    async def decide(self, question: Question) -> Permit | Refusal:
        """Decide one view; a part that does not answer refuses it with `check-failed`.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self._ground(question.principal, question.purpose)
        if isinstance(ground, Refusal):
            return ground
        if not ground.sees_anything:
            return ground.refusal(RefusalReason.NO_PATIENT_ACCESS)
        against = scopes_stand_against(question.principal, question.wanted, question.patient_id)
        if against is not None:
            return ground.refusal(against, question.patient_id)
        try:
            return await self._on_the_person(question, ground)
        except UnavailableError:
            return ground.refusal(RefusalReason.CHECK_FAILED, question.patient_id)

    async def find_permit(
        self, principal: Principal, purpose: Purpose | None
    ) -> FindPermit | Refusal:
        """Decide whether a caller may look people up; no relationship is needed for that."""
        ground = await self._ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if not ground.sees_anything or not ground.may(Act.SEARCH):
            return ground.refusal(RefusalReason.NO_PATIENT_ACCESS)
        against = scopes_stand_against(principal, _LOOK_PEOPLE_UP)
        if against is not None:
            return ground.refusal(against)
        return FindPermit(
            ground.decision_id,
            principal,
            ground.purpose,
            ground.policy_version,
            self.clock() + PERMIT_LASTS,
        )

    async def review_permit(
        self, principal: Principal, purpose: Purpose | None, reviewing: Reviewing
    ) -> ReviewPermit | Refusal:
        """Decide whether a caller may look at what waits for a privacy officer, or settle it."""
        ground = await self._ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if not ground.may(Act.READ_AUDIT) or not may_review(principal.role, reviewing):
            return ground.refusal(RefusalReason.NOT_FOR_ROLE)
        if is_for_records_alone(principal):
            return ground.refusal(RefusalReason.OUT_OF_SCOPE)
        return ReviewPermit(
            ground.decision_id,
            principal,
            ground.purpose,
            ground.policy_version,
            reviewing,
            self.clock() + PERMIT_LASTS,
        )

    async def _ground(self, principal: Principal, purpose: Purpose | None) -> Ground | Refusal:
        return await role_ground(self, principal, purpose)

    async def _on_the_person(self, question: Question, ground: Ground) -> Permit | Refusal:
        found = await self._evidence(question)
        if found is None:
            return ground.refusal(
                RefusalReason.UNKNOWN_PERSON, question.patient_id, looks_like_not_found=True
            )
        # Rows that are not what they should be are found out only when they are read.
        return told(
            CallSite.RELATIONSHIPS,
            lambda: self._on_evidence(question, ground, *found),
            Permit,
            Refusal,
        )

    async def _evidence(self, question: Question) -> tuple[Evidence, _Recorded] | None:
        # All are always read, whatever the first ones say, so that the time taken tells nothing.
        patient = question.patient
        probe_request = ProbeRequest(patient, question.principal.organisation)
        trace, probe, *recorded = await asyncio.gather(
            asked(CallSite.DEMOGRAPHICS, lambda: self.demographics.read(patient), Trace),
            asked(
                CallSite.CONTACTS,
                lambda: self._contacts(probe_request),
                ContactProbe,
                limit_seconds=PROBE_SECONDS + 0.5,
            ),
            self._recorded(patient),
        )
        person = _the_person(trace)
        if person is None and _could_not_tell(probe):
            # A restricted person gets the same answer as nobody, whatever else is out of order.
            raise UnavailableError("The contact probe did not answer.")
        if person is None:
            return None
        # What is recorded under any of the person's numbers is about the person.
        others = [each for each in (*person.superseded, person.nhs_number) if each != patient]
        recorded += [await self._recorded(number) for number in others]
        whole = _Recorded(
            tuple(row for each in recorded for row in each.relationships),
            tuple(row for each in recorded for row in each.objections),
            tuple(row for each in recorded for row in each.holds),
        )
        return Evidence(whole.relationships, person, probe), whole

    async def _recorded(self, number: NhsNumber) -> _Recorded:
        return _Recorded(
            *await asyncio.gather(
                asked(CallSite.RELATIONSHIPS, lambda: self.registry.relationships(number), tuple),
                asked(CallSite.OBJECTIONS, lambda: self.registry.objections(number), tuple),
                asked(CallSite.IDENTITY_HOLDS, lambda: self.registry.holds(number), tuple),
            )
        )

    async def _contacts(self, request: ProbeRequest) -> ContactProbe:
        source = self.contact_sources.get(request.organisation)
        if source is None:
            return ContactProbe(Outcome.NOT_ASKED)
        return await source.contacts(request.patient)

    def _on_evidence(
        self, question: Question, ground: Ground, evidence: Evidence, recorded: _Recorded
    ) -> Permit | Refusal:
        now = self.clock()
        is_restricted = evidence.person.address_use is not AddressUse.UNRESTRICTED
        relationship = relationship_of(question.principal, evidence, now)
        if relationship is None and _could_not_tell(evidence.probe):
            return ground.refusal(RefusalReason.CHECK_FAILED, question.patient_id)
        if relationship is None:
            return ground.refusal(
                RefusalReason.NO_RELATIONSHIP,
                question.patient_id,
                looks_like_not_found=is_restricted,
            )
        if objects_to_everything(recorded.objections):
            return ground.refusal(RefusalReason.SHARING_RESTRICTED, question.patient_id)
        return Permit(
            decision_id=ground.decision_id,
            patient=question.patient,
            patient_id=question.patient_id,
            person=evidence.person,
            principal=question.principal,
            purpose=ground.purpose,
            levels=ground.levels,
            policy_version=ground.policy_version,
            relationship=relationship,
            objected_sources=objected_sources(recorded.objections),
            hides_whereabouts=is_restricted,
            expires_at=now + PERMIT_LASTS,
            held_sources=held_sources(recorded.holds),
            granted=question.granted,
        )


def _the_person(trace: Trace) -> Demographics | None:
    match trace.outcome:
        case TraceOutcome.FOUND if len(trace.people) == 1:
            return trace.people[0]
        case TraceOutcome.NOT_FOUND:
            return None
        case _:
            raise UnavailableError("The demographics service did not answer.")


def _could_not_tell(probe: ContactProbe) -> bool:
    # A silent probe is no proof that there is no relationship: the caller should try again, not be sent away.
    return probe.outcome not in {
        Outcome.DATA,
        Outcome.EMPTY,
        Outcome.NOT_ASKED,
    }
