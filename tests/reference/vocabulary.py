"""Hold the closed sets of words that every evaluator here shares.

It decides nothing. Words follow the decisions, section 9; role ids follow
the roles file, sections 2, 4 and 5.
"""

from collections.abc import Collection
from typing import Final, Literal

Level = Literal["all", "summary", "mask", "none"]

# Decisions, section 9: "level all · summary · mask · none", here from least to most.
LEVELS_FROM_LOWEST: Final[tuple[Level, ...]] = ("none", "mask", "summary", "all")

# Decisions, section 9: the fourteen categories, in its order.
CATEGORIES: Final = (
    "demographics", "encounters", "problems", "medications", "allergies", "results",
    "immunisations", "documents", "care-plans", "end-of-life", "social-care",
    "procedures", "appointments", "alerts",
)  # fmt: skip

# Decisions, section 9: the thirteen labels, in its order.
LABELS: Final = (
    "normal", "own", "sexual-health", "mental-health", "safeguarding", "substance",
    "reproductive", "gender", "prison", "adoption", "witness", "third-party", "sealed",
)  # fmt: skip

# Roles file, section 1: "REPRO, GENDER, PRISON, ADOPT, WITNESS, THIRD labels are D for
# everyone in every purpose"; section 4: "Never lifted: ... SEALED" (ambiguity 2).
BARRED_LABELS: Final = frozenset(
    {"reproductive", "gender", "prison", "adoption", "witness", "third-party", "sealed"}
)

# Roles file, section 4: "Labelled items (MH, SXH, SAF) open by a second step only";
# information governance, section 3: substance is "treat as MH".
SECOND_STEP_LABELS: Final = frozenset(
    {"sexual-health", "mental-health", "safeguarding", "substance"}
)

# Decisions, section 15: break-glass "opens demographics, alerts, allergies, medications,
# problems, encounters, end-of-life and results".
OPENED_BY_BREAK_GLASS: Final = frozenset(
    {
        "demographics", "alerts", "allergies", "medications", "problems", "encounters",
        "end-of-life", "results",
    }
)  # fmt: skip

# Roles file, section 2: the safety exception names allergies and medicines.
SAFETY_EXCEPTION_CATEGORIES: Final = frozenset({"medications", "allergies"})

# Decisions, section 9: purposes.
DIRECT_CARE: Final = "TREAT"
EMERGENCY_PURPOSES: Final = frozenset({"ETREAT", "BTG"})
CARE_PURPOSES: Final = EMERGENCY_PURPOSES | {DIRECT_CARE}
PLANNING_PURPOSES: Final = frozenset({"PUBHLTH", "HOPERAT"})
RESEARCH_PURPOSES: Final = frozenset({"HRESCH"})
ADMINISTRATION_PURPOSES: Final = frozenset({"HSYSADMIN"})

# Roles file, section 4, first row, then second row: roles that may break glass.
FULL_EMERGENCY_ROLES: Final = frozenset(
    {"gp", "ed_consultant", "mh_practitioner", "hospital_nurse"}
)
LIMITED_EMERGENCY_ROLES: Final = frozenset(
    {"paramedic", "amb_clinical_hub", "nhs111_clinician", "gp_nurse", "hospital_pharmacist"}
)
EMERGENCY_ROLES: Final = FULL_EMERGENCY_ROLES | LIMITED_EMERGENCY_ROLES

# Roles file, section 2: the table's roles and the two of its extra rules (ambiguity 16).
CARE_ROLES: Final = EMERGENCY_ROLES | {
    "practice_admin", "social_worker", "discharge_officer", "care_home_nurse",
    "care_home_carer", "student",
}  # fmt: skip

# Roles file, section 5: the non-care roles with the purposes whose cell is not D.
NON_CARE_ROLE_PURPOSES: Final[dict[str, frozenset[str]]] = {
    "public_health_planner": PLANNING_PURPOSES,
    "csp_violence_analyst": PLANNING_PURPOSES,
    "researcher": RESEARCH_PURPOSES,
    "ig_privacy_officer": ADMINISTRATION_PURPOSES,
    "caldicott_guardian": ADMINISTRATION_PURPOSES,
    "policy_admin": ADMINISTRATION_PURPOSES,
    "system_auditor": ADMINISTRATION_PURPOSES,
}
NON_CARE_ROLES: Final = frozenset(NON_CARE_ROLE_PURPOSES)
ROLES: Final = CARE_ROLES | NON_CARE_ROLES
POPULATION_ROLES: Final = frozenset({"public_health_planner", "csp_violence_analyst", "researcher"})
# Roles file, section 5: "the audit routes ... excepted for privacy officer and auditor".
PATIENT_AUDIT_ROLES: Final = frozenset({"ig_privacy_officer", "system_auditor"})

# Decisions, section 9: acts.
ONE_PERSON_ACTS: Final = frozenset({"view", "search", "open-document", "break-glass"})

# Roles file, section 5: who has any cell but D for what each act does.
ACT_ROLES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(ONE_PERSON_ACTS, CARE_ROLES),
    "export": POPULATION_ROLES | {"system_auditor"},
    "edit-policy": frozenset({"policy_admin", "caldicott_guardian"}),
    "read-audit": PATIENT_AUDIT_ROLES | {"caldicott_guardian", "policy_admin"},
}
ACT_PURPOSES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(ONE_PERSON_ACTS, CARE_PURPOSES),
    "export": PLANNING_PURPOSES | RESEARCH_PURPOSES | ADMINISTRATION_PURPOSES,
    "edit-policy": ADMINISTRATION_PURPOSES,
    "read-audit": ADMINISTRATION_PURPOSES,
}
ACTS: Final = frozenset(ACT_ROLES)


def lowest(levels: Collection[str]) -> Level:
    """Return the lowest of these levels.

    Shape: an empty collection and an unknown word both count as "none": doubt means no.
    """
    for level in LEVELS_FROM_LOWEST:
        if level in levels and all(word in LEVELS_FROM_LOWEST for word in levels):
            return level
    return "none"


def purposes_of(role: str) -> frozenset[str]:
    """Return the purposes a role can ever have.

    Source: the roles file, section 6 step 2 "Purpose allowed for role", sections 2, 4, 5.
    """
    if role in CARE_ROLES:
        return CARE_PURPOSES
    return NON_CARE_ROLE_PURPOSES.get(role, frozenset())
