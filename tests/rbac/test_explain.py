"""An explanation gives the level that requests look up, names what decided, and what would change it."""

import random
from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import compile_policy
from rbac.explain import Change, DecidedBy, Item, Step, explain
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

PRACTICE = OrganisationKind.GENERAL_PRACTICE
VIEW = Rule(
    "gp",
    PRACTICE,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.ALL,
    Effect.ALLOW,
)
SUMMARY = replace(VIEW, level=Level.SUMMARY)
DENY = replace(VIEW, level=Level.NONE, effect=Effect.DENY)
MENTAL = replace(VIEW, label=Label.MENTAL_HEALTH, level=Level.MASK)
SEXUAL = replace(VIEW, label=Label.SEXUAL_HEALTH, level=Level.MASK)
OWN = replace(VIEW, label=Label.OWN)


def item(*labels, role="gp", purpose=Purpose.TREAT):
    return Item(role, PRACTICE, purpose, Category.PROBLEMS, frozenset(labels))


def explained(asked, *rules):
    policy = policy_of(rules)
    return explain(policy, compile_policy(policy), asked)


def after_all_steps(rules, steps):
    removed = {step.rule for step in steps if step.change is Change.REMOVE}
    added = {step.rule for step in steps if step.change is Change.ADD}
    return (set(rules) - removed) | added


@pytest.mark.parametrize(
    ("rules", "labels", "level", "decided_by", "deciding"),
    [
        ((VIEW,), (), Level.ALL, DecidedBy.ALLOW_RULE, {VIEW}),
        ((VIEW, SUMMARY), (), Level.SUMMARY, DecidedBy.ALLOW_RULE, {SUMMARY}),
        ((VIEW, DENY), (), Level.NONE, DecidedBy.DENY_RULE, {DENY}),
        ((VIEW,), (Label.MENTAL_HEALTH,), Level.NONE, DecidedBy.NO_RULE, set()),
        ((VIEW, MENTAL), (Label.MENTAL_HEALTH,), Level.MASK, DecidedBy.ALLOW_RULE, {MENTAL}),
        ((VIEW, SEXUAL), (Label.SEXUAL_HEALTH,), Level.MASK, DecidedBy.ALLOW_RULE, {SEXUAL}),
        (
            (VIEW, SEXUAL, OWN),
            (Label.SEXUAL_HEALTH, Label.OWN),
            Level.ALL,
            DecidedBy.ALLOW_RULE,
            {VIEW, OWN},
        ),
        ((SUMMARY, SEXUAL), (Label.MENTAL_HEALTH,), Level.NONE, DecidedBy.NO_RULE, set()),
    ],
)
def test_the_rule_that_decides_is_named(rules, labels, level, decided_by, deciding):
    found = explained(item(*labels), *rules)

    assert (found.level, found.decided_by, set(found.rules)) == (level, decided_by, deciding)


@pytest.mark.parametrize(
    ("asked", "guard"),
    [
        (item(Label.SEALED), DecidedBy.GUARD_LABEL),
        (item(role="researcher"), DecidedBy.GUARD_OUTSIDE_CARE),
        (item(purpose=Purpose.HRESCH), DecidedBy.GUARD_OUTSIDE_CARE),
    ],
)
def test_a_guard_decides_before_any_rule_and_no_policy_changes_it(asked, guard):
    found = explained(asked, VIEW)

    assert (found.level, found.decided_by, found.rules, found.steps) == (Level.NONE, guard, (), ())


def test_where_only_a_better_rule_stands_beside_the_deciding_one_nothing_is_added():
    found = explained(item(), VIEW, SUMMARY)

    assert [(step.change, step.rule) for step in found.steps] == [(Change.REMOVE, SUMMARY)]


@pytest.mark.parametrize(
    ("rules", "labels", "steps"),
    [
        ((SUMMARY,), (), [(Change.REMOVE, SUMMARY), (Change.ADD, VIEW)]),
        ((DENY,), (), [(Change.REMOVE, DENY), (Change.ADD, VIEW)]),
        ((VIEW, DENY), (), [(Change.REMOVE, DENY)]),
        ((SUMMARY, DENY), (), [(Change.REMOVE, DENY)]),
        (
            (VIEW,),
            (Label.MENTAL_HEALTH,),
            [(Change.ADD, replace(VIEW, label=Label.MENTAL_HEALTH))],
        ),
        (
            (VIEW, MENTAL),
            (Label.MENTAL_HEALTH,),
            [(Change.REMOVE, MENTAL), (Change.ADD, replace(MENTAL, level=Level.ALL))],
        ),
    ],
)
def test_the_steps_are_those_that_raise_the_level(rules, labels, steps):
    assert explained(item(*labels), *rules).steps == tuple(Step(*each) for each in steps)


def test_of_two_lowest_cells_the_harder_reason_is_told_and_the_rules_of_both():
    denied = replace(DENY, label=Label.MENTAL_HEALTH)
    found = explained(item(Label.MENTAL_HEALTH), denied)

    assert (found.level, found.decided_by, found.rules) == (
        Level.NONE,
        DecidedBy.DENY_RULE,
        (denied,),
    )
    assert [(step.change, step.rule.label) for step in found.steps] == [
        (Change.REMOVE, Label.MENTAL_HEALTH),
        (Change.ADD, Label.MENTAL_HEALTH),
        (Change.ADD, Label.NORMAL),
    ]


def test_whoever_the_policy_does_not_speak_of_sees_nothing_for_want_of_a_rule():
    found = explained(item(role="gp_nurse"), VIEW)

    assert (found.level, found.decided_by, found.rules) == (Level.NONE, DecidedBy.NO_RULE, ())
    assert found.steps == (Step(Change.ADD, replace(VIEW, role="gp_nurse")),)


def test_what_is_shown_whole_needs_no_change():
    assert explained(item(), VIEW).steps == ()


def test_every_explanation_of_the_default_policy_agrees_and_its_steps_raise_the_level(
    default_policy, compiled
):
    chosen = random.Random(1)
    roles = ["gp", "paramedic", "social_worker", "care_home_nurse", "practice_admin"]
    scopes = [scope for scope in compiled.levels if scope.role in roles]
    for _trial in range(40):
        scope = chosen.choice(scopes)
        labels = frozenset(chosen.sample(list(Label), chosen.randint(0, 2)))
        asked = Item(
            scope.role,
            scope.organisation_kind,
            scope.purpose,
            chosen.choice(list(Category)),
            labels,
        )
        found = explain(default_policy, compiled, asked)
        assert found.level is compiled.levels[scope].level_of(asked.category, labels)
        if found.steps:
            changed = policy_of(after_all_steps(default_policy.rules, found.steps))
            after = compile_policy(changed, before=compiled)
            assert after.levels[scope].level_of(asked.category, labels).rank > found.level.rank
