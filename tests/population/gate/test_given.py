"""What certainly nobody was given does not count as published; whatever is in doubt does."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from gateway.population.given import Given, faults_of_ledger, that_count
from gateway.population.ledger import Attempt, PublishedCell
from gateway.population.tables import CellName
from tests.population.gate.samples import cell

NAMES = st.sampled_from(["r1", "r2", "counts-1"])
ATTEMPTS = st.builds(Attempt, st.integers(0, 3), st.integers(0, 2))


def kept(release: str, attempt: Attempt, people: int = 9) -> PublishedCell:
    name = CellName.of("people", {})
    return PublishedCell(release, name, "10", cell(range(people)), attempt, "u")


@for_all(st.lists(st.builds(kept, NAMES, ATTEMPTS)), st.dictionaries(NAMES, st.integers(0, 4)))
def test_of_each_release_the_last_attempt_counts_unless_it_was_given_up_after_it(cells, given_up):
    counted = set(that_count(cells, Given(given_up=given_up)))

    for name in {each.release for each in cells}:
        last = max(each.attempt for each in cells if each.release == name)
        ended = given_up.get(name, 0) > last.generation
        expected = {each for each in cells if (each.release, each.attempt) == (name, last)}
        assert {each for each in counted if each.release == name} == (set() if ended else expected)


def test_an_attempt_that_comes_late_does_not_put_out_the_one_that_was_published():
    published, late = kept("r1", Attempt(5)), kept("r1", Attempt(3), 12)

    assert that_count([published, late], Given(frozenset({"r1"}))) == (published,)


@pytest.mark.parametrize("generation", [1, 3])
def test_what_was_made_after_the_records_say_it_was_given_up_counts(generation):
    cells = (kept("r1", Attempt(3)),)

    # The records are older than the ledger: somebody may have been given it since.
    assert that_count(cells, Given(given_up={"r1": generation})) == cells


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (Given(), 0),
        (Given(frozenset({"r1"})), 0),
        (Given(frozenset({"r1", "r2"})), 1),
        (Given(counts=True), 1),
    ],
)
def test_a_ledger_is_gone_by_only_if_it_has_all_that_was_given(given, faults):
    assert len(list(faults_of_ledger([kept("r1", Attempt())], given, "u"))) == faults


def test_counts_that_were_told_are_known_by_their_name():
    cells = [kept("counts-1", Attempt())]

    assert list(faults_of_ledger(cells, Given(counts=True), "u")) == []
