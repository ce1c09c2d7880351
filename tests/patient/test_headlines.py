"""What the banner says of the record: how many allergies and alerts, and how much of the record is there."""

import pytest

from adapters.contract import Outcome
from fhir_profiles.vocabulary import Category
from gateway.patient.headlines import answered_of, headline_of
from gateway.patient.sections import SectionState, section_of
from rbac.types import Level, Levels
from tests.web.factories import EVERYTHING, allergy, ground, line, no_known_allergy, status


def headline(*items, lines=(), **other):
    return headline_of(section_of(Category.ALLERGIES, items, ground(*lines, **other)))


def counted(*items, **other):
    found = headline(*items, **other)
    return found.state, found.count


def test_copies_of_one_allergy_count_once():
    copies = allergy(group=1), allergy(group=1, source="hospital")

    assert counted(*copies, allergy(group=2)) == (SectionState.PRESENT, 2)


def test_only_what_stands_is_counted():
    ended = allergy(clinicalStatus=status("resolved"))
    retracted = allergy(verificationStatus=status("entered-in-error"))

    assert counted(ended, retracted) == (SectionState.PRESENT, 0)


def test_a_statement_that_there_is_none_is_no_allergy():
    assert counted(no_known_allergy()) == (SectionState.KNOWN_NONE, 0)
    assert counted(no_known_allergy(), allergy()) == (SectionState.PRESENT, 1)


def test_a_masked_allergy_is_counted_because_the_reader_may_know_of_it():
    assert counted(allergy(level=Level.MASK)) == (SectionState.PRESENT, 1)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([Outcome.EMPTY], SectionState.EMPTY),
        ([Outcome.TIMED_OUT], SectionState.UNAVAILABLE),
        ([Outcome.EMPTY, Outcome.TIMED_OUT], SectionState.PARTIAL),
    ],
)
def test_nothing_to_count_is_told_by_why_there_is_nothing(outcomes, state):
    lines = [line(f"s{number}", outcome, 0) for number, outcome in enumerate(outcomes)]

    assert counted(lines=lines) == (state, 0)


def test_a_role_that_does_not_see_allergies_is_told_so():
    levels = Levels(
        {pair: Level.NONE for pair in EVERYTHING.view if pair[0] is Category.ALLERGIES}, frozenset()
    )

    assert headline(levels=levels).is_for_role is False


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("gp"), line("hospital", Outcome.EMPTY, 0)], (2, 2)),
        ([line("gp"), line("hospital", Outcome.TIMED_OUT, 0)], (1, 2)),
        ([line("gp"), line("hospital", Outcome.NOT_ASKED, 0)], (1, 1)),
        ([line("gp", Outcome.STALE), line("hospital", Outcome.MALFORMED, 3)], (2, 2)),
        ([line("gp", Outcome.WITHHELD, 0), line("hospital", Outcome.REFUSED, 0)], (0, 2)),
    ],
)
def test_sources_that_were_asked_are_counted_and_those_that_gave_something(lines, expected):
    found = answered_of(ground(*lines).receipt)

    assert (found.answered, found.asked) == expected
