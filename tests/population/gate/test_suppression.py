"""Tables with totals: nothing that is kept back can be worked out from what is shown (T11, T12)."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.population.intervals import (
    ImpossibleError,
    Interval,
    Known,
    Sum,
    feasible_intervals,
    is_possible,
    narrow_intervals,
)
from gateway.population.small_numbers import SUPPRESSED, publishable_count
from gateway.population.suppression import (
    FEWEST_VALUES,
    CannotProtect,
    Counted,
    Total,
    counted_cell,
    exposed_cells,
    protected_counts,
    what_is_known,
)


def people(**counts: int) -> dict[str, Counted]:
    return {name: Counted.of_people(count) for name, count in counts.items()}


def shown(published) -> dict[str, str]:
    return {name: str(each) for name, each in published.items()}


WHOLE = (Total("whole", ("a", "b")),)


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (3, 60, ("*", "60", "65")),
        (7, 7, ("*", "*", "*")),  # 15 would say that both are 6 or 7
        (0, 60, ("0", "60", "60")),
        (3, 0, ("*", "0", "*")),
        (4, 4, ("*", "*", "10")),
        (1, 8, ("*", "*", "*")),  # 10 less at least 8 is at most 4
    ],
)
def test_t12_a_total_that_would_tell_a_small_part_is_kept_back(a: int, b: int, told):
    published = protected_counts(people(a=a, b=b, whole=a + b), WHOLE)

    assert tuple(shown(published).values()) == told


def test_t12_the_plain_rule_is_caught_telling_two_of_seven():
    cells = {name: counted_cell(each) for name, each in people(a=7, b=7, whole=14).items()}
    known = what_is_known(cells, sums_of(WHOLE), frozenset({"a", "b"}), are_whole=True)

    assert feasible_intervals(known, ["a"]) == {"a": Interval(6, 7)}
    assert exposed_cells(cells, sums_of(WHOLE), frozenset({"a", "b"})) == ("a", "b")


ROWS, COLUMNS = range(3), range(4)
GRIDS = st.lists(
    st.integers(0, 30) | st.integers(0, 9), min_size=len(ROWS) * len(COLUMNS), max_size=12
)


def sums_of(totals: tuple[Total[str], ...]) -> tuple[Sum[str], ...]:
    return tuple(each.as_sum for each in totals)


def grid(numbers: list[int]) -> tuple[dict[str, Counted], tuple[Total[str], ...]]:
    """Lay numbers out in rows and columns, with a total of each and of all."""
    cells = {f"{row}{column}": numbers[row * 4 + column] for row in ROWS for column in COLUMNS}
    totals = [Total(f"{row}*", tuple(f"{row}{column}" for column in COLUMNS)) for row in ROWS]
    totals += [Total(f"*{column}", tuple(f"{row}{column}" for row in ROWS)) for column in COLUMNS]
    totals.append(Total("**", tuple(cells)))
    sums = {each.total: sum(cells[part] for part in each.parts) for each in totals}
    return people(**cells, **sums), tuple(totals)


@settings(max_examples=20)
@given(GRIDS)
def test_t12_every_kept_back_count_may_be_any_of_five_numbers(numbers: list[int]):
    counts, totals = grid(numbers)
    published = protected_counts(counts, totals)
    assume(not isinstance(published, CannotProtect))  # then nothing is published at all
    hidden = frozenset(name for name, each in published.items() if each == SUPPRESSED)
    cells = {name: counted_cell(each) for name, each in counts.items()}
    small = [name for name, each in counts.items() if 0 < each.count < 8]

    told = feasible_intervals(what_is_known(cells, sums_of(totals), hidden, are_whole=True), small)

    assert all(each.count_of_values >= FEWEST_VALUES for each in told.values())
    assert all(told[name].least <= counts[name].count <= told[name].most for name in small)


@settings(max_examples=20)
@given(GRIDS)
def test_what_is_shown_is_what_the_rule_makes_of_the_count(numbers: list[int]):
    counts, totals = grid(numbers)

    published = protected_counts(counts, totals)
    assume(not isinstance(published, CannotProtect))

    assert list(published) == list(counts)
    assert all(
        each in (SUPPRESSED, publishable_count(counts[name].count))
        for name, each in published.items()
    )


@settings(max_examples=8)
@given(GRIDS, st.integers(1, 6))
def test_looking_at_all_at_once_finds_the_same_cells_as_one_by_one(numbers: list[int], width: int):
    counts, totals = grid(numbers)
    cells = {name: counted_cell(each) for name, each in counts.items()}
    hidden = frozenset(name for name, each in counts.items() if 0 < each.count < 8)
    known = what_is_known(cells, sums_of(totals), hidden, are_whole=True)

    one_by_one = feasible_intervals(known, cells)

    narrow = {name: each for name, each in one_by_one.items() if each.most - each.least < width}
    assert narrow_intervals(known, dict.fromkeys(cells, float(width))) == narrow


def test_a_cell_that_must_not_be_shown_is_not_and_no_total_tells_it():
    counts = {**people(b=20, c=30), "a": Counted(40, 40, kept_back=40), **people(whole=90)}

    published = protected_counts(counts, (Total("whole", ("a", "b", "c")),))

    assert shown(published) == {"b": "*", "c": "30", "a": "*", "whole": "90"}


def test_what_readers_have_already_is_not_kept_back_for_nothing():
    counts = {
        "a": Counted.of_people(7),
        "b": Counted(8, 8, is_told=True),
        "whole": Counted.of_people(15),
    }

    assert shown(protected_counts(counts, WHOLE)) == {"a": "*", "b": "10", "whole": "15"}


def test_a_cell_that_nothing_can_save_is_said_to_be_lost():
    told = {name: Counted(each, each, is_told=True) for name, each in (("b", 8), ("whole", 10))}

    lost = protected_counts({"a": Counted.of_people(2), **told}, WHOLE)

    assert lost == CannotProtect(("a",))


def test_contacts_of_a_few_people_are_kept_back_with_what_would_tell_them():
    counts = {"a": Counted(60, 3), **people(b=40, c=50, whole=150)}

    published = protected_counts(counts, (Total("whole", ("a", "b", "c")),))

    assert published["a"] == SUPPRESSED
    assert SUPPRESSED in (published["b"], published["c"], published["whole"])


def test_a_total_that_is_not_its_parts_is_an_error():
    with pytest.raises(ImpossibleError, match="not the sum"):
        protected_counts(people(a=10, b=10, whole=21), WHOLE)


def test_numbers_that_contradict_each_other_are_an_error():
    known = Known({"a": Interval(0, 3)}, (Sum({"a": 1}, Interval(5, 9)),))

    assert not is_possible(known)
    assert is_possible(Known({"a": Interval(0, 3)}, ()))
    with pytest.raises(ImpossibleError):
        feasible_intervals(known, ["a"])


def test_numbers_need_not_be_whole():
    halves = Known({"a": Interval(0, 10)}, (Sum({"a": 2}, Interval(3, 7)),), are_whole=False)

    assert feasible_intervals(halves, ["a"]) == {"a": Interval(1.5, 3.5)}
