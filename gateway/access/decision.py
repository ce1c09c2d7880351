"""Decide whether one caller may see one person's record: the only maker of a Permit.

Fetches no clinical data beyond the two probes, which disclose nothing. Order of the checks:
docs/decisions/0008, section 1; what no policy can edit away comes first.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from adapters.contract import ContactSource, Demographics, DemographicsSource
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.agreed_ground import Agreements, agreed_ground, sharing_on
from gateway.access.agreements import covers_demographics
from gateway.access.evidence import (
    EvidenceReader,
    Recorded,
    Registry,
    could_not_tell,
    is_restricted,
)
from gateway.access.granting import granted_to, is_for_records_alone, scopes_stand_against
from gateway.access.grants import Grants, NoGrants, claimed_in_an_emergency, live_grant
from gateway.access.guarded import CallSite, asked, told
from gateway.access.holds import held_sources, may_review
from gateway.access.likeness import Mark, StaffRow, marks_of
from gateway.access.objections import (
    objected_sources,
    objects_to_everything,
    standing_in_an_emergency,
)
from gateway.access.permissions import NobodyAsks, Permissions, refusal_without_permission
from gateway.access.permit import (
    FindPermit,
    Permit,
    ProbeRequest,
    Refusal,
    RefusalReason,
    Reviewing,
    ReviewPermit,
)
from gateway.access.relationships import Evidence, relationship_of
from gateway.access.role_ground import Ground, Policies, any_ground, role_ground
from gateway.access.scopes import WHATEVER_IS_LEFT, Granted, Interaction, Wanted
from gateway.access.staff import Staff
from gateway.access.staff_register import NobodyKnown, StaffRegister
from gateway.errors import UnavailableError
from gateway.identity import Principal
from gateway.store.break_glass import Grant
from rbac.bars import EMERGENCY_PURPOSES
from rbac.types import Act, Purpose

_LOOK_PEOPLE_UP = Wanted(Interaction.SEARCH, frozenset({"Patient"}))

PERMIT_LASTS = timedelta(minutes=5)
"""A permit serves one request; five minutes is far beyond any deadline and short enough to leak nothing."""


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
class AccessControl:
    """Make permits and refusals. `contact_sources` is keyed by the organisation that runs each source."""

    agreements: Agreements
    policies: Policies
    registry: Registry
    demographics: DemographicsSource
    contact_sources: Mapping[str, ContactSource]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    staff: Staff
    grants: Grants = field(default_factory=NoGrants)
    permissions: Permissions = field(default_factory=NobodyAsks)
    staff_register: StaffRegister = field(default_factory=NobodyKnown)

    async def decide(self, question: Question) -> Permit | Refusal:
        """Decide one view; a part that does not answer refuses it with `check-failed`.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await self.any_ground(question.principal, question.purpose)
        if isinstance(ground, Refusal):
            return ground
        if not ground.sees_anything:
            return ground.refusal(RefusalReason.NO_PATIENT_ACCESS)
        against = scopes_stand_against(question.principal, question.wanted, question.patient_id)
        if against is not None:
            return ground.refusal(against, question.patient_id)
        try:
            # Before anything is read of the person: without a grant the answer tells nothing of them.
            grant = None
            if ground.purpose in EMERGENCY_PURPOSES:
                grant = await self.open_grant(question, ground.purpose)
                if grant is None:
                    return ground.refusal(RefusalReason.BREAK_GLASS_REQUIRED, question.patient_id)
            return await self._on_the_person(question, ground, grant)
        except UnavailableError:
            return ground.refusal(RefusalReason.CHECK_FAILED, question.patient_id)

    async def any_ground(self, principal: Principal, purpose: Purpose | None) -> Ground | Refusal:
        """Find the ground of a decision under the agreements in force; an emergency has yet to look for its grant.

        Raises UnavailableError when there is no policy to decide under.
        """
        ground = await any_ground(self, principal, purpose)
        return await agreed_ground(self.agreements, ground, principal, purpose, self.clock())

    async def open_grant(self, question: Question, step: Purpose) -> Grant | None:
        """Find the broken glass of this step that is open to a caller for a person now, or None.

        Raises UnavailableError.
        """
        principal = question.principal
        rows = await asked(CallSite.GRANTS, lambda: self.grants.of_session(principal), tuple)
        key, now = self.grants.key_of(question.patient), self.clock()
        return told(
            CallSite.GRANTS, lambda: live_grant(rows, principal, key, step, now), Grant, type(None)
        )

    async def find_permit(
        self, principal: Principal, purpose: Purpose | None
    ) -> FindPermit | Refusal:
        """Decide whether a caller may look people up; no relationship is needed for that."""
        ground = await self._ground(principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        if not covers_demographics(ground.agreements):
            return ground.refusal(RefusalReason.AGREEMENT_MISSING)
        if not ground.may_look_people_up:
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
            ground.agreed,
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
        ground = await role_ground(self, principal, purpose)
        return await agreed_ground(self.agreements, ground, principal, purpose, self.clock())

    async def _on_the_person(
        self, question: Question, ground: Ground, grant: Grant | None
    ) -> Permit | Refusal:
        # Side by side, and whatever the one says, so that comparing takes no time of its own.
        found, staff = await asyncio.gather(
            self.evidence_on(question), self._staff_concerned(question)
        )
        if found is None:
            return ground.refusal(
                RefusalReason.UNKNOWN_PERSON, question.patient_id, looks_like_not_found=True
            )
        decision = await self._decided(question, ground, grant, found)
        return replace(decision, marks=self._marks(question, found[0].person, staff))

    def _marks(
        self, question: Question, person: Demographics, staff: tuple[StaffRow, ...]
    ) -> frozenset[Mark]:
        register, asks = self.staff_register, question.principal
        return told(
            CallSite.STAFF_REGISTER,
            lambda: marks_of(asks, person, register.alike(person, question.patient), staff),
            frozenset,
        )

    async def _staff_concerned(self, question: Question) -> tuple[StaffRow, ...]:
        register, user_id = self.staff_register, question.principal.user_id
        read = CallSite.STAFF_REGISTER
        return await asked(read, lambda: register.concerned(user_id, question.patient), tuple)

    async def _decided(
        self,
        question: Question,
        ground: Ground,
        grant: Grant | None,
        found: tuple[Evidence, Recorded],
    ) -> Permit | Refusal:
        # Rows that are not what they should be are found out only when they are read.
        decision = told(
            CallSite.RELATIONSHIPS,
            lambda: self._on_evidence(question, ground, grant, *found),
            Permit,
            Refusal,
        )
        if isinstance(decision, Refusal):
            return decision
        # Asked last, so that whether somebody was asked tells nothing of a record that stays closed.
        refusal = await refusal_without_permission(self.permissions, ground, decision, self.clock())
        if refusal is not None:
            return refusal
        # Read for a permit only: a read more for some who are refused would tell them from nobody.
        sharing = await sharing_on(self.agreements, ground, decision.person.practice)
        return replace(decision, sharing=sharing)

    async def evidence_on(self, question: Question) -> tuple[Evidence, Recorded] | None:
        """Read all that a decision about a person rests on; None when PDS knows nobody.

        Raises UnavailableError.
        """
        reader = EvidenceReader(self.registry, self.demographics, self.contact_sources)
        asks = question.principal
        return await reader.read(ProbeRequest(question.patient, asks.organisation, asks.user_id))

    def _on_evidence(
        self,
        question: Question,
        ground: Ground,
        grant: Grant | None,
        evidence: Evidence,
        recorded: Recorded,
    ) -> Permit | Refusal:
        now = self.clock()
        relationship = relationship_of(question.principal, evidence, now)
        objections = recorded.objections
        if grant is not None:
            relationship = relationship or claimed_in_an_emergency(evidence)
            objections = standing_in_an_emergency(objections)
        if relationship is None:
            return _without_relationship(question, ground, evidence)
        if objects_to_everything(objections):
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
            objected_sources=objected_sources(objections),
            hides_whereabouts=is_restricted(evidence.person),
            expires_at=now + PERMIT_LASTS,
            held_sources=held_sources(recorded.holds),
            granted=question.granted,
            grant=None if grant is None else grant.id,
            agreements=ground.agreed,
        )


def _without_relationship(question: Question, ground: Ground, evidence: Evidence) -> Refusal:
    if could_not_tell(evidence.probe):
        return ground.refusal(RefusalReason.CHECK_FAILED, question.patient_id)
    is_hidden = is_restricted(evidence.person)
    refusal = ground.refusal(
        RefusalReason.NO_RELATIONSHIP, question.patient_id, looks_like_not_found=is_hidden
    )
    return refusal if is_hidden else replace(refusal, offers=ground.offers)
