"""A table of expected decisions is read strictly, and says what a policy answers instead."""

import pytest

from fhir_profiles.vocabulary import Category, Label
from rbac.expectations import (
    COLUMNS,
    MOST_LINES,
    Expectation,
    Unmet,
    UnreadableExpectationsError,
    built_in,
    read_expectations,
    unmet,
)
from rbac.types import Act, OrganisationKind, Purpose

HEAD = ",".join(COLUMNS)
LINE = "a,gp,general-practice,TREAT,view,problems,,all"


def test_the_built_in_decisions_are_those_of_the_default_policy(compiled):
    assert len(built_in()) > 10
    assert unmet(compiled, built_in()) == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a,gp,general-practice,TREAT,view,problems,sexual-health,all", "none"),
        ("a,gp,general-practice,TREAT,view,problems,,mask", "all"),
        ("a,gp,general-practice,TREAT,view,problems,,refused", "all"),
        ("a,gp,general-practice,HRESCH,view,problems,,all", "refused"),
        ("a,gp,general-practice,TREAT,export,problems,,allowed", "refused"),
        ("a,gp,general-practice,TREAT,search,problems,,refused", "allowed"),
    ],
)
def test_what_is_not_met_tells_what_is_found(compiled, line, found):
    [one] = unmet(compiled, read_expectations(f"{HEAD}\n{line}\n"))

    assert one.found == found


def test_a_line_is_read_word_by_word():
    [found] = read_expectations(
        f'{HEAD}\n"a, b",gp,trust,BTG,search,alerts,own+mental-health,allowed\n'
    )

    assert found == Expectation(
        "a, b",
        "gp",
        OrganisationKind.TRUST,
        Purpose.BTG,
        Act.SEARCH,
        Category.ALERTS,
        frozenset({Label.OWN, Label.MENTAL_HEALTH}),
        "allowed",
    )


def test_what_is_not_met_is_told_in_order_and_nothing_else(compiled):
    asked = read_expectations(
        f"{HEAD}\n{LINE}\n{LINE.replace(',all', ',none')}\n{LINE}\n{LINE.replace(',all', ',mask')}\n"
    )

    assert unmet(compiled, asked) == (Unmet(asked[1], "all"), Unmet(asked[3], "all"))


def test_as_many_lines_as_are_accepted_are_read():
    assert len(read_expectations(f"{HEAD}\n" + f"{LINE}\n" * MOST_LINES)) == MOST_LINES


NEEDS = f"The table needs the head {HEAD} and 1 to {MOST_LINES} lines."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The table cannot be read as CSV."),
        (f'{HEAD}\n"a', "The table cannot be read as CSV."),
        (f'{HEAD}\n"a"b', "The table cannot be read as CSV."),
        (HEAD, NEEDS),
        (f"role\n{LINE}", NEEDS),
        (f"{HEAD}\n" + f"{LINE}\n" * (MOST_LINES + 1), NEEDS),
        (f"{HEAD}\n{LINE.replace('TREAT', 'treat')}", "Line 2 has a word that is not known."),
        (f"{HEAD}\n{LINE}\n{LINE},more", "Line 3 has a word that is not known."),
        (f"{HEAD}\n{LINE}\n{LINE}d", "Line 3 expects what no policy answers."),
    ],
)
def test_a_refusal_says_which_line_is_not_understood_and_repeats_nothing_of_it(text, says):
    with pytest.raises(UnreadableExpectationsError) as refusal:
        read_expectations(text)

    assert str(refusal.value) == says


@pytest.mark.parametrize("word", ["all", "summary", "mask", "none", "refused"])
def test_a_level_may_be_expected_of_a_view_and_not_of_another_act(word):
    line = LINE.replace(",all", f",{word}")

    assert read_expectations(f"{HEAD}\n{line}")[0].expected == word
    assert read_expectations(f"{HEAD}\n{line.replace('view', 'search').replace(word, 'refused')}")
    with pytest.raises(UnreadableExpectationsError):
        read_expectations(f"{HEAD}\n{LINE.replace(',all', ',allowed')}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        f"role\n{LINE}",
        f"{HEAD}\n{LINE},more",
        f"{HEAD}\n{LINE.replace('problems', 'gossip')}",
        f"{HEAD}\n{LINE.replace('TREAT', 'treat')}",
        f"{HEAD}\n{LINE.replace(',,', ',secret,')}",
        f"{HEAD}\n{LINE.replace(',all', ',everything')}",
        f"{HEAD}\n{LINE.replace('view', 'search')}",
        f'{HEAD}\n"a',
        f"{HEAD}\n" + f"{LINE}\n" * (MOST_LINES + 1),
    ],
)
def test_a_table_that_is_not_understood_is_refused(text):
    with pytest.raises(UnreadableExpectationsError):
        read_expectations(text)
