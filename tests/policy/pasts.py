"""Make up what log and tables hold of a member of staff, and ask what they could have been shown; only what matters is given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fhir_profiles.vocabulary import Category, Label
from gateway.audit.acts import AuditAction
from gateway.audit.past import Noted, Past
from gateway.policy.as_at import AsAt, Possible, as_at
from gateway.store.agreements import Terms
from gateway.store.policies import Activation
from gateway.store.words import DataItem
from rbac.decide import compile_policy
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
USER, PROFILE, HOSPITAL = "u1", "p1", "RRV"
WHO = {
    "user_id": USER,
    "role": "hospital_nurse",
    "organisation": HOSPITAL,
    "organisation_kind": "trust",
    "name": "Ewa Lis",
    "role_profile_id": PROFILE,
}
SUSPENDED, RESTORED = AuditAction.STAFF_SUSPENDED, AuditAction.STAFF_RESTORED
ADDED, ENDED = AuditAction.TEAM_MEMBER_ADDED, AuditAction.TEAM_MEMBER_ENDED
AGREED, AGREEMENT_ENDED = AuditAction.AGREEMENT_ADDED, AuditAction.AGREEMENT_ENDED


def rule(purpose: Purpose, act: Act, category: Category = Category.MEDICATIONS) -> Rule:
    trust = OrganisationKind.TRUST
    return Rule(WHO["role"], trust, category, Label.NORMAL, purpose, act, Level.ALL, Effect.ALLOW)


OFFICERS = Rule(
    *("ig_privacy_officer", OrganisationKind.ICB, Category.DEMOGRAPHICS, Label.NORMAL),
    *(Purpose.HSYSADMIN, Act.READ_AUDIT, Level.ALL, Effect.ALLOW),
)
POLICY = compile_policy(
    policy_of(
        [
            rule(Purpose.TREAT, Act.VIEW),
            rule(Purpose.TREAT, Act.VIEW, Category.SOCIAL_CARE),
            rule(Purpose.ETREAT, Act.VIEW),
            rule(Purpose.ETREAT, Act.BREAK_GLASS),
            rule(Purpose.BTG, Act.VIEW),
            OFFICERS,
        ]
    )
)


def hours(count: float) -> datetime:
    """Give the instant so many hours after the one that is asked about; before it if negative."""
    return AT + timedelta(hours=count)


def noted(action: AuditAction, recorded: float, **fields: Any) -> Noted:
    return Noted(1000 + int(recorded * 60), action, hours(recorded), fields)


def signed_in(recorded: float = -1, **changes: str) -> Noted:
    return noted(AuditAction.SIGNED_IN, recorded, who={**WHO, **changes})


TERMS = Terms(
    "a1",
    frozenset({DataItem.HEALTH_RECORDS}),
    frozenset({Purpose.TREAT, Purpose.ETREAT, Purpose.BTG}),
    hours(-1000),
    hours(1000),
)


def past(**changes: Any) -> Past:
    usual = Past(
        acting=(signed_in(),),
        signing=(),
        staff=(),
        agreements=(),
        imports=(),
        purges=(),
        activation=Activation(1, POLICY.version, hours(-500)),
        suspended=(),
        members=(),
        terms={HOSPITAL: (TERMS,)},
        relationships=(),
        about=(),
    )
    return replace(usual, **changes)


def answer(*, about: bool = False, **changes: Any) -> AsAt:
    return as_at(USER, AT, past(**changes), POLICY, is_about_somebody=about)


def of(purpose: Purpose, found: AsAt) -> Possible:
    [role] = found.roles
    return next(each for each in role.possible if each.purpose is purpose)


def staff(action: AuditAction, recorded: float, profile: str = "*") -> Noted:
    return noted(action, recorded, role_profile_id=profile)


def on_team(recorded: float, starts: float, ends: float | None = None) -> Noted:
    return noted(
        ADDED,
        recorded,
        organisation=HOSPITAL,
        team="ward",
        starts_at=hours(starts).isoformat(),
        ends_at=None if ends is None else hours(ends).isoformat(),
    )


def off_team(recorded: float, ends: float, team: str = "ward") -> Noted:
    ends_at = hours(ends).isoformat()
    return noted(ENDED, recorded, organisation=HOSPITAL, team=team, ends_at=ends_at)


def added(recorded: float, ends: float = 1000) -> Noted:
    return noted(AGREED, recorded, agreement="a1", ends_at=hours(ends).isoformat())


def agreement_ended(recorded: float, ends: float, name: str = "a1") -> Noted:
    return noted(AGREEMENT_ENDED, recorded, agreement=name, ends_at=hours(ends).isoformat())
