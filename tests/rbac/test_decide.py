"""Compiling asks Casbin and believes nothing but a plain yes; looking up asks nobody."""

import asyncio
from dataclasses import FrozenInstanceError, replace

import pytest

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from rbac import decide
from rbac.decide import Scope, UnusablePolicyError, casbin_enforcer, compile_policy
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule

RULE = Rule(
    "gp",
    OrganisationKind.GENERAL_PRACTICE,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.SUMMARY,
    Effect.ALLOW,
)
DENY = replace(RULE, level=Level.NONE, effect=Effect.DENY)


class AnsweringEnforcer:
    """Casbin's place, giving one answer to everything."""

    def __init__(self, answer):
        self.answer = answer

    def enforce(self, *_words):
        return self.answer


class RaisingEnforcer:
    def enforce(self, *_words):
        raise RuntimeError("broken")


def level_in(compiled, rule=RULE):
    levels = compiled.levels_for(rule.role, rule.organisation_kind, rule.purpose)
    return levels.level_of(rule.category, frozenset({rule.label}))


def level_under(*rules):
    return level_in(compile_policy(policy_of(rules)))


def test_an_allowed_cell_is_shown_at_its_level():
    assert level_under(RULE) is Level.SUMMARY


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((Level.ALL, Level.SUMMARY), Level.SUMMARY),
        ((Level.SUMMARY, Level.MASK), Level.MASK),
        ((Level.ALL, Level.MASK, Level.SUMMARY), Level.MASK),
        ((Level.ALL, Level.NONE), Level.NONE),
    ],
)
def test_the_lowest_of_several_allowed_levels_counts(levels, expected):
    assert level_under(*(replace(RULE, level=level) for level in levels)) is expected


@pytest.mark.parametrize("level", list(Level))
def test_any_matching_deny_gives_nothing(level):
    assert level_under(replace(RULE, level=level), DENY) is Level.NONE


@pytest.mark.parametrize(
    "change",
    [
        {"role": "gp_nurse"},
        {"organisation_kind": OrganisationKind.TRUST},
        {"category": Category.ALLERGIES},
        {"label": Label.OWN},
        {"purpose": Purpose.ETREAT},
        {"act": Act.SEARCH},
    ],
)
def test_a_deny_elsewhere_takes_nothing_away(change):
    assert level_under(RULE, replace(DENY, **change)) is Level.SUMMARY


def test_an_allow_row_of_level_none_gives_no_act_either():
    compiled = compile_policy(policy_of([replace(RULE, level=Level.NONE)]))

    assert compiled.levels_for("gp", RULE.organisation_kind, RULE.purpose).acts == frozenset()


def test_acts_are_those_allowed_and_not_denied():
    search = replace(RULE, act=Act.SEARCH, level=Level.ALL)
    denied = replace(DENY, act=Act.SEARCH, category=Category.ALLERGIES)
    rules = [RULE, search, replace(search, category=Category.ALLERGIES), denied]

    levels = compile_policy(policy_of(rules)).levels_for("gp", RULE.organisation_kind, RULE.purpose)

    assert levels.acts == {(Act.VIEW, Category.PROBLEMS), (Act.SEARCH, Category.PROBLEMS)}


def test_a_label_that_is_shown_while_its_category_is_not_gives_no_act():
    compiled = compile_policy(policy_of([replace(RULE, label=Label.SAFEGUARDING)]))
    levels = compiled.levels_for("gp", RULE.organisation_kind, RULE.purpose)

    assert levels.acts == frozenset()
    assert levels.level_of(RULE.category, frozenset({Label.SAFEGUARDING})) is Level.NONE


@pytest.mark.parametrize("label", sorted(HARD_BARRED))
def test_no_row_opens_a_hard_barred_label(label):
    assert level_under(RULE, replace(RULE, label=label)) is Level.SUMMARY
    compiled = compile_policy(policy_of([RULE, replace(RULE, label=label)]))
    assert level_in(compiled, replace(RULE, label=label)) is Level.NONE


@pytest.mark.parametrize("act", [Act.VIEW, Act.SEARCH, Act.OPEN_DOCUMENT, Act.BREAK_GLASS])
def test_no_row_shows_a_person_to_a_role_or_purpose_outside_care(act):
    row = replace(RULE, act=act, level=Level.ALL)
    rules = [
        replace(row, role="researcher"),
        replace(row, purpose=Purpose.HRESCH),
        replace(row, role="policy_admin", purpose=Purpose.HSYSADMIN),
    ]

    compiled = compile_policy(policy_of(rules))

    assert all(not levels.view and not levels.acts for levels in compiled.levels.values())
    assert len(compiled.levels) == 3


@pytest.mark.parametrize(
    ("role", "purpose", "act", "is_given"),
    [
        ("gp", Purpose.TREAT, Act.EXPORT, False),
        ("gp", Purpose.HRESCH, Act.EXPORT, False),
        ("researcher", Purpose.TREAT, Act.EXPORT, False),
        ("researcher", Purpose.HRESCH, Act.EXPORT, True),
        ("gp", Purpose.HSYSADMIN, Act.EDIT_POLICY, False),
        ("gp", Purpose.TREAT, Act.READ_AUDIT, False),
        ("system_auditor", Purpose.HSYSADMIN, Act.READ_AUDIT, True),
    ],
)
def test_no_row_lets_care_export_or_administer(role, purpose, act, is_given):
    row = replace(RULE, role=role, purpose=purpose, act=act, level=Level.ALL)

    (levels,) = compile_policy(policy_of([row])).levels.values()

    assert ((act, row.category) in levels.acts) is is_given


@pytest.mark.parametrize(
    "answer", [None, 1, "True", (True, []), [True], NotImplemented, Effect.ALLOW], ids=repr
)
def test_az_17_an_answer_that_is_not_exactly_true_gives_nothing(answer):
    compiled = compile_policy(policy_of([RULE]), lambda _rules: AnsweringEnforcer(answer))

    assert level_in(compiled) is Level.NONE
    assert compiled.unanswered == 1


def test_az_17_an_answer_still_to_be_awaited_gives_nothing():
    coroutine = asyncio.sleep(0, result=True)
    compiled = compile_policy(policy_of([RULE]), lambda _rules: AnsweringEnforcer(coroutine))
    coroutine.close()

    assert level_in(compiled) is Level.NONE
    assert compiled.unanswered == 1


def test_az_17_an_enforcer_that_raises_gives_nothing():
    search = replace(RULE, act=Act.SEARCH, level=Level.ALL)
    compiled = compile_policy(policy_of([RULE, search]), lambda _rules: RaisingEnforcer())

    assert level_in(compiled) is Level.NONE
    assert compiled.unanswered == 2


def test_az_17_an_enforcer_that_cannot_be_built_gives_nothing():
    def broken(rules):
        raise OSError("no model")

    compiled = compile_policy(policy_of([RULE, replace(RULE, label=Label.OWN)]), broken)

    assert level_in(compiled) is Level.NONE
    assert compiled.unanswered == 2


def test_az_17_a_fault_in_one_scope_leaves_the_others_as_they_are():
    nurse = replace(RULE, role="gp_nurse")

    def broken_for_nurses(rules):
        return RaisingEnforcer() if rules[0].role == "gp_nurse" else casbin_enforcer(rules)

    compiled = compile_policy(policy_of([RULE, nurse]), broken_for_nurses)

    assert level_in(compiled) is Level.SUMMARY
    assert level_in(compiled, nurse) is Level.NONE
    assert compiled.unanswered == 1


def test_a_plain_no_is_an_answer():
    compiled = compile_policy(policy_of([RULE]), lambda _rules: AnsweringEnforcer(False))

    assert level_in(compiled) is Level.NONE
    assert compiled.unanswered == 0


def test_casbin_can_only_narrow_what_the_rules_allow():
    compiled = compile_policy(policy_of([RULE]), lambda _rules: AnsweringEnforcer(True))

    assert dict(compiled.levels_for("gp", RULE.organisation_kind, RULE.purpose).view) == {
        (Category.PROBLEMS, Label.NORMAL): Level.SUMMARY
    }


def test_az_17_an_empty_policy_is_refused():
    with pytest.raises(
        UnusablePolicyError, match=r"^The policy is empty; a policy must have at least one rule\.$"
    ):
        compile_policy(policy_of([]))


def test_pa_10_a_policy_whose_rules_were_altered_is_refused():
    altered = Policy(policy_of([RULE]).version, (replace(RULE, level=Level.ALL),))

    with pytest.raises(
        UnusablePolicyError, match=r"^The policy's rules do not match its version\.$"
    ):
        compile_policy(altered)


@pytest.mark.parametrize(
    "rules",
    [
        (RULE, RULE),
        (replace(RULE, act=Act.SEARCH, level=Level.ALL, label=Label.OWN),),
        (replace(RULE, act=Act.SEARCH),),
        (replace(DENY, level=Level.ALL),),
    ],
)
def test_a_policy_with_repeated_or_meaningless_rules_is_refused(rules):
    with pytest.raises(
        UnusablePolicyError, match=r"^The policy has repeated or meaningless rules; lint it\.$"
    ):
        compile_policy(Policy(decide.version_of(rules), rules))


@pytest.mark.parametrize(
    ("role", "kind", "purpose"),
    [
        ("", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("*", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("GP", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("gp ", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("g\u0440", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("\ud800", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        (None, OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        (["gp"], OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT),
        ("gp", None, Purpose.TREAT),
        ("gp", OrganisationKind.TRUST, Purpose.TREAT),
        ("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.HRESCH),
        ("gp", OrganisationKind.GENERAL_PRACTICE, True),
    ],
)
def test_az_23_words_that_the_policy_does_not_hold_find_nothing(compiled, role, kind, purpose):
    assert compiled.levels_for(role, kind, purpose) is None


def test_levels_are_found_for_every_scope_that_was_compiled(compiled):
    for scope, levels in compiled.levels.items():
        assert compiled.levels_for(scope.role, scope.organisation_kind, scope.purpose) is levels
    assert list(compiled.levels) == sorted(compiled.levels)


def test_a_compiled_policy_cannot_be_changed(compiled):
    scope = Scope("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT)
    levels = compiled.levels[scope]

    with pytest.raises(FrozenInstanceError):
        compiled.version = "other"
    with pytest.raises(TypeError):
        compiled.levels[scope] = levels
    with pytest.raises(TypeError):
        levels.view[Category.PROBLEMS, Label.GENDER] = Level.ALL


def test_the_default_policy_is_answered_in_full_under_its_own_version(default_policy, compiled):
    assert compiled.version == default_policy.version
    assert compiled.unanswered == 0
