"""Decision test 9: of a cell of five a planner is told `*`, in a release that was made, agreed to and fetched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.population.datasets import load_datasets
from gateway.population.making import make_release
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.release_order import SourceKind
from gateway.population.releases.leaving_out import ListedPeople, people_in
from gateway.store.agreement_feeds import Feed
from tests.population.http.world import PLANNER
from tests.population.making.neighbours import HERE, THERE, TODAY, neighbours, store_of
from tests.population.making.stores import places, venues
from tests.population.releases.small_store import unmarked

SMALL = 5
LIVES = [*neighbours(40), *neighbours(SMALL, start=40, lsoa=THERE)]
AGES = 36_500
"""Days: what is made of a fixed day is there whenever this is run."""


@pytest.fixture
async def made(planning):
    """A gateway whose job makes the declared dataset of lives: in one area forty were assaulted, in another five."""
    lives = store_of(planning.coding.folder / "lives", LIVES)
    listed = planning.coding.folder / "list.json"
    at = planning.stack.services.records.clock()
    keep_list(listed, CheckList("run", at, at + timedelta(days=6), people_in(lives)))
    ground = replace(
        planning.jobs.ground,
        datasets={"violence": replace(load_datasets()["violence"], retention_days=AGES)},
        store=lives,
        kinds={kind.value: kind for kind in SourceKind},
        places=places(),
        venues=venues(),
        leaving_out=ListedPeople(lives, listed, unmarked, lambda _mark: frozenset()),
        make=lambda order, *rest: make_release(replace(order, today=TODAY), *rest),
    )
    planning.jobs = replace(planning.jobs, ground=ground)
    await planning.agrees("harm", Feed("violence", "streets", "702"))
    await planning.coding.make_key("streets", "702")
    return planning


async def test_decision_09_a_planner_is_told_a_cell_of_five_as_a_star(made):
    release = await made.published(PLANNER, recipient="702", agreement="harm")

    answer = await made.sees(PLANNER, release.id, "files/hot-spots.csv")

    told = dict(line.split(",") for line in answer.text.split())
    assert (told[THERE], told[HERE]) == ("*", "40")
    assert str(SMALL) not in told.values()
