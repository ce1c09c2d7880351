"""One count at a time: what is published of it, and what that tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.small_numbers import (
    SUPPRESSED,
    Rounded,
    possible_counts,
    publishable_count,
    publishable_count_of_people,
    publishable_mean,
    publishable_percentage,
)

COUNTS = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (1, "*"),
        (7, "*"),
        (8, "10"),
        (12, "10"),
        (13, "15"),
        (17, "15"),
        (18, "20"),
        (22, "20"),
        (100_003, "100005"),
    ],
)
def test_a_count_is_told_as_hospital_episode_statistics_tell_it(count: int, shown: str):
    assert str(publishable_count(count)) == shown


def test_a_count_below_nothing_is_no_count():
    with pytest.raises(ValueError, match="never below 0"):
        publishable_count(-1)


@pytest.mark.parametrize("value", [5, 8, 12, -5])
def test_nobody_can_make_a_published_count_that_the_rule_never_gives(value: int):
    with pytest.raises(ValueError, match="multiple of 5"):
        Rounded(value)


@given(COUNTS)
def test_t11_rounding_never_tells_a_count_of_one_to_seven(count: int):
    possible = possible_counts(publishable_count(count))

    assert count in possible
    assert list(possible) in ([0], list(range(1, 8))) or possible[0] >= 8


@given(COUNTS)
def test_what_can_be_told_of_a_count_is_every_count_that_is_told_alike(count: int):
    told = publishable_count(count)

    alike = [
        each for each in range(max(count - 10, 0), count + 11) if publishable_count(each) == told
    ]
    assert alike == list(possible_counts(told))


MISUSES = {
    "adding nothing": lambda: SUPPRESSED + 1,
    "summing it": lambda: sum([SUPPRESSED]),
    "ordering it": lambda: Rounded(10) > SUPPRESSED,
    "the greatest": lambda: max(SUPPRESSED, 0),
    "as a number": lambda: int(SUPPRESSED),
    "as a truth": lambda: bool(SUPPRESSED),
    "adding what is rounded": lambda: Rounded(10) + Rounded(10),
    "ordering what is rounded": lambda: Rounded(10) > 5,
    "0 as a truth": lambda: bool(Rounded(0)),
}


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES)
def test_a_published_count_cannot_be_taken_for_a_number(misuse):
    with pytest.raises(TypeError):
        misuse()


def test_kept_back_is_not_nothing():
    assert SUPPRESSED not in (0, Rounded(0), None, "")


def test_many_contacts_of_a_few_people_are_kept_back():
    assert publishable_count_of_people(60, 7) == SUPPRESSED
    assert publishable_count_of_people(60, 8) == Rounded(60)
    assert publishable_count_of_people(0, 0) == Rounded(0)


@pytest.mark.parametrize(
    ("people", "told"), [(0, None), (1, SUPPRESSED), (7, SUPPRESSED), (8, 3.0)]
)
def test_a_mean_of_one_to_seven_people_is_kept_back(people: int, told):
    assert publishable_mean([3.0] * people) == told


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, None), (3, 40, SUPPRESSED), (3, 5, SUPPRESSED), (0, 40, 0.0), (12, 38, 25.0)],
)
def test_a_percentage_is_of_the_rounded_counts(part: int, whole: int, told):
    assert publishable_percentage(part, whole) == told


def test_a_part_that_is_more_than_its_whole_is_refused():
    with pytest.raises(ValueError, match="no more than its whole"):
        publishable_percentage(9, 8)
