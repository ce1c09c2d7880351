"""A reader who can make shadow worlds tries to say whether somebody is in what was counted (T25).

They know how many people of each area are counted in a year but for chance, publish worlds with and without the target as the
gate does, and score what is really published by how much likelier it is with the target. No reader of shadow worlds can do
better than one who has them all, so nothing is drawn here: chances are summed.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from gateway.population.counting import GatedTable, gated_table
from tests.population.gate.samples import by_area, cell

AREAS = (120, 80, 60, 45, 30, 20, 14, 10, 7, 5, 3, 2)
"""How many are expected in each: as in a town whose centre has most of what happens."""
MOST = 0.55


@cache
def through_the_gate(count: int) -> str:
    gated = gated_table("r1", by_area({"E1": cell(range(count))}), ())
    assert isinstance(gated, GatedTable)
    return ",".join(str(each) for each in gated.told.published.values())


def chances(expected: int, publish: Callable[[int], str], joins: int) -> Counter[str]:
    """Give how likely each thing is published, when others are counted by chance (Poisson)."""
    likely: Counter[str] = Counter()
    for count in range(expected + 10 * math.isqrt(expected) + 10):
        log = count * math.log(expected) - expected - math.lgamma(count + 1)
        likely[publish(count + joins)] += math.exp(log)
    return likely


def outcomes(
    areas: tuple[int, ...], publish: Callable[[int], str]
) -> Iterator[tuple[float, float]]:
    """Give the chances of all that may be published about a target's area, without them and with them.

    A target is as likely to be of an area as whoever is counted.
    """
    for expected in areas:
        without, within = (chances(expected, publish, joins) for joins in (0, 1))
        share = expected / sum(areas)
        yield from ((share * without[each], share * within[each]) for each in without | within)


def area_under_curve(areas: tuple[int, ...], publish: Callable[[int], str]) -> float:
    """Give how often a world with the target scores higher than one without; a tie counts half."""
    scored = sorted(outcomes(areas, publish), key=lambda each: each[1] / (each[0] + each[1]))
    passed = won = 0.0
    for without, within in scored:
        won += within * (passed + without / 2)
        passed += without
    return won


def test_t25_nobody_can_tell_whether_a_person_was_counted(record_property):
    found = area_under_curve(AREAS, through_the_gate)
    by_area = {each: round(area_under_curve((each,), through_the_gate), 3) for each in AREAS}

    record_property("area under the curve", round(found, 4))
    record_property("area under the curve by how many are expected", by_area)
    assert 0.5 < found <= MOST


def test_t25_true_counts_of_small_groups_are_caught():
    assert area_under_curve((10, 7, 5, 3, 2), str) > MOST


def test_what_tells_nothing_scores_a_half():
    assert area_under_curve(AREAS, lambda _count: "*") == pytest.approx(0.5, abs=1e-6)
    assert area_under_curve((2,), lambda count: str(count > 1000)) == pytest.approx(0.5, abs=1e-6)
