"""Lint finds what would lock people out or open a policy too far."""

from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from rbac.faults import FaultKind, PolicyFault
from rbac.lint import lint, lint_change
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

ADMINISTRATOR = Rule(
    "policy_admin",
    OrganisationKind.ICB,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.HSYSADMIN,
    Act.EDIT_POLICY,
    Level.ALL,
    Effect.ALLOW,
)
SEARCH = replace(
    ADMINISTRATOR,
    role="gp",
    organisation_kind=OrganisationKind.GENERAL_PRACTICE,
    purpose=Purpose.TREAT,
    act=Act.SEARCH,
)
VIEW = replace(SEARCH, act=Act.VIEW)
OWN = replace(VIEW, label=Label.OWN)


def denial(rule):
    return replace(rule, effect=Effect.DENY, level=Level.NONE)


def kinds(*rules):
    return {fault.kind for fault in lint(policy_of([ADMINISTRATOR, *rules]))}


def test_the_default_policy_has_no_fault(default_policy):
    assert lint(default_policy) == ()


def test_pa_04_an_empty_policy_is_a_fault():
    assert lint(policy_of([])) == (PolicyFault(FaultKind.NO_ROWS),)


def test_a_sound_policy_has_no_fault():
    assert kinds(SEARCH, VIEW, OWN) == set()


@pytest.mark.parametrize(
    "rules",
    [
        [SEARCH],
        [denial(ADMINISTRATOR)],
        [ADMINISTRATOR, denial(ADMINISTRATOR)],
        [replace(ADMINISTRATOR, role="caldicott_guardian")],
        [replace(ADMINISTRATOR, purpose=Purpose.HRESCH)],
        [replace(ADMINISTRATOR, act=Act.READ_AUDIT)],
    ],
)
def test_pa_04_a_policy_that_nobody_can_edit_is_a_fault(rules):
    assert PolicyFault(FaultKind.NO_ADMINISTRATOR) in lint(policy_of(rules))


@pytest.mark.parametrize(
    "change",
    [{"category": Category.ALERTS}, {"organisation_kind": OrganisationKind.TRUST}],
)
def test_a_deny_of_another_right_leaves_the_administrator(change):
    assert kinds(denial(replace(ADMINISTRATOR, **change))) == set()


@pytest.mark.parametrize("label", sorted(HARD_BARRED))
def test_a_row_for_a_hard_barred_label_is_a_fault(label):
    assert kinds(replace(VIEW, label=label)) == {FaultKind.BARRED_LABEL}
    assert kinds(denial(replace(VIEW, label=label))) == set()


@pytest.mark.parametrize("act", [Act.VIEW, Act.SEARCH, Act.OPEN_DOCUMENT, Act.BREAK_GLASS])
@pytest.mark.parametrize("change", [{"role": "researcher"}, {"purpose": Purpose.HRESCH}])
def test_a_row_that_shows_a_person_outside_care_is_a_fault(act, change):
    rule = replace(VIEW, act=act, **change)

    assert FaultKind.PERSON_OUTSIDE_CARE in kinds(rule)
    assert kinds(denial(rule)) == set()


@pytest.mark.parametrize("role", ["policy_admin", "ig_privacy_officer", "researcher"])
def test_pa_08_nobody_outside_care_is_given_a_persons_record(role):
    assert FaultKind.PERSON_OUTSIDE_CARE in kinds(replace(VIEW, role=role))


@pytest.mark.parametrize("act", [Act.EDIT_POLICY, Act.READ_AUDIT])
def test_policy_and_audit_rights_for_a_care_role_are_a_fault(act):
    rule = replace(SEARCH, act=act, purpose=Purpose.HSYSADMIN)

    assert kinds(rule) == {FaultKind.ADMINISTRATION_BY_CARE_ROLE}
    assert kinds(denial(rule)) == set()
    assert kinds(replace(rule, role="system_auditor")) == set()


def test_export_is_a_fault_for_a_role_or_a_purpose_of_care():
    planner = replace(SEARCH, role="researcher", act=Act.EXPORT, purpose=Purpose.HRESCH)

    assert kinds(planner) == set()
    assert kinds(replace(planner, role="gp")) == {FaultKind.EXPORT_IN_CARE}
    assert kinds(replace(planner, purpose=Purpose.TREAT)) == {FaultKind.EXPORT_IN_CARE}


def test_break_glass_is_a_fault_outside_an_emergency():
    glass = replace(SEARCH, act=Act.BREAK_GLASS)

    assert kinds(glass) == {FaultKind.BREAK_GLASS_IN_DIRECT_CARE}
    assert kinds(replace(glass, purpose=Purpose.ETREAT)) == set()
    assert kinds(replace(glass, purpose=Purpose.BTG)) == set()


def test_a_role_that_the_service_does_not_know_is_a_fault():
    assert kinds(replace(SEARCH, role="matron")) == {FaultKind.UNKNOWN_WORD}


def test_rows_whose_words_do_not_fit_together_are_a_fault():
    assert kinds(replace(SEARCH, level=Level.MASK)) == {FaultKind.ACT_WITH_LEVEL}


@pytest.mark.parametrize(
    "other",
    [
        replace(OWN, category=Category.ALERTS),
        replace(OWN, role="gp_nurse"),
        replace(OWN, organisation_kind=OrganisationKind.TRUST),
        replace(OWN, purpose=Purpose.ETREAT),
        denial(OWN),
    ],
)
def test_a_role_that_cannot_see_its_own_organisations_items_is_a_fault(other):
    faults = lint(policy_of([ADMINISTRATOR, VIEW, other]))

    assert [fault.kind for fault in faults] == [FaultKind.OWN_ITEMS_HIDDEN]


def test_a_fault_names_the_row_in_the_policys_own_order():
    policy = policy_of([ADMINISTRATOR, VIEW, OWN, replace(SEARCH, role="matron")])

    (fault,) = lint(policy)

    assert policy.rules[fault.row].role == "matron"
    assert fault.field == "role"


@pytest.mark.parametrize(
    ("rule", "kind", "field"),
    [
        (replace(SEARCH, role="matron"), FaultKind.UNKNOWN_WORD, "role"),
        (replace(VIEW, label=min(HARD_BARRED)), FaultKind.BARRED_LABEL, "label"),
        (replace(SEARCH, purpose=Purpose.HRESCH), FaultKind.PERSON_OUTSIDE_CARE, None),
        (replace(SEARCH, act=Act.EDIT_POLICY), FaultKind.ADMINISTRATION_BY_CARE_ROLE, "act"),
        (replace(SEARCH, act=Act.EXPORT), FaultKind.EXPORT_IN_CARE, "act"),
        (replace(SEARCH, act=Act.BREAK_GLASS), FaultKind.BREAK_GLASS_IN_DIRECT_CARE, "purpose"),
        (replace(SEARCH, level=Level.MASK), FaultKind.ACT_WITH_LEVEL, "level"),
        (VIEW, FaultKind.OWN_ITEMS_HIDDEN, None),
    ],
)
def test_a_fault_says_in_which_row_it_is_and_in_which_field(rule, kind, field):
    sound = replace(SEARCH, category=Category.ALERTS)
    policy = policy_of([ADMINISTRATOR, sound, rule])

    assert lint(policy) == (PolicyFault(kind, policy.rules.index(rule), field),)


def test_every_row_is_looked_at_in_turn():
    matrons = [replace(SEARCH, role="matron", category=each) for each in sorted(Category)[:3]]

    faults = lint(policy_of([ADMINISTRATOR, *matrons]))

    assert faults == tuple(PolicyFault(FaultKind.UNKNOWN_WORD, row, "role") for row in range(3))


def test_what_an_author_touches_is_counted_in_what_is_added_and_then_what_is_removed():
    mine = [replace(SEARCH, category=each) for each in (Category.ALERTS, Category.PROBLEMS)]
    other = replace(SEARCH, role="gp_nurse")
    before = policy_of([ADMINISTRATOR, *mine])
    after = policy_of([ADMINISTRATOR, replace(SEARCH, category=Category.RESULTS), other])

    assert lint_change(before, after, "gp") == tuple(
        PolicyFault(FaultKind.SELF_GRANT, row) for row in (0, 2, 3)
    )


def test_an_author_may_change_the_rights_of_others():
    before, after = policy_of([ADMINISTRATOR]), policy_of([ADMINISTRATOR, VIEW, OWN])

    assert lint_change(before, after, "policy_admin") == ()


@pytest.mark.parametrize("role", ["policy_admin", "caldicott_guardian"])
def test_pa_06_an_author_may_neither_add_nor_remove_rights_of_the_own_role(role):
    more = replace(ADMINISTRATOR, role=role, category=Category.ALERTS)
    small, large = policy_of([ADMINISTRATOR]), policy_of([ADMINISTRATOR, more])

    assert lint_change(small, large, role) == (PolicyFault(FaultKind.SELF_GRANT, 0),)
    assert lint_change(large, small, role) == (PolicyFault(FaultKind.SELF_GRANT, 0),)


def test_nobody_changes_who_reads_the_audit():
    audit = replace(ADMINISTRATOR, role="system_auditor", act=Act.READ_AUDIT)
    without, with_it = policy_of([ADMINISTRATOR, VIEW, OWN]), policy_of([ADMINISTRATOR, audit])

    assert lint_change(without, with_it, "policy_admin") == (
        PolicyFault(FaultKind.AUDIT_RULE_CHANGED, 0),
    )
    assert lint_change(with_it, without, "policy_admin") == (
        PolicyFault(FaultKind.AUDIT_RULE_CHANGED, 2),
    )


def test_a_change_to_a_faulty_policy_is_a_fault():
    before, after = policy_of([ADMINISTRATOR]), policy_of([SEARCH])

    assert lint_change(before, after, "caldicott_guardian") == (
        PolicyFault(FaultKind.NO_ADMINISTRATOR),
    )
