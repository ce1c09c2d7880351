"""Releases side by side (T9, T27): no difference between them is a few people."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.population.differencing import (
    Isolation,
    is_same_for_a_reader,
    isolates,
    isolations,
    member_of,
)
from tests.population.gate.samples import members, named

KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("people", "are_few"), [(0, False), (1, True), (7, True), (8, False), (900, False)]
)
def test_a_set_of_one_to_seven_is_somebody(people: int, are_few: bool):
    assert isolates(people) is are_few


def test_a_person_is_found_in_the_ledger_with_its_key_alone():
    assert member_of(KEY, "S1") == member_of(KEY, "S1")
    assert len({member_of(KEY, "S1"), member_of(KEY, "S2"), member_of(bytes(32), "S1")}) == 3


@pytest.mark.parametrize(
    ("now", "is_same"),
    [
        (range(50), True),
        (range(51), True),
        (range(57), True),
        (range(58), False),
        (range(1, 50), True),
        (range(8, 50), False),
        (range(1, 80), True),  # thirty came; who went would be told by whoever knows those
        (range(8, 80), False),
    ],
    ids=named,
)
def test_t09_a_change_of_a_few_people_is_not_seen(now: range, is_same: bool):
    assert is_same_for_a_reader(members(now), members(range(50))) is is_same


@pytest.mark.parametrize(
    ("new", "earlier", "beside"),
    [
        ([range(40)], {"old": [range(37)]}, {"old"}),
        ([range(37)], {"old": [range(40)]}, {"old"}),
        ([range(40)], {"old": [range(2, 43)]}, {"old"}),
        ([range(40)], {"old": [range(32)]}, set()),
        ([range(40)], {"old": [range(40)]}, set()),
        ([range(40)], {"old": [range(35), range(90, 130)]}, set()),
        ([range(40)], {"one": [range(20)], "two": [range(20, 37)]}, {"one", "two"}),
        ([range(3, 37)], {"one": [range(20)], "two": [range(20, 37)]}, {"one", "two"}),
        ([range(40)], {"one": [range(20)], "two": [range(20, 40)]}, set()),
        ([range(40)], {"far": [range(100, 140)]}, set()),
    ],
    ids=named,
)
def test_t27_a_cell_that_others_leave_a_few_people_of_is_found(new, earlier, beside: set[str]):
    before = {name: members(*spans) for name, spans in earlier.items()}

    found = list(isolations({"new": members(*new)}, before))

    assert [(each.cell, set(each.beside)) for each in found] == [("new", beside)] * bool(beside)


CELLS = st.dictionaries(
    st.sampled_from("abcd"), st.frozensets(st.integers(0, 40), min_size=1), max_size=4
)


@settings(deadline=None)
@given(st.frozensets(st.integers(0, 40), min_size=1), CELLS)
def test_whatever_is_found_is_a_few_people_and_every_pair_is_found(new, earlier):
    found = set(isolations({"new": new}, earlier))

    for each in found:
        around = frozenset().union(*(earlier[name] for name in each.beside))
        assert isolates(len(new - around)) or isolates(len(around - new))
    for name, people in earlier.items():
        if people < new and isolates(len(new - people)):
            assert Isolation("new", (name,)) in found
