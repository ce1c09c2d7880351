"""Say what a member of staff could have been shown at most at a past instant, from the log and the policy of then.

Pure: what was read and the compiled policy are passed in, and the same functions decide as decide today. What it says
was possible may still have been refused by what nobody kept; what it says was not, was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.access.agreements import (
    NEEDS_NO_AGREEMENT,
    AgreementRow,
    coverage_of,
    in_force,
    limited,
)
from gateway.access.permit import RefusalReason
from gateway.audit.past import Noted, Past
from gateway.audit.staff_acts import Who
from gateway.audit.words import AuditAction
from gateway.policy.as_at_log import Team, suspended_profiles, teams_then, terms_then
from gateway.policy.as_at_person import PersonThen, person_then
from gateway.policy.as_at_unknown import Unknown, unknown_of
from gateway.store.agreements import Terms
from gateway.store.policies import Activation
from gateway.store.staff_suspensions import EVERY_PROFILE
from rbac.bars import EMERGENCY_PURPOSES
from rbac.decide import CompiledPolicy
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose

_OWN_ACTS = frozenset({Act.EDIT_POLICY, Act.READ_AUDIT})


@dataclass(frozen=True, slots=True)
class Possible:
    """What one purpose could have shown at most. `against` says why it could show nothing; None where it could.

    `levels` are the policy's, less what no agreement in force then covered.
    """

    purpose: Purpose
    against: RefusalReason | None
    levels: Levels
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleThen:
    """A role that the log shows somebody in: last by the instant, first after it, and what it could be shown."""

    who: Who
    last_before: datetime | None
    first_after: datetime | None
    is_suspended: bool
    possible: tuple[Possible, ...]


@dataclass(frozen=True, slots=True)
class AsAt:
    """What somebody could have been shown at most at an instant. Without `policy` nothing could be shown to anybody.

    `is_suspended` is of the person, in whatever role. `roles` are in the order of their last use, the latest first.
    """

    user_id: str
    at: datetime
    policy: Activation | None
    is_suspended: bool
    roles: tuple[RoleThen, ...]
    teams: tuple[Team, ...]
    last_signed_in: datetime | None
    last_signed_out: datetime | None
    person: PersonThen | None = field(repr=False)
    unknown: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class _Then:
    at: datetime
    past: Past
    policy: CompiledPolicy | None
    suspended: frozenset[str]
    person: PersonThen | None


def as_at(
    user_id: str,
    at: datetime,
    past: Past,
    policy: CompiledPolicy | None,
    *,
    is_about_somebody: bool,
) -> AsAt:
    """Answer the question. `policy` is the version of `past.activation`, compiled."""
    suspended = suspended_profiles(past.staff, past.suspended, at)
    teams = teams_then(past.staff, past.members, at)
    person = person_then(past, user_id, at, teams) if is_about_somebody else None
    then = _Then(at, past, policy, suspended, person)
    return AsAt(
        user_id=user_id,
        at=at,
        policy=past.activation,
        is_suspended=EVERY_PROFILE in suspended,
        roles=tuple(_answered(each, then) for each in _roles(past.acting, at)),
        teams=teams,
        last_signed_in=_last(past.signing, AuditAction.SIGNED_IN),
        last_signed_out=_last(
            past.signing, AuditAction.SIGNED_OUT, AuditAction.PROVIDER_SIGNED_OUT
        ),
        person=person,
        unknown=unknown_of(past, at, is_about_somebody=is_about_somebody),
    )


def _roles(acting: Iterable[Noted], at: datetime) -> tuple[RoleThen, ...]:
    found: dict[tuple[str, ...], RoleThen] = {}
    for entry in acting:
        who = Who(**entry.fields["who"])
        if not who.role:
            # Signed in, and had still to choose.
            continue
        key = (who.role, who.organisation, who.organisation_kind, who.role_profile_id)
        known = found.get(key, RoleThen(who, None, None, is_suspended=False, possible=()))
        if entry.recorded_at <= at:
            found[key] = replace(known, who=who, last_before=entry.recorded_at)
        else:
            found[key] = replace(known, first_after=known.first_after or entry.recorded_at)
    return tuple(sorted(found.values(), key=lambda each: _nearness(each, at)))


def _nearness(role: RoleThen, at: datetime) -> tuple[bool, timedelta]:
    if role.last_before is not None:
        return False, at - role.last_before
    return True, timedelta() if role.first_after is None else role.first_after - at


def _answered(role: RoleThen, then: _Then) -> RoleThen:
    is_suspended = not then.suspended.isdisjoint({EVERY_PROFILE, role.who.role_profile_id})
    known = then.past.terms.get(role.who.organisation, ())
    terms = terms_then(known, then.past.agreements, then.at)
    told = replace(role, is_suspended=is_suspended)
    possible = tuple(_possible(told, purpose, terms, then) for purpose in Purpose)
    return replace(told, possible=possible)


def _possible(role: RoleThen, purpose: Purpose, terms: Sequence[Terms], then: _Then) -> Possible:
    # In the order of a decision (docs/decisions/0008, section 1, and 0018), so that the reason is the one on record.
    agreed: tuple[AgreementRow, ...] | RefusalReason = ()
    if purpose not in NEEDS_NO_AGREEMENT:
        agreed = in_force(terms, purpose, then.at)
    if isinstance(agreed, RefusalReason):
        return _nothing(purpose, agreed)
    if then.policy is None:
        return _nothing(purpose, RefusalReason.CHECK_FAILED)
    if role.is_suspended:
        return _nothing(purpose, RefusalReason.SUSPENDED)
    who = role.who
    levels = then.policy.levels_for(who.role, OrganisationKind(who.organisation_kind), purpose)
    if levels is None:
        return _nothing(purpose, RefusalReason.PURPOSE_NOT_ALLOWED)
    items = frozenset(item for each in agreed for item in each.items)
    left = limited(levels, coverage_of(items))
    against = _against(purpose, levels, left, then.person)
    return Possible(purpose, against, left, tuple(each.id for each in agreed))


def _against(
    purpose: Purpose, levels: Levels, left: Levels, person: PersonThen | None
) -> RefusalReason | None:
    acts = frozenset(act for act, _category in left.acts)
    if purpose in EMERGENCY_PURPOSES and not any(
        act is Act.BREAK_GLASS for act, _category in levels.acts
    ):
        return RefusalReason.NOT_FOR_ROLE
    if all(each is Level.NONE for each in left.view.values()) and acts.isdisjoint(_OWN_ACTS):
        return RefusalReason.NO_PATIENT_ACCESS
    is_whole = person is not None and not person.has_broken_glass(purpose)
    if purpose in EMERGENCY_PURPOSES and is_whole:
        return RefusalReason.BREAK_GLASS_REQUIRED
    return None


def _nothing(purpose: Purpose, against: RefusalReason) -> Possible:
    return Possible(purpose, against, Levels({}, frozenset()))


def _last(entries: Iterable[Noted], *kinds: AuditAction) -> datetime | None:
    return max((each.recorded_at for each in entries if each.action in kinds), default=None)
