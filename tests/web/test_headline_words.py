from datetime import UTC, datetime

import pytest

from adapters.contract import Outcome
from fhir_profiles.vocabulary import Category
from gateway.patient.sections import section_of
from gateway.web.headline_words import headlines_in_words, view_in_words
from rbac.types import Level, Levels
from tests.web.factories import (
    EVERYTHING,
    NOW,
    allergy,
    ground,
    line,
    no_known_allergy,
    shown,
    snomed,
    status,
)

SILENT = line("hospital", Outcome.TIMED_OUT, 0)


def headlines(*items, lines=(), conflicts=0, levels=EVERYTHING):
    known = ground(*lines, levels=levels)
    sections = [section_of(each, items, known) for each in (Category.ALLERGIES, Category.ALERTS)]
    return {fact.term: fact.words for fact in headlines_in_words(sections, conflicts)}


@pytest.mark.parametrize(
    ("items", "lines", "said"),
    [
        ([allergy()], [], "1 allergy"),
        ([allergy(), allergy()], [], "2 allergies"),
        ([allergy()], [line(), SILENT], "1 allergy, and more may be missing"),
        ([], [line(), SILENT], "Not known: a source did not give its whole record"),
        (
            [no_known_allergy()],
            [line(), SILENT],
            "Not known: a source did not give its whole record",
        ),
        ([no_known_allergy()], [], "A source states: no known allergies"),
        ([], [], "None shown to you. This does not say that there are none"),
        ([], [SILENT], "Not known: no source that may hold them answered"),
        (
            [allergy(clinicalStatus=status("resolved"))],
            [],
            "None current among those shown to you",
        ),
        (
            [shown(Category.ALLERGIES, code=snomed("429625007", "No known food allergy"))],
            [],
            "Not known: a source states that there is none of one kind only",
        ),
    ],
)
def test_the_allergies_headline_never_says_more_than_is_known(items, lines, said):
    assert headlines(*items, lines=lines)["Allergies"] == said


def test_a_role_without_allergies_is_told_that_and_nothing_else():
    levels = Levels(
        {pair: Level.NONE for pair in EVERYTHING.view if pair[0] is Category.ALLERGIES}, frozenset()
    )

    assert headlines(levels=levels)["Allergies"] == "Not shown in your role"


def test_conflicts_are_counted_where_there_are_any():
    assert "Sources differ on" not in headlines()
    assert headlines(conflicts=1)["Sources differ on"] == "1 thing"
    assert headlines(conflicts=2)["Sources differ on"] == "2 things"


def test_a_view_says_when_it_was_built_and_of_how_many_sources():
    summer = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)

    whole, partial = ground(line()).receipt, ground(line(), SILENT).receipt

    assert view_in_words(whole, NOW) == "View built at 09:30: 1 of 1 source answered"
    assert view_in_words(partial, summer) == (
        "View built at 10:30: 1 of 2 sources answered, incomplete"
    )
