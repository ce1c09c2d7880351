"""P02: what a compiled policy gives is what the independent reference reads in the same rows.

`SCR_PROVE_COUNT` sets how many decisions of each seed are compared, `SCR_PROVE_SEED` the second seed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import CompiledPolicy, Scope, compile_policy
from rbac.policy import load_default
from rbac.types import Act, Level, Policy
from tests.differential.random_policies import (
    ACTS,
    as_rows,
    label_sets,
    random_labels,
    random_policy,
    random_scopes,
    words,
)
from tests.differential.seeds import SEEDS, chances, count
from tests.reference import policy_evaluator as reference

COUNT = count("SCR_PROVE_COUNT", 20_000) // len(SEEDS)
PER_POLICY = 500
SCOPES = 3
_SHARE_OF_ACTS, _SHARE_OF_MET_ROWS = 0.25, 0.8


@pytest.mark.parametrize("seed", SEEDS)
def test_p02_every_random_policy_gives_what_the_reference_reads_in_its_rows(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", seed)
    chance, told = chances(seed, "rows"), Counter[str]()

    for _policy in range(-(-COUNT // PER_POLICY)):
        told += compared(chance, PER_POLICY)

    record_property("decisions", told.total())
    record_property("of each kind", dict(sorted(told.items())))
    assert told.total() >= COUNT
    # No level and no end of an act is left out by chance.
    assert {*Level, "done", "not done"} <= {each.split(" ", 1)[-1] for each in told}


@dataclass(frozen=True)
class Compared:
    """One policy, as the service and as the reference have it."""

    compiled: CompiledPolicy
    rows: reference.PolicyIndex

    def level(self, scope: Scope, category: Category, labels: frozenset[Label]) -> str:
        """Compare the level of one item, and give it."""
        expected = reference.level(self.rows, *_words(scope), category.value, words(labels))
        levels = self.compiled.levels_for(scope.role, scope.organisation_kind, scope.purpose)
        decided = Level.NONE if levels is None else levels.level_of(category, labels)
        assert decided.value == expected, (scope, category, sorted(labels), self.rows)
        return expected

    def act(self, scope: Scope, category: Category, act: Act) -> str:
        """Compare whether an act may be done, and say so."""
        expected = reference.may(self.rows, *_words(scope), act.value, category.value)
        levels = self.compiled.levels_for(scope.role, scope.organisation_kind, scope.purpose)
        is_done = levels is not None and (act, category) in levels.acts
        assert is_done is expected, (scope, act, category, self.rows)
        return f"{act} {'done' if expected else 'not done'}"


def compared(chance: Random, questions: int) -> Counter[str]:
    """Compare decisions under one random policy; give how many there were of each kind."""
    scopes = random_scopes(chance, SCOPES)
    policy = random_policy(chance, scopes)
    both = Compared(compile_policy(policy), as_rows(policy))
    assert both.compiled.unanswered == 0
    return Counter(_answer(chance, both, policy, scopes) for _question in range(questions))


def _answer(chance: Random, both: Compared, policy: Policy, scopes: Sequence[Scope]) -> str:
    # What no row speaks of is denied throughout; most questions are about what some row does.
    rule = chance.choice(policy.rules)
    is_met = chance.random() < _SHARE_OF_MET_ROWS
    scope = Scope(rule.role, rule.organisation_kind, rule.purpose)
    scope = scope if is_met else chance.choice(scopes)
    category = rule.category if is_met else chance.choice(list(Category))
    if chance.random() < _SHARE_OF_ACTS:
        return both.act(scope, category, rule.act if rule.act in ACTS else chance.choice(ACTS))
    labels = random_labels(chance)
    return both.level(scope, category, labels | {rule.label} if is_met else labels)


def _words(scope: Scope) -> tuple[str, str, str]:
    return scope.role, scope.organisation_kind.value, scope.purpose.value


def test_p02_the_default_policy_gives_what_the_reference_reads_in_its_rows() -> None:
    policy, sets = load_default(), tuple(label_sets())
    both = Compared(compile_policy(policy), as_rows(policy))

    for scope in both.compiled.levels:
        for category in Category:
            for labels in sets:
                both.level(scope, category, labels)
            for act in ACTS:
                both.act(scope, category, act)
