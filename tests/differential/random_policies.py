"""Make policies up: rows that meet in few cells, with denials, barred labels, and roles and purposes of every kind."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from itertools import combinations
from random import Random

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from rbac.bars import CARE_PURPOSES
from rbac.decide import Scope
from rbac.policy import policy_of
from rbac.roles import NON_CARE_ROLES, Role
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule
from tests.reference.policy_evaluator import PolicyIndex, PolicyRow, index

# The lowest counts, so that few would stay high if all were as frequent.
_LEVELS = (*(Level.ALL,) * 8, *(Level.SUMMARY,) * 3, Level.MASK, Level.NONE)
ACTS = tuple(each for each in Act if each is not Act.VIEW)
CARE_ROLES = tuple(each for each in Role if each not in NON_CARE_ROLES)
_OTHER_ROLES = tuple(each for each in Role if each in NON_CARE_ROLES) * 4
OPEN_LABELS = tuple(each for each in Label if each not in HARD_BARRED)
# Rare enough to leave most items open, frequent enough to stand in every policy.
_BARRED_SHARE, _DENIED_SHARE, _ACT_SHARE, _CARE_SHARE = 0.08, 0.12, 0.25, 0.6


def random_scopes(chance: Random, count: int) -> list[Scope]:
    """Give different scopes; most are of care, the others of any role for any purpose."""
    made: dict[Scope, None] = {}
    while len(made) < count:
        is_care = chance.random() < _CARE_SHARE
        role = chance.choice(CARE_ROLES if is_care else (*Role, *_OTHER_ROLES))
        purpose = chance.choice(sorted(CARE_PURPOSES) if is_care else list(Purpose))
        made[Scope(role.value, chance.choice(list(OrganisationKind)), purpose)] = None
    return list(made)


def random_policy(chance: Random, scopes: Sequence[Scope]) -> Policy:
    """Make a policy of these scopes, of few to many rows; some scopes may end without any."""
    categories = chance.sample(list(Category), chance.randint(1, 4))
    labels = chance.sample(OPEN_LABELS, chance.randint(1, 4))
    rows = chance.randint(1, 45) * len(scopes)
    return policy_of(_rule(chance, chance.choice(scopes), categories, labels) for _ in range(rows))


def _rule(
    chance: Random, scope: Scope, categories: Sequence[Category], labels: Sequence[Label]
) -> Rule:
    is_act = chance.random() < _ACT_SHARE
    effect = Effect.DENY if chance.random() < _DENIED_SHARE else Effect.ALLOW
    return Rule(
        scope.role,
        scope.organisation_kind,
        chance.choice(categories),
        Label.NORMAL if is_act else _label(chance, labels),
        scope.purpose,
        chance.choice(ACTS) if is_act else Act.VIEW,
        _level(chance, effect, is_act=is_act),
        effect,
    )


def _label(chance: Random, labels: Sequence[Label]) -> Label:
    if chance.random() < _BARRED_SHARE:
        return chance.choice(sorted(HARD_BARRED))
    # Without the ordinary row nothing of a category is ever shown, so it must be frequent.
    return Label.NORMAL if chance.random() < 0.4 else chance.choice(labels)


def _level(chance: Random, effect: Effect, *, is_act: bool) -> Level:
    if effect is Effect.DENY:
        return Level.NONE
    return Level.ALL if is_act else chance.choice(_LEVELS)


def as_rows(policy: Policy) -> PolicyIndex:
    """Give a policy as the words that the reference reads."""
    return index(PolicyRow(*map(str, astuple(rule))) for rule in policy.rules)


def random_labels(chance: Random) -> frozenset[Label]:
    """Give the labels of one item: none to four, now and then a barred one."""
    chosen = frozenset(chance.sample(OPEN_LABELS, chance.choice((0, 0, 0, 1, 1, 2, 3, 4))))
    is_barred = chance.random() < _BARRED_SHARE
    return chosen | {chance.choice(sorted(HARD_BARRED))} if is_barred else chosen


def label_sets() -> Iterator[frozenset[Label]]:
    """Give every set of up to two labels."""
    yield frozenset()
    for size in (1, 2):
        yield from map(frozenset, combinations(Label, size))


def words(labels: frozenset[Label]) -> frozenset[str]:
    """Give an item's labels in the reference's words: an item without any is `normal`."""
    return frozenset(each.value for each in labels) or frozenset({Label.NORMAL.value})
