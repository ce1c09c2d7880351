"""Of 1 to 7 people who come between two releases of rows nobody is told, and of 1 to 7 who go, nothing at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.contents.increments import (
    RowsBefore,
    rows_before,
    rows_cell,
    too_few_differ,
    waiting,
)
from gateway.population.small_numbers import SUPPRESSED

MEMBERS = st.frozensets(st.integers(0, 30))
EARLIER = st.lists(MEMBERS.map(lambda members: RowsBefore("p", members)), max_size=4)


def before(*sets: range) -> tuple[RowsBefore, ...]:
    return tuple(RowsBefore("p", frozenset(each)) for each in sets)


@pytest.mark.parametrize(("came", "wait"), [(0, 0), (1, 1), (7, 7), (8, 0), (30, 0)], ids=str)
def test_t18_increments_under_8_are_withheld(came: int, wait: int):
    assert len(waiting(frozenset(range(100 + came)), before(range(100)))) == wait


def test_nobody_waits_for_a_first_release():
    assert waiting(frozenset(range(3)), ()) == frozenset()


def test_who_waits_beside_one_release_may_leave_too_few_beside_another():
    # Of 20 newcomers 15 came since the second release; without the five, ten of the third's are left.
    earlier = before(range(100), range(5, 112), range(100, 115))

    left = waiting(frozenset(range(120)), earlier)

    assert not too_few_differ(frozenset(range(120)) - left, earlier[:2])


@pytest.mark.parametrize(("gone", "few"), [(0, False), (1, True), (7, True), (8, False)], ids=str)
def test_t09_rows_less_by_a_few_people_tell_too_much(gone: int, few: bool):
    assert too_few_differ(frozenset(range(gone, 100)), before(range(100))) is few


@given(MEMBERS, EARLIER)
def test_after_those_who_wait_no_few_have_come_beside_any_release(now, earlier):
    staying = now - waiting(now, earlier)

    assert staying <= now
    assert all(not 0 < len(staying - each.members) < 8 for each in earlier)


@given(MEMBERS, EARLIER)
def test_it_makes_no_difference_to_what_is_told_in_which_order_releases_came(now, earlier):
    assert too_few_differ(now, earlier) == too_few_differ(now, earlier[::-1])


def test_the_ledger_keeps_whose_rows_left_and_tells_no_number_of_them():
    cell = rows_cell("r1", "violence", "patrols", frozenset({1, 2}))

    assert cell.told == str(SUPPRESSED)
    assert list(rows_before([cell], "violence")) == [RowsBefore("patrols", frozenset({1, 2}))]
    assert list(rows_before([cell], "linked-activity")) == []
