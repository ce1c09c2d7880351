"""Releases side by side (T9, T27): no difference between them is a few people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.differencing import (
    Isolation,
    as_a_reader_may_see,
    isolates,
    isolations,
    member_of,
)
from gateway.population.shares import amounts_in, share_of, shares_of, what_is_left
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
    ("now", "seen"),
    [
        (range(50), range(50)),
        (range(51), range(50)),
        (range(57), range(50)),
        (range(58), range(58)),
        (range(1, 50), range(50)),
        (range(8, 50), range(8, 50)),
        (range(1, 80), range(80)),  # thirty came; who went would be told by whoever knows those
        (range(8, 53), range(8, 50)),
        (range(8, 80), range(8, 80)),
    ],
    ids=named,
)
def test_t09_a_change_of_a_few_people_is_not_seen(now: range, seen: range):
    assert as_a_reader_may_see(members(now), members(range(50))) == members(seen)


@pytest.mark.parametrize(
    ("dearer", "newcomers", "are_seen"),
    [(1, 0, False), (7, 0, False), (8, 0, True), (1, 8, False), (8, 8, True), (5, 5, False)],
)
def test_t09_whoever_has_another_amount_has_come_and_gone(dearer, newcomers, are_seen: bool):
    before = shares_of(dict.fromkeys(range(50), 3))
    more = {**dict.fromkeys(range(dearer), 90), **dict.fromkeys(range(50, 50 + newcomers), 1)}
    now = shares_of({**dict.fromkeys(range(50), 3), **more})

    seen = amounts_in(as_a_reader_may_see(now, before))

    assert seen[0] == (90 if are_seen else 3)


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


SHARES = st.dictionaries(st.integers(0, 30), st.integers(1, 3)).map(shares_of)


@given(SHARES, SHARES)
def test_t09_what_is_seen_differs_from_before_by_nobody_or_by_eight_each_way(now, before):
    seen = as_a_reader_may_see(now, before)

    assert not isolates(len(seen - before))
    assert not isolates(len(before - seen))
    assert seen <= now | before
    assert len(amounts_in(seen)) == len(seen)


def test_t12_contacts_of_all_kinds_less_those_of_the_others_are_found_to_be_a_few_peoples():
    """Everybody is in several of them: who is left is told by how much is whose."""
    visits, stays = dict.fromkeys(range(40), 3), dict.fromkeys(range(20), 2)
    whole = {who: visits[who] + stays.get(who, 0) + (5 if who < 3 else 0) for who in visits}
    kinds = {"gp": shares_of(visits), "stay": shares_of(stays)}

    found = list(isolations({"all": shares_of(whole)}, kinds))

    assert {frozenset(each.beside) for each in found} == {frozenset(kinds)}


def test_a_share_is_of_something():
    with pytest.raises(ValueError, match="of something"):
        share_of(5, 0)


CELLS = st.dictionaries(
    st.sampled_from("abcd"), st.frozensets(st.integers(0, 40), min_size=1), max_size=4
)


@given(st.frozensets(st.integers(0, 40), min_size=1), CELLS)
def test_whatever_is_found_is_a_few_people_and_every_pair_is_found(new, earlier):
    found = set(isolations({"new": new}, earlier))

    for each in found:
        left = what_is_left(new, (earlier[name] for name in each.beside))
        # Of a pair a few may be left on either side.
        assert 0 < len(left) < (8 if len(each.beside) > 1 else 15)
    for name, people in earlier.items():
        if people < new and isolates(len(new - people)):
            assert Isolation("new", (name,)) in found
