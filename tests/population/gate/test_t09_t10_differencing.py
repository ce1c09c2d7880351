"""Two releases one person apart, 200 adaptive questions about overlapping groups, and an integer solver (T9, T10, DE-03).

`SCR_PROVE_COUNT` sets how many targets are attacked, `SCR_PROVE_SEED` repeats a run.
"""

import os
from dataclasses import replace
from itertools import islice
from random import Random

import pytest

from gateway.population.differencing import isolates
from tests.population.gate.differencing_attack import (
    QUESTIONS,
    Service,
    Told,
    World,
    asked,
    gated_service,
    plain_service,
    solved,
    worlds,
)

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "6"))  # noqa: TID251 - a switch of the test run
SEEDS = (1, int(os.environ["SCR_PROVE_SEED"]))  # noqa: TID251 - as above
TARGETS = [
    (seed, world) for seed in SEEDS for world in islice(worlds(Random(seed)), COUNT // len(SEEDS))
]


def attack(seed: int, world: World, service: Service, *, is_held: bool) -> Told:
    answers = asked(service, Random(seed))
    small = [name for name, count in world.counts.items() if isolates(count)]
    return solved(answers, small, is_held=is_held)


def test_t09_t10_no_target_is_isolated_through_the_gate(record_property):
    told = [attack(seed, world, gated_service(world), is_held=True) for seed, world in TARGETS]
    isolated = sum(each.joined is not None for each in told)
    small = sum(len(each.small_areas) for each in told)

    record_property("targets", len(told))
    record_property("isolated through the gate", isolated)
    record_property("small areas told through the gate", small)
    assert len(told) == COUNT
    assert (isolated, small) == (0, 0)


def test_t09_t10_the_same_attack_succeeds_against_the_plain_rule(record_property):
    told = [attack(seed, world, plain_service(world), is_held=False) for seed, world in TARGETS]
    isolated = sum(each.joined is not None for each in told)
    right = sum(
        each.joined is world.joins for each, (_seed, world) in zip(told, TARGETS, strict=True)
    )

    record_property("targets", len(told))
    record_property("isolated under the plain rule", isolated)
    record_property(
        "small areas told under the plain rule", sum(len(each.small_areas) for each in told)
    )
    assert right == isolated > len(told) / 2


@pytest.mark.parametrize("joins", [True, False])
def test_t09_a_gate_that_forgets_what_it_told_is_caught(joins: bool):
    """Each release is made as if it were the first: the weakness that the ledger is against."""
    world = World(dict.fromkeys(next(worlds(Random(1))).counts, 12), joins)

    def forgetful(question):
        is_second = question.release == 2 and world.joins
        return gated_service(replace(world, counts={**world.counts, "E00": 12 + is_second}))(
            question._replace(release=1)
        )

    assert attack(1, world, forgetful, is_held=True).joined is (True if joins else None)


def test_the_attacker_asks_two_hundred_questions_that_overlap():
    answers = asked(plain_service(TARGETS[0][1]), Random(1))
    groups = {question.areas for question in answers if len(question.areas) > 1}

    assert QUESTIONS - 1 <= len(answers) <= QUESTIONS
    assert len(groups) > 50
    assert frozenset.intersection(*groups) == {"E00"}
