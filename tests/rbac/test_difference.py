"""A difference says all that a change changes, and who must agree to it."""

from dataclasses import replace

import pytest

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import compile_policy
from rbac.difference import Side, difference_of
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

VIEW = Rule(
    "gp",
    OrganisationKind.GENERAL_PRACTICE,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.ALL,
    Effect.ALLOW,
)
SEARCH = replace(VIEW, act=Act.SEARCH)
BREAK_GLASS = replace(VIEW, act=Act.BREAK_GLASS, purpose=Purpose.ETREAT)
EMERGENCY = replace(VIEW, purpose=Purpose.BTG)


def side(*rules):
    policy = policy_of(rules)
    return Side(policy, compile_policy(policy))


def test_rules_cells_and_acts_are_told_on_their_sides():
    summary = replace(VIEW, level=Level.SUMMARY)

    found = difference_of(
        side(summary, SEARCH), side(VIEW, replace(SEARCH, category=Category.ALERTS))
    )

    assert set(found.added) == {VIEW, replace(SEARCH, category=Category.ALERTS)}
    assert set(found.removed) == {summary, SEARCH}
    assert [row.level for row in found.widened] == [Level.ALL]
    assert (found.narrowed, [row.category for row in found.gained]) == ((), [Category.ALERTS])
    assert [row.category for row in found.lost] == [Category.PROBLEMS]


@pytest.mark.parametrize(
    ("added", "is_widening", "needs_guardian"),
    [
        ((), False, False),
        ((replace(VIEW, category=Category.ALERTS),), True, False),
        ((replace(VIEW, category=Category.ALERTS), SEARCH), True, False),
        ((SEARCH,), True, False),
        ((replace(VIEW, label=Label.MENTAL_HEALTH),), True, True),
        ((replace(VIEW, label=Label.SUBSTANCE, level=Level.MASK),), True, True),
        ((BREAK_GLASS,), True, True),
        ((EMERGENCY,), True, True),
        ((replace(VIEW, level=Level.NONE, effect=Effect.DENY),), False, False),
    ],
)
def test_what_is_loosened_says_who_must_agree(added, is_widening, needs_guardian):
    found = difference_of(side(VIEW), side(VIEW, *added))

    assert (found.is_widening, found.needs_guardian) == (is_widening, needs_guardian)
    assert not difference_of(side(VIEW, *added), side(VIEW)).is_widening or not is_widening


def test_what_has_the_same_rules_is_taken_from_the_version_before():
    before = compile_policy(policy_of([VIEW, EMERGENCY]))

    def refuse(rules):
        assert VIEW not in rules
        raise AssertionError("nothing is left to ask")

    after = compile_policy(policy_of([VIEW, EMERGENCY]), refuse, before)
    assert (after.levels, after.unanswered) == (before.levels, 0)
    doubtful = replace(before, unanswered=1)
    assert compile_policy(policy_of([VIEW]), lambda _rules: None, doubtful).unanswered == 1


def test_levels_have_one_digest_whatever_the_order_and_another_for_each_change():
    [levels] = side(VIEW, SEARCH).compiled.levels.values()
    [same] = side(SEARCH, VIEW).compiled.levels.values()
    others = [side(VIEW), side(SEARCH), side(SEARCH, replace(VIEW, level=Level.MASK))]

    digests = {each.digest for other in others for each in other.compiled.levels.values()}

    assert (len(levels.digest), levels.digest) == (64, same.digest)
    assert len(digests | {levels.digest}) == 4
