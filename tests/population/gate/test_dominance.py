"""Costs (T13): no sum tells what one person cost."""

import pytest

from gateway.population.dominance import (
    Costs,
    LargestShares,
    PercentRule,
    is_dominated,
    protected_costs,
)
from gateway.population.small_numbers import SUPPRESSED
from gateway.population.suppression import CannotProtect, Total

EVEN = [100.0] * 20
ONE_DEAR = [10_000.0, *[10.0] * 20]
TWO_DEAR = [5_000.0, 5_000.0, *[10.0] * 20]


@pytest.mark.parametrize(
    ("contributions", "rule", "tells"),
    [
        (EVEN, PercentRule(), False),
        (ONE_DEAR, PercentRule(), True),
        (TWO_DEAR, PercentRule(), True),
        (TWO_DEAR, PercentRule(1), False),
        (EVEN, LargestShares(), False),
        (TWO_DEAR, LargestShares(), True),
        (TWO_DEAR, LargestShares(1, 75), False),
        ([50.0], PercentRule(), True),
        ([0.0, 0.0], PercentRule(), False),
        ([], LargestShares(), False),
    ],
    ids=str,
)
def test_t13_a_sum_of_which_few_make_up_most_tells_too_much(contributions, rule, tells: bool):
    assert is_dominated(Costs.of(contributions), rule) is tells


def test_costs_below_nothing_are_refused():
    with pytest.raises(ValueError, match="not below 0"):
        Costs.of([5.0, -1.0])


def test_t13_a_dominated_cost_is_kept_back_and_so_is_the_total_that_tells_it():
    cells = {"a": Costs.of(EVEN), "b": Costs.of(ONE_DEAR), "whole": Costs.of(EVEN + ONE_DEAR)}

    published = protected_costs(cells, (Total("whole", ("a", "b")),), 100)

    assert published["b"] == SUPPRESSED
    assert SUPPRESSED in (published["a"], published["whole"])


def test_costs_of_eight_who_cost_alike_are_told_rounded_and_of_seven_not():
    cells = {"eight": Costs.of([133.0] * 8), "seven": Costs.of([133.0] * 7), "none": Costs.of([])}

    assert protected_costs(cells, (), 100) == {"eight": 1100, "seven": SUPPRESSED, "none": 0}


def test_a_cost_that_readers_can_work_out_whatever_is_hidden_is_said_to_be_lost():
    told = Costs(2_000, 20, (100, 100), is_told=True)
    whole = Costs(12_200, 41, (10_000, 100), is_told=True, is_kept_back=False)
    plain = protected_costs(
        {"a": told, "b": Costs.of(ONE_DEAR), "whole": whole},
        (Total("whole", ("a", "b")),),
        100,
        (LargestShares(1, 97),),
    )

    assert plain == CannotProtect(("b",))
