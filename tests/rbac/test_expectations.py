"""A table of expected decisions is read strictly, and says what a policy answers instead."""

import pytest

from rbac.expectations import (
    COLUMNS,
    MOST_LINES,
    UnreadableExpectationsError,
    built_in,
    read_expectations,
    unmet,
)

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
