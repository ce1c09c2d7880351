"""Decide who may do what with the role policy: the rules that no policy can edit away.

Opens nobody's record. The role's rows say who administers at all; beyond that a person must be named, and two
people make a change. Source: docs/decisions/0013, section 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.access.granting import is_for_records_alone
from gateway.access.guarded import CallSite, asked
from gateway.access.permit import Administering, PolicyPermit, Refusal, RefusalReason
from gateway.access.role_ground import Ground, Policies, role_ground
from gateway.access.staff import Staff
from gateway.identity import Principal
from rbac.roles import Role
from rbac.types import Act, Purpose


class Administrators(Protocol):
    """Where the list of the people who may change the policy is read, anew for each decision."""

    async def named(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class ChangeAtHand:
    """What an act is about, as far as it counts for who may do it; people are subjects of tokens."""

    proposed_by: str | None = None
    approved_by: str | None = None
    needs_guardian: bool = False
    is_widening: bool = False


NO_CHANGE = ChangeAtHand()


@dataclass(frozen=True, slots=True)
class PolicyAccess:
    """Make policy permits and refusals."""

    policies: Policies
    administrators: Administrators
    new_id: Callable[[], UUID]
    staff: Staff

    async def permit(
        self,
        principal: Principal,
        purpose: Purpose | None,
        administering: Administering,
        change: ChangeAtHand = NO_CHANGE,
    ) -> PolicyPermit | Refusal:
        """Decide one act upon the role policy.

        Raises UnavailableError when there is no policy to decide under, or the list cannot be read.
        """
        ground = await role_ground(self, principal, purpose)
        if isinstance(ground, Refusal):
            return ground
        named = await asked(CallSite.POLICY, self.administrators.named, tuple)
        reason = _objection(principal, ground, administering, change, named)
        if reason is not None:
            return ground.refusal(reason)
        return PolicyPermit(
            ground.decision_id, principal, ground.purpose, ground.policy_version, administering
        )


def must_be_named(principal: Principal, administering: Administering) -> bool:
    """Say whether an act needs its doer on the list: a Guardian approves by office, and looking changes nothing."""
    is_guardian_approving = (
        administering is Administering.APPROVE and principal.role == Role.CALDICOTT_GUARDIAN
    )
    return administering is not Administering.LOOK and not is_guardian_approving


def _objection(
    principal: Principal,
    ground: Ground,
    administering: Administering,
    change: ChangeAtHand,
    named: tuple[str, ...],
) -> RefusalReason | None:
    if not _has_the_role(principal, ground, administering):
        return RefusalReason.NOT_FOR_ROLE
    if is_for_records_alone(principal):
        return RefusalReason.OUT_OF_SCOPE
    if must_be_named(principal, administering) and principal.user_id not in named:
        return RefusalReason.NOT_ADMINISTRATOR
    match administering:
        case Administering.APPROVE:
            return _objection_to_approval(principal, change)
        case Administering.ACTIVATE if change.approved_by in {None, change.proposed_by}:
            return RefusalReason.SECOND_PERSON_NEEDED
        case Administering.ROLL_BACK if change.is_widening:
            return RefusalReason.SECOND_PERSON_NEEDED
        case _:
            return None


def _has_the_role(principal: Principal, ground: Ground, administering: Administering) -> bool:
    if ground.may(Act.EDIT_POLICY):
        return True
    is_reader = ground.may(Act.READ_AUDIT)
    return is_reader and (
        administering is Administering.LOOK or not must_be_named(principal, administering)
    )


def _objection_to_approval(principal: Principal, change: ChangeAtHand) -> RefusalReason | None:
    if principal.user_id == change.proposed_by:
        return RefusalReason.OWN_CHANGE
    if change.needs_guardian and principal.role != Role.CALDICOTT_GUARDIAN:
        return RefusalReason.GUARDIAN_NEEDED
    return None
