"""Write the role tables out as policy rows, so that examples have a policy to run on.

It is no copy of any project's policy. Follows the roles file, section 7 ("label rows ...
over every category"), and the decisions, section 9.
"""

from collections.abc import Iterator
from typing import Final

from tests.reference.matrix import expected_level
from tests.reference.policy_evaluator import PolicyRow
from tests.reference.vocabulary import (
    CARE_ROLES,
    CATEGORIES,
    DIRECT_CARE,
    EMERGENCY_PURPOSES,
    EMERGENCY_ROLES,
    LABELS,
    NON_CARE_ROLE_PURPOSES,
    POPULATION_ROLES,
    Level,
)

# Interfaces, demo users: the organisation kind of each role.
KIND_OF_ROLE: Final[dict[str, str]] = {
    "gp": "general practice", "gp_nurse": "general practice", "practice_admin": "general practice",
    "ed_consultant": "trust", "hospital_nurse": "trust", "hospital_pharmacist": "trust",
    "discharge_officer": "trust", "student": "trust",
    "paramedic": "ambulance", "amb_clinical_hub": "ambulance", "nhs111_clinician": "111",
    "mh_practitioner": "mental-health trust", "social_worker": "council",
    "care_home_nurse": "care home", "care_home_carer": "care home",
    "public_health_planner": "council", "csp_violence_analyst": "CSP", "researcher": "university",
    "policy_admin": "ICB", "caldicott_guardian": "ICB", "ig_privacy_officer": "ICB",
    "system_auditor": "ICB",
}  # fmt: skip

# Roles file, section 5: what each non-care role does, as an act of decisions, section 9.
ACTS_OF_NON_CARE_ROLE: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(POPULATION_ROLES, ("export",)),
    "ig_privacy_officer": ("read-audit",),
    "caldicott_guardian": ("read-audit",),
    "policy_admin": ("edit-policy",),
    "system_auditor": ("read-audit", "export"),
}


def default_rows() -> tuple[PolicyRow, ...]:
    """Return allow rows for every cell of the tables that is not none.

    Shape: rows for ETREAT hold the first step's level, rows for BTG the second's (settled).
    """
    return (*_view_rows(), *_break_glass_rows(), *_non_care_rows())


def _view_rows() -> Iterator[PolicyRow]:
    for role in sorted(CARE_ROLES):
        for purpose in (DIRECT_CARE, *sorted(EMERGENCY_PURPOSES)):
            for category in CATEGORIES:
                for label in LABELS:
                    yield from _item_rows(role, purpose, category, label)


def _item_rows(role: str, purpose: str, category: str, label: str) -> Iterator[PolicyRow]:
    level = _row_level(role, purpose, category, label)
    if level == "none":
        return
    kind = KIND_OF_ROLE[role]
    yield PolicyRow(role, kind, category, label, purpose, "view", level, "allow")
    yield PolicyRow(role, kind, category, label, purpose, "search", "all", "allow")
    if category == "documents" and level == "all":
        yield PolicyRow(role, kind, category, label, purpose, "open-document", "all", "allow")


def _row_level(role: str, purpose: str, category: str, label: str) -> Level:
    # A row for `own` says what stands in the place of a sexual-health label.
    labels = {"own", "sexual-health"} if label == "own" else {label}
    return expected_level(
        role, purpose, category, frozenset(labels), step=1 if purpose == "ETREAT" else 2
    )


def _break_glass_rows() -> Iterator[PolicyRow]:
    for role in sorted(EMERGENCY_ROLES):
        for purpose in sorted(EMERGENCY_PURPOSES):
            yield _permission(role, purpose, "break-glass")


def _non_care_rows() -> Iterator[PolicyRow]:
    for role, acts in sorted(ACTS_OF_NON_CARE_ROLE.items()):
        for purpose in sorted(NON_CARE_ROLE_PURPOSES[role]):
            for act in acts:
                yield _permission(role, purpose, act)


def _permission(role: str, purpose: str, act: str) -> PolicyRow:
    return PolicyRow(
        role, KIND_OF_ROLE[role], "demographics", "normal", purpose, act, "all", "allow"
    )
