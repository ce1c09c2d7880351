"""Decide whether one caller may see one person's record: the only maker of a Permit.

Fetches no clinical data beyond the two probes, which disclose nothing. Order of the checks: role brief,
section 6; what no policy can edit away comes first.
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
from gateway.access.guarded import CallSite, asked, told
from gateway.access.objections import ObjectionRow, objected_sources, objects_to_everything
from gateway.access.permit import FindPermit, Permit, ProbeRequest, Refusal, RefusalReason
from gateway.access.relationships import Evidence, RegistryRow, relationship_of
from gateway.errors import UnavailableError
from gateway.identity import Principal
from rbac.decide import CompiledPolicy
from rbac.types import Act, Level, Levels, Purpose

PERMIT_LASTS = timedelta(minutes=5)
"""A permit serves one request; five minutes is far beyond any deadline and short enough to leak nothing."""

PROBE_SECONDS = 2.0
"""Both probes end by then (design decisions 15: the PDS deadline), whatever is known of the person."""

_EMERGENCY = frozenset({Purpose.ETREAT, Purpose.BTG})


class Policies(Protocol):
    """Where the active policy is read, anew for each decision."""

    async def active(self) -> CompiledPolicy: ...


class Registry(Protocol):
    """Recorded relationships and objections of a person, keyed by a keyed hash of the number."""

    async def relationships(self, patient: NhsNumber) -> tuple[RegistryRow, ...]: ...
    async def objections(self, patient: NhsNumber) -> tuple[ObjectionRow, ...]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks about whom, and what for. `patient_id` is the opaque id of `patient`.

    `purpose` is None when the request names none that the caller may have.
    """

    principal: Principal
    purpose: Purpose | None
    patient: NhsNumber
    patient_id: str


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the role part of a decision found, before anything about the person is read."""

    decision_id: UUID
    policy_version: str
    purpose: Purpose
    levels: Levels


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Make permits and refusals. `contact_sources` is keyed by the organisation that runs each source."""

    policies: Policies
    registry: Registry
    demographics: DemographicsSource
    contact_sources: Mapping[str, ContactSource]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def decide(self, question: Question) -> Permit | Refusal:
        """Decide one view; a part that does not answer refuses it with `check-failed`.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self._role_ground(question.principal, question.purpose)
        if isinstance(ground, Refusal):
            return ground
        if not _sees_anything(ground.levels):
            return _refusal(ground, RefusalReason.NO_PATIENT_ACCESS)
        try:
            return await self._on_the_person(question, ground)
        except UnavailableError:
            return _refusal(ground, RefusalReason.CHECK_FAILED, question)

    async def find_permit(
        self, principal: Principal, purpose: Purpose | None
    ) -> FindPermit | Refusal:
        """Decide whether a caller may look people up; no relationship is needed for that."""
        ground = await self._role_ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if not _sees_anything(ground.levels) or not _may_search(ground.levels):
            return _refusal(ground, RefusalReason.NO_PATIENT_ACCESS)
        return FindPermit(
            ground.decision_id,
            principal,
            ground.purpose,
            ground.policy_version,
            self.clock() + PERMIT_LASTS,
        )

    async def _role_ground(
        self, principal: Principal, purpose: Purpose | None
    ) -> _Ground | Refusal:
        policy = await asked(CallSite.POLICY, self.policies.active, CompiledPolicy)
        decision_id = self.new_id()
        if purpose is None or purpose not in principal.purposes:
            return Refusal(decision_id, RefusalReason.PURPOSE_NOT_ALLOWED, policy.version)
        if purpose in _EMERGENCY:
            return Refusal(decision_id, RefusalReason.BREAK_GLASS_REQUIRED, policy.version)
        levels = told(
            CallSite.LEVELS,
            lambda: policy.levels_for(principal.role, principal.organisation_kind, purpose),
            Levels,
            type(None),
        )
        if levels is None:
            return Refusal(decision_id, RefusalReason.PURPOSE_NOT_ALLOWED, policy.version)
        return _Ground(decision_id, policy.version, purpose, levels)

    async def _on_the_person(self, question: Question, ground: _Ground) -> Permit | Refusal:
        evidence = await self._evidence(question)
        if evidence is None:
            return _refusal(
                ground, RefusalReason.UNKNOWN_PERSON, question, looks_like_not_found=True
            )
        # Rows that are not what they should be are found out only when they are read.
        return told(
            CallSite.RELATIONSHIPS,
            lambda: self._on_evidence(question, ground, *evidence),
            Permit,
            Refusal,
        )

    async def _evidence(
        self, question: Question
    ) -> tuple[Evidence, tuple[ObjectionRow, ...]] | None:
        # All four are always read, whatever the first ones say, so that the time taken tells nothing.
        patient = question.patient
        probe_request = ProbeRequest(patient, question.principal.organisation)
        trace, probe, rows, objections = await asyncio.gather(
            asked(CallSite.DEMOGRAPHICS, lambda: self.demographics.read(patient), Trace),
            asked(
                CallSite.CONTACTS,
                lambda: self._contacts(probe_request),
                ContactProbe,
                limit_seconds=PROBE_SECONDS + 0.5,
            ),
            self._relationships(patient),
            self._objections(patient),
        )
        person = _the_person(trace)
        if person is None and _could_not_tell(probe):
            # A restricted person gets the same answer as nobody, whatever else is out of order.
            raise UnavailableError("The contact probe did not answer.")
        if person is None:
            return None
        # What is recorded under any of the person's numbers is about the person.
        others = [each for each in (*person.superseded, person.nhs_number) if each != patient]
        for number in others:
            rows += await self._relationships(number)
            objections += await self._objections(number)
        return Evidence(rows, person, probe), objections

    async def _relationships(self, number: NhsNumber) -> tuple[RegistryRow, ...]:
        return await asked(
            CallSite.RELATIONSHIPS, lambda: self.registry.relationships(number), tuple
        )

    async def _objections(self, number: NhsNumber) -> tuple[ObjectionRow, ...]:
        return await asked(CallSite.OBJECTIONS, lambda: self.registry.objections(number), tuple)

    async def _contacts(self, request: ProbeRequest) -> ContactProbe:
        source = self.contact_sources.get(request.organisation)
        if source is None:
            return ContactProbe(Outcome.NOT_ASKED)
        return await source.contacts(request.patient)

    def _on_evidence(
        self,
        question: Question,
        ground: _Ground,
        evidence: Evidence,
        objections: tuple[ObjectionRow, ...],
    ) -> Permit | Refusal:
        now = self.clock()
        is_restricted = evidence.person.address_use is not AddressUse.UNRESTRICTED
        relationship = relationship_of(question.principal, evidence, now)
        if relationship is None and _could_not_tell(evidence.probe):
            return _refusal(ground, RefusalReason.CHECK_FAILED, question)
        if relationship is None:
            return _refusal(
                ground,
                RefusalReason.NO_RELATIONSHIP,
                question,
                looks_like_not_found=is_restricted,
            )
        if objects_to_everything(objections):
            return _refusal(ground, RefusalReason.SHARING_RESTRICTED, question)
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
            objected_sources=objected_sources(objections),
            hides_whereabouts=is_restricted,
            expires_at=now + PERMIT_LASTS,
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


def _sees_anything(levels: Levels) -> bool:
    return any(level is not Level.NONE for level in levels.view.values())


def _may_search(levels: Levels) -> bool:
    return any(act is Act.SEARCH for act, _category in levels.acts)


def _refusal(
    ground: _Ground,
    reason: RefusalReason,
    question: Question | None = None,
    *,
    looks_like_not_found: bool = False,
) -> Refusal:
    patient_id = None if question is None else question.patient_id
    return Refusal(
        ground.decision_id, reason, ground.policy_version, patient_id, looks_like_not_found
    )
