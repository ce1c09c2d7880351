"""What may become of a release, and what may not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.releases.requests import request_of
from gateway.population.releases.states import (
    ENDED,
    MAY_FOLLOW,
    Move,
    NotPossible,
    approved,
    begun,
    destroyed,
    end_of,
    ended,
    is_there,
    published,
)
from gateway.store.releases import Release
from gateway.store.words import ReleaseState
from tests.population.releases.deployment import WANTED
from tests.store_factories import NOW

REQUESTED = Release(request_of(WANTED, UUID(int=1), "asker", NOW))
DESTROY_BY = date(2026, 4, 1)
MAKES = {
    Move.APPROVE: lambda it, by: approved(it, by, NOW),
    Move.BEGIN: lambda it, by: begun(it, 1, b"{}", by, NOW),
    Move.PUBLISH: lambda it, by: published(it, "a" * 64, DESTROY_BY, by, NOW),
    Move.DESTROY: lambda it, by: destroyed(it, b"{}", by, NOW),
    **{
        move: lambda it, by, move=move: ended(it, move, ("why",), by, NOW)
        for move in (Move.CANCEL, Move.REFUSE, Move.EXPIRE, Move.RECALL)
    },
}
PEOPLE = st.sampled_from(["asker", "approver", "job"])


@pytest.mark.parametrize("state", ReleaseState)
@pytest.mark.parametrize("move", Move)
def test_a_move_is_made_from_its_own_states_alone(move, state):
    before, after = MAY_FOLLOW[move]

    found = MAKES[move](replace(REQUESTED, state=state), "approver")

    if state in before:
        assert (found.state, found.generation) == (after, 2)
    else:
        assert found is NotPossible.NOT_NOW


@given(st.lists(st.tuples(st.sampled_from(Move), PEOPLE), max_size=12))
def test_whatever_happens_what_is_published_was_approved_by_somebody_else(moves):
    release, states = REQUESTED, [ReleaseState.REQUESTED]
    for move, by in moves:
        found = MAKES[move](release, by)
        release = release if isinstance(found, NotPossible) else found
        states.append(release.state)

        if ReleaseState.PUBLISHED in states:
            assert release.approved_by not in {None, "asker"}
            assert release.plan is not None
        assert is_there(release, NOW) == (release.state is ReleaseState.PUBLISHED)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_comes_never_back(state):
    follows = {after for before, after in MAY_FOLLOW.values() if state in before}

    assert follows <= {ReleaseState.DESTROYED}


@pytest.mark.parametrize("move", Move)
def test_nobody_does_nothing(move):
    for state in MAY_FOLLOW[move][0]:
        assert MAKES[move](replace(REQUESTED, state=state), " ") is NotPossible.NOBODY


def test_whoever_asks_does_not_approve():
    assert approved(REQUESTED, "asker", NOW) is NotPossible.SAME_PERSON


def test_after_the_last_day_of_its_agreement_nothing_is_begun():
    after = end_of(WANTED.ends_on)
    last = after - timedelta(seconds=1)
    ready = approved(REQUESTED, "approver", last)
    running = begun(ready, 1, b"{}", "job", last)

    ended_agreement = NotPossible.AGREEMENT_ENDED
    assert approved(REQUESTED, "approver", after) is ended_agreement
    assert begun(ready, 1, b"{}", "job", after) is ended_agreement
    assert published(running, "a" * 64, date.max, "job", after) is ended_agreement


@pytest.mark.parametrize(
    ("destroy_by", "until"),
    [
        (DESTROY_BY, datetime(2026, 4, 2, tzinfo=UTC)),
        (date(2030, 1, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_release_lasts_as_its_dataset_says_and_no_longer_than_its_agreement(destroy_by, until):
    running = replace(REQUESTED, state=ReleaseState.RUNNING)

    found = published(running, "a" * 64, destroy_by, "job", NOW)

    assert found.expires_at == until
    assert is_there(found, until - timedelta(seconds=1))
    assert not is_there(found, until)


def test_a_job_that_begins_anew_keeps_the_plan_of_the_first():
    first = begun(replace(REQUESTED, state=ReleaseState.APPROVED), 1, b"first", "job", NOW)

    again = begun(first, 2, b"second", "other job", NOW)

    assert (again.epoch, again.plan, again.generation) == (2, b"first", 3)


def test_what_was_recalled_stays_so_told_when_its_key_is_destroyed():
    there = replace(REQUESTED, state=ReleaseState.PUBLISHED)
    recalled = ended(there, Move.RECALL, ("a mistake",), "officer", NOW)

    found = destroyed(recalled, b"{}", "sweep", NOW + timedelta(days=1))

    assert (found.why, found.ended_by, found.ended_at) == (("a mistake",), "officer", NOW)
    assert destroyed(there, b"{}", "sweep", NOW).ended_by == "sweep"
