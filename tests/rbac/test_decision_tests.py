"""The decision tests of docs/decisions/0009, section 4, that the policy alone answers, by their numbers."""

import pytest

from fhir_profiles.vocabulary import Category
from rbac.types import Act, Level, OrganisationKind, Purpose

KIND_OF = {
    "ed_consultant": "trust",
    "practice_admin": "general-practice",
    "paramedic": "ambulance",
    "social_worker": "council",
    "gp": "general-practice",
    "hospital_pharmacist": "trust",
}


@pytest.mark.parametrize(
    ("number", "role", "purpose", "category", "labels", "expected"),
    [
        (1, "ed_consultant", "TREAT", "medications", [], "all"),
        (3, "practice_admin", "TREAT", "problems", [], "none"),
        (5, "paramedic", "TREAT", "problems", ["sexual-health"], "none"),
        (6, "paramedic", "BTG", "problems", ["sexual-health"], "all"),
        (7, "social_worker", "TREAT", "results", [], "none"),
        (13, "gp", "TREAT", "problems", ["own", "sexual-health"], "all"),
        (22, "hospital_pharmacist", "TREAT", "medications", ["sexual-health"], "mask"),
    ],
)
def test_decision_test_by_number_gives_a_level(
    compiled, number, role, purpose, category, labels, expected
):
    scope = (role, OrganisationKind(KIND_OF[role]), Purpose(purpose))

    level = compiled.levels_for(*scope).level_of(category, frozenset(labels))

    assert level == expected


@pytest.mark.parametrize(
    ("number", "role", "kind", "purpose"),
    [
        (4, "practice_admin", "general-practice", "ETREAT"),
        (4, "practice_admin", "general-practice", "BTG"),
        (8, "public_health_planner", "council", "TREAT"),
        (11, "policy_admin", "icb", "TREAT"),
        (12, "ig_privacy_officer", "icb", "TREAT"),
        (19, "gp", "general-practice", "PUBHLTH"),
    ],
)
def test_decision_test_by_number_refuses_the_purpose(compiled, number, role, kind, purpose):
    assert compiled.levels_for(role, OrganisationKind(kind), Purpose(purpose)) is None


def test_decision_test_10_the_violence_analyst_gets_nothing_but_the_violence_feed(compiled):
    levels = compiled.levels_for("csp_violence_analyst", OrganisationKind.CSP, Purpose.PUBHLTH)

    assert levels is not None
    assert levels.acts == {(Act.EXPORT, Category.ENCOUNTERS)}


def test_decision_test_12_the_privacy_officer_reads_the_audit_and_no_content(compiled):
    levels = compiled.levels_for("ig_privacy_officer", OrganisationKind.ICB, Purpose.HSYSADMIN)

    assert levels is not None
    assert (Act.READ_AUDIT, Category.DOCUMENTS) in levels.acts
    assert levels.level_of(Category.DOCUMENTS, frozenset()) is Level.NONE
