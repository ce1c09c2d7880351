"""Whoever is not on the list of those who may be used, or objected, is left out; without a list nothing is released."""

from datetime import timedelta

import pytest

from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList, Exemption, OptOutRule, Refused
from gateway.population.release_order import SourceKind, StoreSource
from gateway.population.releases.leaving_out import ListedPeople, people_in
from gateway.population.releases.plan import ReleasePlan
from tests.population.releases.small_store import DIED, PEOPLE, RESTRICTED, fill, unmarked
from tests.store_factories import NOW, anyio_backend

__all__ = ["anyio_backend"]

NATIONAL, EXEMPT = OptOutRule(), OptOutRule(Exemption.LAW)
LIFE = timedelta(days=7)
PLAN = ReleasePlan(NOW.date(), (StoreSource("hospital", SourceKind.HOSPITAL, 1),))


@pytest.fixture
def people(tmp_path):
    fill(tmp_path / "store")
    objected = frozenset({PEOPLE[5]})
    return ListedPeople(
        tmp_path / "store", tmp_path / "list.json", unmarked, lambda _mark: objected
    )


def listed(people, usable=PEOPLE):
    keep_list(people.check_list, CheckList("run", NOW, NOW + LIFE, frozenset(usable)))


async def test_t20_whoever_is_not_on_the_list_is_left_out_and_so_is_who_objected(people):
    listed(people, PEOPLE[2:])

    assert (await people.left_out(NATIONAL, PLAN, NOW)).people == {PEOPLE[0], PEOPLE[1], PEOPLE[5]}


async def test_t20_somebody_pulled_since_the_list_was_made_is_left_out(people):
    listed(people)
    fill(people.store, (*PEOPLE, "a" * 26), pull=2)

    assert (await people.left_out(NATIONAL, PLAN, NOW)).people == {PEOPLE[5], "a" * 26}


async def test_t20_somebody_who_is_in_the_planned_pull_alone_is_left_out_unless_listed(people):
    fill(people.store, PEOPLE[3:], pull=2)
    listed(people, PEOPLE[1:])

    assert (await people.left_out(NATIONAL, PLAN, NOW)).people == {PEOPLE[0], PEOPLE[5]}


@pytest.mark.parametrize("pull", [1, 2])
@pytest.mark.parametrize("said", [RESTRICTED, DIED], ids=str)
async def test_de_05_what_the_planned_or_the_newest_pull_says_against_somebody_counts(
    people, pull, said
):
    fill(people.store, pull=pull, said={PEOPLE[2]: said})
    fill(people.store, pull=3 - pull)

    assert (await people.left_out(EXEMPT, PLAN, NOW)).people == {PEOPLE[2], PEOPLE[5]}


async def test_de_05_what_a_source_says_from_which_nothing_is_planned_counts_too(people):
    fill(people.store.parent / "other", said={PEOPLE[2]: RESTRICTED})
    (people.store.parent / "other" / "hospital").rename(people.store / "trust")

    assert (await people.left_out(EXEMPT, PLAN, NOW)).people == {PEOPLE[2], PEOPLE[5]}


async def test_a_dataset_that_has_the_dead_leaves_them_in(people):
    fill(people.store, pull=2, said={PEOPLE[2]: DIED})
    rule = OptOutRule(Exemption.LAW, has_the_dead=True)

    assert (await people.left_out(rule, PLAN, NOW)).people == {PEOPLE[5]}


@pytest.mark.parametrize("later", [LIFE, timedelta(days=-1)])
async def test_t20_a_list_that_is_not_current_is_none(people, later):
    listed(people)

    assert await people.left_out(NATIONAL, PLAN, NOW + later) in set(Refused)


async def test_t20_without_a_list_nothing_is_released_but_what_is_exempt(people):
    assert await people.left_out(NATIONAL, PLAN, NOW) is Refused.NO_LIST
    assert (await people.left_out(EXEMPT, PLAN, NOW)).people == {PEOPLE[5]}


def test_t20_what_rests_on_a_list_holds_as_long_as_the_list_and_else_for_a_week(people):
    listed(people)
    later = NOW + timedelta(days=2)

    assert people.holds_until(NATIONAL, later) == NOW + LIFE
    assert people.holds_until(EXEMPT, later) == later + LIFE
    people.check_list.unlink()
    assert people.holds_until(NATIONAL, later) == later + LIFE


def test_in_no_store_is_nobody(tmp_path):
    assert people_in(tmp_path / "nowhere") == frozenset()
