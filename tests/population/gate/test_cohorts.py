"""Groups that a reader puts together: all answers tell no more than the table that they are answered from."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.population.cohorts import CohortCounts, UnknownGroup
from gateway.population.counting import GatedTable, gated_table
from gateway.population.ledger import PublishedCell
from gateway.population.small_numbers import SUPPRESSED, Rounded, publishable_count
from gateway.population.tables import CountTable
from tests.population.gate.samples import by_area, cell, named

KEY = bytes(range(32))
TABLE = by_area(
    {"E1": cell(range(40)), "E2": cell(range(40, 43)), "E3": cell(), "E4": cell(range(100, 161))}
)


def cohorts(
    table: CountTable = TABLE, key: bytes = KEY, told: tuple[PublishedCell, ...] = ()
) -> CohortCounts:
    gated = gated_table("r1", table, told)
    assert isinstance(gated, GatedTable)
    return CohortCounts(gated.told, key)


def areas(*names: str) -> dict[str, frozenset[str]]:
    return {"area": frozenset(names)}


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (areas("E1"), Rounded(40)),
        (areas("E2"), SUPPRESSED),
        (areas("E3"), Rounded(0)),
        ({}, Rounded(105)),
        (areas("E1", "E2", "E3", "E4"), Rounded(105)),
        (areas("E2", "E3"), SUPPRESSED),
        (areas("E9"), UnknownGroup("area")),
        (areas(), UnknownGroup("area")),
        ({"sex": frozenset({"female"})}, UnknownGroup("sex")),
    ],
    ids=named,
)
def test_a_group_is_told_as_the_table_tells_it(group, told):
    assert cohorts().count(group) == told


def test_a_group_that_the_table_does_not_tell_is_near_the_truth():
    told = cohorts().count(areas("E1", "E4"))

    assert isinstance(told, Rounded)
    assert abs(told.value - 101) <= 2 + 2 * 2


def test_a_group_with_a_cell_that_is_kept_back_for_another_is_kept_back():
    table = by_area({"E1": cell(range(1)), "E2": cell(range(10, 18)), "E3": cell()})

    kept = cohorts(table)

    assert kept.count(areas("E2")) == SUPPRESSED
    assert kept.count(areas("E2", "E3")) == SUPPRESSED


def test_a_cell_that_has_been_emptied_is_in_every_group_that_it_was_in():
    first = gated_table("r1", TABLE, ())
    assert isinstance(first, GatedTable)
    left = by_area({"E1": cell(range(40)), "E3": cell()})

    later = cohorts(left, told=first.remembered)

    assert later.count(areas("E4")) == Rounded(0)
    assert later.count(areas("E1", "E2", "E3", "E4")) == later.count({}) == Rounded(45)


def test_what_readers_are_given_has_no_true_number():
    given = gated_table("r1", by_area({"E1": cell(range(4321)), "E2": cell(range(9000, 9003))}), ())

    assert isinstance(given, GatedTable)
    assert "4321" not in repr(given)
    assert "4324" not in repr(given)


def test_costs_are_not_counted():
    cost = CountTable("cost", {}, ("area",), {("E1",): cell(range(20))}, rounded_to=100)

    with pytest.raises(TypeError, match="not costed"):
        cohorts(cost).count({})


COUNTS = st.lists(st.integers(0, 30), min_size=5, max_size=5)


def table_of(counts: list[int]) -> CountTable:
    return by_area(
        {
            f"E{place}": cell(range(place * 100, place * 100 + count))
            for place, count in enumerate(counts)
        },
        margins=(),
    )


@settings(max_examples=30)
@given(COUNTS, st.randoms(use_true_random=False))
def test_t10_whatever_is_asked_two_worlds_that_are_told_alike_answer_alike(counts, random: Random):
    """Every count changed to another that is published so: no group of any kind tells which world this is."""
    here = cohorts(table_of(counts))
    other = [
        random.choice([each for each in range(40) if _is_told_alike(each, count)])
        for count in counts
    ]
    there = cohorts(table_of(other))

    for size in range(32):
        group = areas(*(f"E{place}" for place in range(5) if size >> place & 1))
        assert here.count(group) == there.count(group)


def _is_told_alike(one: int, other: int) -> bool:
    return publishable_count(one) == publishable_count(other)
