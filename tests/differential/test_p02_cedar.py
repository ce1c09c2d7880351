"""P02: what a compiled policy gives is what Cedar, another maker's engine, reads in the same rows.

`SCR_PROVE_CEDAR` sets how many decisions of both seeds together are compared, `SCR_PROVE_SEED` the second seed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import astuple
from random import Random

import pytest
from cedarpy import Decision, is_authorized_batch

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import CompiledPolicy, Scope, compile_policy
from rbac.roles import NON_CARE_ROLES
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule
from tests.differential.cedar_rows import LEVELS, policies_of, question
from tests.differential.random_policies import (
    ACTS,
    random_labels,
    random_policy,
    random_scopes,
)
from tests.differential.seeds import SEEDS, chances, count

COUNT = count("SCR_PROVE_CEDAR", 2_000) // len(SEEDS)
PER_POLICY = 50
SCOPES = 3

Asked = tuple[Scope, Category, frozenset[Label], Act]


@pytest.mark.parametrize("seed", SEEDS)
def test_p02_every_random_policy_gives_what_cedar_reads_in_its_rows(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", seed)
    chance, told = chances(seed, "cedar"), Counter[str]()

    for _policy in range(-(-COUNT // PER_POLICY)):
        policy = random_policy(chance, random_scopes(chance, SCOPES))
        asked = [_asked(chance, policy) for _question in range(PER_POLICY)]
        compiled, read = compile_policy(policy), _cedar(policy, asked)
        for one in asked:
            decided = _decided(compiled, one)
            assert decided == read[one], (one, policy)
            told[decided] += 1

    record_property("decisions by Cedar", told.total())
    record_property("of each kind", dict(sorted(told.items())))
    assert told.total() >= COUNT
    assert {*Level, "done", "not done"} <= set(told)


def _asked(chance: Random, policy: Policy) -> Asked:
    rule = chance.choice(policy.rules)
    scope = Scope(rule.role, rule.organisation_kind, rule.purpose)
    is_met = chance.random() < 0.8
    category = rule.category if is_met else chance.choice(list(Category))
    if chance.random() < 0.25:
        act = rule.act if rule.act in ACTS else chance.choice(ACTS)
        return scope, category, frozenset(), act
    labels = random_labels(chance)
    return scope, category, labels | {rule.label} if is_met else labels, Act.VIEW


def _decided(compiled: CompiledPolicy, asked: Asked) -> str:
    scope, category, labels, act = asked
    levels = compiled.levels_for(scope.role, scope.organisation_kind, scope.purpose)
    if act is Act.VIEW:
        return Level.NONE if levels is None else levels.level_of(category, labels)
    return "done" if levels is not None and (act, category) in levels.acts else "not done"


def _cedar(policy: Policy, asked: list[Asked]) -> dict[Asked, str]:
    single = {
        (one, action, label): _question(one, action, label)
        for one in asked
        for action in _actions(one)
        for label in _counted(one)
    }
    answers = is_authorized_batch(list(single.values()), policies_of(policy.rules), [])
    permitted = {
        key: answer.decision is Decision.Allow for key, answer in zip(single, answers, strict=True)
    }
    return {
        one: _highest(
            one,
            [
                action
                for action in _actions(one)
                if all(permitted[one, action, label] for label in _counted(one))
            ],
        )
        for one in asked
    }


def _counted(asked: Asked) -> frozenset[Label]:
    # Every label takes away; one's own item is not barred from oneself by its label of sexual health.
    _scope, _category, labels, _act = asked
    counted = labels - {Label.SEXUAL_HEALTH} if Label.OWN in labels else labels
    return counted | {Label.NORMAL}


def _actions(asked: Asked) -> list[str]:
    act = asked[3]
    return [f"view {each}" for each in LEVELS] if act is Act.VIEW else [act.value]


def _question(asked: Asked, action: str, label: Label) -> dict[str, object]:
    scope, category, _labels, _act = asked
    words = (scope.role, scope.organisation_kind.value, scope.purpose.value)
    is_care_role = scope.role not in NON_CARE_ROLES
    return question(words, category.value, label.value, action, is_care_role=is_care_role)


def _highest(asked: Asked, actions: list[str]) -> str:
    if asked[3] is not Act.VIEW:
        return "done" if actions else "not done"
    return actions[-1].removeprefix("view ") if actions else Level.NONE


@pytest.mark.parametrize(
    ("levels", "read"),
    [(("all",), "all"), (("all", "mask"), "mask"), (("all", "none"), "none"), ((), "none")],
)
def test_rows_said_in_cedar_give_the_lowest_level_that_any_of_them_allows(
    levels: tuple[str, ...], read: str
) -> None:
    scope = Scope("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT)
    cell = (*astuple(scope)[:2], Category.PROBLEMS, Label.NORMAL, scope.purpose, Act.VIEW)
    rules = tuple(Rule(*cell, Level(each), Effect.ALLOW) for each in levels)
    one: Asked = (scope, Category.PROBLEMS, frozenset(), Act.VIEW)

    assert _cedar(Policy("", rules), [one]) == {one: read}
