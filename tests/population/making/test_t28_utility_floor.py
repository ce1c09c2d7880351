"""What leaves is useful: large counts, costs and hot-spots are near enough to the truth to plan by.

`SCR_PROVE_PEOPLE` sets the size of the population; rows of both datasets are made of the whole alone, for of a slice too few are alike.
"""

import os
from dataclasses import replace

import pytest

from adapters.simulators.planning.lives import ContactKind
from adapters.simulators.planning.population import PEOPLE as EVERYBODY
from adapters.simulators.planning.population import Population
from adapters.simulators.planning.rates import STATED
from gateway.population.gate import Refusal
from tests.population.making.floor import (
    furthest_of_top,
    hot_spots_kept,
    is_told_of,
    mean_error,
    tables_of,
    truths_of,
)
from tests.population.making.neighbours import made, order_of, store_of
from tests.population.making.stores import pseudonym

PEOPLE = int(os.environ.get("SCR_PROVE_PEOPLE", "1500"))  # noqa: TID251 - a switch of the test run
IS_WHOLE = PEOPLE >= EVERYBODY
# In a slice so few people are so often at hospital that cells of fifty are filled.
_OFTEN = {**STATED.contacts_a_year, ContactKind.EMERGENCY: 1.2}
RATES = STATED if IS_WHOLE else replace(STATED, contacts_a_year=_OFTEN, assault_share=0.8)
POPULATION = Population(people=PEOPLE, rates=RATES)
DATASETS = ("linked-activity", "violence")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The planning population at rest, what is true of it, and the tables of both datasets."""
    lives = list(POPULATION.lives())
    folder = tmp_path_factory.mktemp("floor")
    left_out = frozenset(pseudonym(life) for life in lives if not is_told_of(life))
    store = store_of(folder / "store", lives)
    orders = {name: order_of(store, name, left_out=left_out) for name in DATASETS}
    tables = {}
    for name, order in orders.items():
        (folder / name).mkdir()
        tables |= tables_of(order, folder / name)
    return truths_of(lives), tables, orders


@pytest.fixture
def truths(world):
    return world[0]


@pytest.fixture
def tables(world):
    return world[1]


def by_area(told):
    return {area: value for (area,), value in told.items() if area.startswith("E01")}


def test_t28_the_twenty_largest_counts_are_within_a_twentieth(truths, tables):
    assert furthest_of_top(truths.contacts, tables["contacts-by-kind-and-month"]) <= 0.05
    assert furthest_of_top(truths.assaults, by_area(tables["hot-spots"])) <= 0.05


def test_t28_what_a_head_costs_is_within_a_fiftieth_by_practice(truths, tables):
    told = {practice: value for (practice,), value in tables["cost-by-practice"].items()}

    assert len(truths.people) == 12
    assert mean_error(truths.pounds_a_head, told) <= 0.02


def test_t28_eight_of_ten_hot_spots_are_kept(truths, tables):
    assert hot_spots_kept(truths.assaults, by_area(tables["hot-spots"])) >= 8


if IS_WHOLE:

    @pytest.mark.parametrize("name", DATASETS)
    def test_t28_rows_of_the_whole_population_leave_too(world, tmp_path, name):
        release = made(world[2][name], tmp_path / name)

        assert not isinstance(release, Refusal), release


def test_t28_counts_to_the_nearest_hundred_would_not_do(truths):
    poor = {each: str(round(count, -2)) for each, count in truths.contacts.items()}

    assert furthest_of_top({("gp", "a"): 149, ("gp", "b"): 60}, {("gp", "a"): "100"}) > 0.05
    assert mean_error(truths.contacts, poor) > 0.02


def test_t28_hot_spots_that_are_kept_back_are_not_kept(truths):
    nothing = dict.fromkeys(truths.assaults, "*")

    assert hot_spots_kept(truths.assaults, nothing) == 0
    assert mean_error(truths.assaults, nothing) == 1
