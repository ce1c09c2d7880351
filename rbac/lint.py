"""Find what would lock people out of a policy, or open it too far, before it is served.

Looks at rules only; whether a loosening is wanted is for people to approve. A policy with a fault must not be
activated. Source: docs/decisions/0009, sections 1 and 2.
"""

from collections.abc import Callable, Iterable, Iterator

from fhir_profiles.vocabulary import Label
from rbac.bars import (
    EMERGENCY_PURPOSES,
    administers_in_care,
    exports_in_care,
    shows_barred_label,
    shows_person_outside_care,
)
from rbac.canonical import fields_of
from rbac.faults import FaultKind, PolicyFault
from rbac.policy import faults_of_shape
from rbac.roles import Role
from rbac.types import Act, Effect, Policy, Purpose, Rule


def lint(policy: Policy) -> tuple[PolicyFault, ...]:
    """List every fault of a policy; `row` counts in the policy's own order."""
    if not policy.rules:
        return (PolicyFault(FaultKind.NO_ROWS),)
    return (
        *faults_of_shape(policy.rules),
        *(fault for row, rule in enumerate(policy.rules) for fault in _rule_faults(row, rule)),
        *_hidden_own_items(policy.rules),
        *_missing_administrator(policy.rules),
    )


def lint_change(before: Policy, after: Policy, author_role: str) -> tuple[PolicyFault, ...]:
    """List the faults of a change: those of its outcome, and what its author may not touch.

    `row` of the faults named last counts in the rules added and then those removed, each sorted.
    """
    added, removed = set(after.rules) - set(before.rules), set(before.rules) - set(after.rules)
    changed = [*sorted(added, key=fields_of), *sorted(removed, key=fields_of)]
    own = _where(changed, FaultKind.SELF_GRANT, lambda rule: rule.role == author_role)
    audit = _where(changed, FaultKind.AUDIT_RULE_CHANGED, lambda rule: rule.act is Act.READ_AUDIT)
    return (*lint(after), *own, *audit)


def _where(
    rules: Iterable[Rule], kind: FaultKind, is_faulty: Callable[[Rule], bool]
) -> Iterator[PolicyFault]:
    return (PolicyFault(kind, row) for row, rule in enumerate(rules) if is_faulty(rule))


def _rule_faults(row: int, rule: Rule) -> Iterator[PolicyFault]:
    if rule.role not in set(Role):
        yield PolicyFault(FaultKind.UNKNOWN_WORD, row, "role")
    if shows_barred_label(rule):
        yield PolicyFault(FaultKind.BARRED_LABEL, row, "label")
    if shows_person_outside_care(rule):
        yield PolicyFault(FaultKind.PERSON_OUTSIDE_CARE, row)
    yield from _misplaced_act(row, rule)


def _misplaced_act(row: int, rule: Rule) -> Iterator[PolicyFault]:
    if administers_in_care(rule):
        yield PolicyFault(FaultKind.ADMINISTRATION_BY_CARE_ROLE, row, "act")
    if exports_in_care(rule):
        yield PolicyFault(FaultKind.EXPORT_IN_CARE, row, "act")
    is_opening = rule.effect is Effect.ALLOW and rule.act is Act.BREAK_GLASS
    if is_opening and rule.purpose not in EMERGENCY_PURPOSES:
        yield PolicyFault(FaultKind.BREAK_GLASS_IN_DIRECT_CARE, row, "purpose")


def _hidden_own_items(rules: Iterable[Rule]) -> Iterator[PolicyFault]:
    viewing = [(row, rule) for row, rule in enumerate(rules) if rule.act is Act.VIEW]
    allowed = {_cell(rule) for _row, rule in viewing if rule.effect is Effect.ALLOW}
    for row, rule in viewing:
        own = (rule.role, rule.organisation_kind, rule.category, rule.purpose, Label.OWN)
        if rule.label is Label.NORMAL and rule.effect is Effect.ALLOW and own not in allowed:
            yield PolicyFault(FaultKind.OWN_ITEMS_HIDDEN, row)


def _cell(rule: Rule) -> tuple[str, ...]:
    return (rule.role, rule.organisation_kind, rule.category, rule.purpose, rule.label)


def _missing_administrator(rules: Iterable[Rule]) -> Iterator[PolicyFault]:
    editing = [
        rule
        for rule in rules
        if rule.act is Act.EDIT_POLICY
        and rule.role == Role.POLICY_ADMIN
        and rule.purpose is Purpose.HSYSADMIN
    ]
    denied = {_cell(rule) for rule in editing if rule.effect is Effect.DENY}
    allowed = {_cell(rule) for rule in editing if rule.effect is Effect.ALLOW}
    if not allowed - denied:
        yield PolicyFault(FaultKind.NO_ADMINISTRATOR)
