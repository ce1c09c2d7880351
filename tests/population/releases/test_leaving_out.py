"""Whoever is not on the list of those who may be used, or objected, is left out; without a list nothing is released."""

from datetime import timedelta

import pytest

from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList, Exemption, OptOutRule, Refused
from gateway.population.releases.leaving_out import ListedPeople, people_in
from tests.population.releases.small_store import PEOPLE, fill
from tests.store_factories import NOW, anyio_backend

__all__ = ["anyio_backend"]

NATIONAL, EXEMPT = OptOutRule(), OptOutRule(Exemption.LAW)
LIFE = timedelta(days=7)


@pytest.fixture
def people(tmp_path):
    fill(tmp_path / "store")
    objected = frozenset({PEOPLE[5]})
    return ListedPeople(tmp_path / "store", tmp_path / "list.json", lambda: objected)


def listed(people, usable=PEOPLE):
    keep_list(people.check_list, CheckList("run", NOW, NOW + LIFE, frozenset(usable)))


async def test_t20_whoever_is_not_on_the_list_is_left_out_and_so_is_who_objected(people):
    listed(people, PEOPLE[2:])

    assert await people.left_out(NATIONAL, NOW) == {PEOPLE[0], PEOPLE[1], PEOPLE[5]}


async def test_t20_somebody_pulled_since_the_list_was_made_is_left_out(people):
    listed(people)
    fill(people.store, (*PEOPLE, "a" * 26), pull=2)

    assert await people.left_out(NATIONAL, NOW) == {PEOPLE[5], "a" * 26}


@pytest.mark.parametrize("later", [LIFE, timedelta(days=-1)])
async def test_t20_a_list_that_is_not_current_is_none(people, later):
    listed(people)

    assert await people.left_out(NATIONAL, NOW + later) in set(Refused)


async def test_t20_without_a_list_nothing_is_released_but_what_is_exempt(people):
    assert await people.left_out(NATIONAL, NOW) is Refused.NO_LIST
    assert await people.left_out(EXEMPT, NOW) == {PEOPLE[5]}


def test_in_no_store_is_nobody(tmp_path):
    assert people_in(tmp_path / "nowhere") == frozenset()
