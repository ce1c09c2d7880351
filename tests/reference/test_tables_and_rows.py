"""Examples of the role tables, and of what rows give."""

from dataclasses import replace

import pytest

from tests.reference.access_evaluator import decide
from tests.reference.example_world import (
    NORMAL,
    a_request,
    a_world,
    broken_up_to,
    labels,
)
from tests.reference.matrix import COLUMNS, DIRECT_CARE_TABLE, UNSTATED_CATEGORIES, expected_level
from tests.reference.policy_evaluator import PolicyRow, index, level, may
from tests.reference.vocabulary import (
    BARRED_LABELS,
    CARE_ROLES,
    CATEGORIES,
    LABELS,
    NON_CARE_ROLES,
    ROLES,
)

# The tables against the whole decision.


def test_the_table_is_whole():
    cells = [row.split() for row in DIRECT_CARE_TABLE.values()]

    assert all(len(row) == len(COLUMNS) and set(row) <= set("ASMDG") for row in cells)
    assert {"procedures", "appointments", "alerts"} == UNSTATED_CATEGORIES


@pytest.mark.parametrize("role", sorted(CARE_ROLES))
@pytest.mark.parametrize(("purpose", "step"), [("TREAT", 0), ("ETREAT", 1), ("BTG", 2)])
def test_whole_decision_on_default_rows_agrees_with_the_tables(role, purpose, step):
    verdict = decide(a_world(role, grants=broken_up_to(step)), a_request(role, purpose))

    for category in CATEGORIES:
        for label in set(LABELS) - {"own"}:
            expected = expected_level(role, purpose, category, labels(label), step)
            assert verdict.level_for(category, labels(label)) == expected, (category, label)
        own = labels("own", "sexual-health")
        assert verdict.level_for(category, own) == expected_level(
            role, purpose, category, own, step
        )


@pytest.mark.parametrize(
    ("role", "category", "label", "direct", "first", "second"),
    [
        ("gp", "problems", "mental-health", "all", "none", "all"),
        ("gp", "documents", "normal", "all", "none", "none"),
        ("gp_nurse", "problems", "safeguarding", "summary", "none", "summary"),
        ("hospital_nurse", "problems", "safeguarding", "summary", "none", "all"),
        ("paramedic", "results", "normal", "summary", "all", "all"),
        ("paramedic", "encounters", "normal", "summary", "all", "all"),
        ("amb_clinical_hub", "encounters", "normal", "all", "all", "all"),
        ("paramedic", "problems", "safeguarding", "mask", "none", "mask"),
        ("paramedic", "medications", "mental-health", "summary", "mask", "all"),
        ("hospital_pharmacist", "problems", "safeguarding", "none", "none", "none"),
        ("mh_practitioner", "results", "mental-health", "summary", "none", "all"),
        ("care_home_carer", "results", "normal", "none", "none", "none"),
        ("care_home_carer", "medications", "normal", "summary", "none", "none"),
        ("student", "problems", "mental-health", "none", "none", "none"),
        ("student", "problems", "normal", "all", "none", "none"),
        ("gp", "alerts", "normal", "none", "all", "all"),
    ],
)
def test_levels_of_the_tables(role, category, label, direct, first, second):
    wanted = labels(label)

    assert expected_level(role, "TREAT", category, wanted) == direct
    assert expected_level(role, "ETREAT", category, wanted, 1) == first
    assert expected_level(role, "ETREAT", category, wanted, 2) == second


# Policy rows.


def row(**changes):
    base = PolicyRow("gp", "general practice", "results", "normal", "TREAT", "view", "all", "allow")
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("rows", "wanted", "expected"),
    [
        ([], {"normal"}, "none"),
        ([row()], {"normal"}, "all"),
        ([row(), row(level="mask")], {"normal"}, "mask"),
        ([row(), row(effect="deny", level="summary")], {"normal"}, "none"),
        ([row(), row(effect="Allow")], {"normal"}, "none"),
        ([row(), row(label="mental-health", level="summary")], {"normal", "mental-health"}, "summary"),
        ([row(), row(label="own")], {"own", "sexual-health"}, "all"),
        ([row(), row(label="own"), row(label="mental-health", level="mask")],
         {"own", "sexual-health", "mental-health"}, "mask"),
        ([row(label="mental-health")], {"mental-health"}, "none"),
        ([row(level="summary"), row(label="own")], {"own"}, "summary"),
        ([row(), row(label="gender")], {"normal", "gender"}, "none"),
        ([row(label="V")], {"V"}, "none"),
        ([row()], set(), "none"),
        ([row(role="*"), row(category="*")], {"normal"}, "none"),
    ],
)  # fmt: skip
def test_rows_give_the_lowest_allow_and_any_deny_denies(rows, wanted, expected):
    question = ("gp", "general practice", "TREAT", "results", wanted)

    assert level(rows, *question) == expected
    assert level(index(rows), *question) == expected


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("label", sorted(BARRED_LABELS))
def test_no_row_opens_a_barred_label(role, label):
    rows = [row(role=role, label=label, purpose=purpose) for purpose in ("TREAT", "HSYSADMIN")]

    for purpose in ("TREAT", "HSYSADMIN"):
        assert level(rows, role, "general practice", purpose, "results", {label}) == "none"


@pytest.mark.parametrize("role", sorted(NON_CARE_ROLES))
@pytest.mark.parametrize("purpose", ["TREAT", "ETREAT", "PUBHLTH", "HRESCH", "HSYSADMIN"])
def test_no_row_shows_one_person_to_a_non_care_role(role, purpose):
    rows = [row(role=role, purpose=purpose), row(role=role, purpose=purpose, act="search")]

    assert level(rows, role, "general practice", purpose, "results", NORMAL) == "none"
    assert not may(rows, role, "general practice", purpose, "search", "results")


def test_an_act_is_permitted_by_a_row_at_level_all():
    rows = [row(act="search"), row(act="open-document", level="summary")]

    assert may(rows, "gp", "general practice", "TREAT", "search", "results")
    assert not may(rows, "gp", "general practice", "TREAT", "open-document", "results")
    assert not may([row(act="export")], "gp", "general practice", "TREAT", "export", "results")
