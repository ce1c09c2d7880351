"""Decide what a role, organisation kind and purpose may do at all, before anything about a person is read.

Reads no relationship and no record. Emergency purposes need a broken glass, and are refused but where one is looked for.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from fhir_profiles.vocabulary import Category
from gateway.access.agreements import AgreementRow, coverage_of, limited
from gateway.access.guarded import CallSite, asked, told
from gateway.access.permit import Offer, Refusal, RefusalReason
from gateway.access.staff import Staff, may_act
from gateway.identity import Principal
from rbac.bars import EMERGENCY_PURPOSES
from rbac.decide import CompiledPolicy
from rbac.types import Act, Level, Levels, Purpose


class Policies(Protocol):
    """Where the active policy is read, anew for each decision."""

    async def active(self) -> CompiledPolicy: ...


class Parts(Protocol):
    """What the ground of a decision is found in."""

    @property
    def policies(self) -> Policies: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def new_id(self) -> Callable[[], UUID]: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What the role part of a decision found, and by which agreements in force."""

    decision_id: UUID
    policy_version: str
    purpose: Purpose
    levels: Levels
    agreements: tuple[AgreementRow, ...] = ()
    offers: frozenset[Offer] = frozenset()

    @property
    def sees_anything(self) -> bool:
        """Say whether any of a record may be shown."""
        return any(level is not Level.NONE for level in self.levels.view.values())

    def may(self, act: Act) -> bool:
        """Say whether the role does this act on any category."""
        return any(allowed is act for allowed, _category in self.levels.acts)

    @property
    def may_look_people_up(self) -> bool:
        """Say whether the role may search for people, and see who they are."""
        may_search = (Act.SEARCH, Category.DEMOGRAPHICS) in self.levels.acts
        shown = self.levels.level_of(Category.DEMOGRAPHICS, frozenset())
        return may_search and shown is not Level.NONE

    @property
    def agreed(self) -> tuple[str, ...]:
        """Name the agreements, in order."""
        return tuple(each.id for each in self.agreements)

    def under(self, agreements: tuple[AgreementRow, ...]) -> "Ground":
        """Leave of the levels what these agreements cover."""
        items = frozenset(item for each in agreements for item in each.items)
        return replace(self, agreements=agreements, levels=limited(self.levels, coverage_of(items)))

    def refusal(
        self,
        reason: RefusalReason,
        patient_id: str | None = None,
        *,
        looks_like_not_found: bool = False,
    ) -> Refusal:
        """Refuse on this ground."""
        return Refusal(
            self.decision_id, reason, self.policy_version, patient_id, looks_like_not_found
        )


async def role_ground(
    parts: Parts, principal: Principal, purpose: Purpose | None
) -> Ground | Refusal:
    """Find the ground of one decision that no broken glass has a part in.

    Raises UnavailableError when there is no policy to decide under, or it cannot be read who is suspended.
    """
    ground = await any_ground(parts, principal, purpose)
    if isinstance(ground, Ground) and ground.purpose in EMERGENCY_PURPOSES:
        return ground.refusal(RefusalReason.BREAK_GLASS_REQUIRED)
    return ground


async def any_ground(
    parts: Parts, principal: Principal, purpose: Purpose | None
) -> Ground | Refusal:
    """Find the ground of a decision; for an emergency, who asks has yet to look for the broken glass.

    Raises UnavailableError when there is no policy to decide under, or it cannot be read who is suspended.
    """
    policy, is_acting = await asyncio.gather(
        asked(CallSite.POLICY, parts.policies.active, CompiledPolicy),
        may_act(parts.staff, principal),
    )
    decision_id = parts.new_id()
    if not is_acting:
        return Refusal(decision_id, RefusalReason.SUSPENDED, policy.version)
    if purpose is None or not principal.may_name(purpose):
        return Refusal(decision_id, RefusalReason.PURPOSE_NOT_ALLOWED, policy.version)
    levels = told(
        CallSite.LEVELS,
        lambda: policy.levels_for(principal.role, principal.organisation_kind, purpose),
        Levels,
        type(None),
    )
    if levels is None:
        return Refusal(decision_id, RefusalReason.PURPOSE_NOT_ALLOWED, policy.version)
    offers = told(CallSite.LEVELS, lambda: _offers(policy, principal), frozenset)
    ground = Ground(decision_id, policy.version, purpose, levels, offers=offers)
    if purpose in EMERGENCY_PURPOSES and not ground.may(Act.BREAK_GLASS):
        return ground.refusal(RefusalReason.NOT_FOR_ROLE)
    return ground


def _offers(policy: CompiledPolicy, principal: Principal) -> frozenset[Offer]:
    """Give what a role may do without a recorded relationship: the policy's rows for emergencies say it of both.

    Whom it lets act when nobody can wait may say by their own word that they care for somebody; others ask them.
    """
    levels = policy.levels_for(principal.role, principal.organisation_kind, Purpose.ETREAT)
    if levels is None or not any(act is Act.BREAK_GLASS for act, _category in levels.acts):
        return frozenset()
    if not principal.may_name(Purpose.ETREAT):
        return frozenset({Offer.SELF_CLAIM})
    return frozenset({Offer.SELF_CLAIM, Offer.BREAK_GLASS})
