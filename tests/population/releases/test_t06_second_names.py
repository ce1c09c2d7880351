"""T6: nobody is given the same people's rows under two projects' names, for whole histories join them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import ConflictError
from gateway.population.datasets import Column, Role
from gateway.population.releases.states import NotPossible, is_twin
from gateway.store.words import ReleaseState
from tests.population.releases.small_making import DATASET

PERSON = Column("person_id", Role.PERSON, "text", "letters", "a keyed hash")


@pytest.fixture
def following(deployment):
    """Give a deployment whose dataset has a name for each person."""
    datasets = {"small": replace(DATASET, columns=(PERSON,))}
    return replace(deployment, desk=replace(deployment.desk, datasets=datasets))


async def test_t06_one_recipient_is_given_no_second_name_of_a_person(following):
    await following.approved()
    second = await following.requested(project="other")

    with pytest.raises(ConflictError, match=NotPossible.TWIN):
        await following.desk.approve(second.id, "approver", following.clock())

    assert (await following.desk.release(second.id)) == second


async def test_t06_the_next_release_of_one_project_and_another_recipient_have_their_own(following):
    await following.approved()

    for changes in ({}, {"project": "other", "recipient": "CSP2"}):
        await following.approved(**changes)


async def test_t06_what_was_given_up_stands_in_nobodys_way(following):
    first = await following.approved()
    await following.desk.cancel(first.id, "approver", following.clock(), "not needed")

    assert (await following.approved(project="other")).state is ReleaseState.APPROVED


async def test_t06_rows_without_a_name_of_anybody_go_to_any_number_of_projects(deployment):
    await deployment.approved()

    assert (await deployment.approved(project="other")).state is ReleaseState.APPROVED


async def test_t06_what_is_over_is_no_twin_though_nobody_has_noted_it(following):
    first = await following.approved()
    second = await following.requested(project="other")
    now = following.clock()
    over = replace(first, state=ReleaseState.PUBLISHED, expires_at=now)

    assert not is_twin(second, over, now)
    assert is_twin(second, replace(over, expires_at=now + timedelta(seconds=1)), now)


def test_t06_a_person_column_that_is_given_to_nobody_follows_nobody():
    kept_back = replace(
        DATASET, columns=(Column("id", Role.PERSON, "text", "x", "y", given=False),)
    )

    assert not kept_back.follows_people
    assert replace(kept_back, columns=(PERSON,)).follows_people
