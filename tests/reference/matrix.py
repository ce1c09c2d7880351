"""Transcribe the role tables of the roles file and say what level each cell expects.

It reads no policy row and knows no patient. Follows the roles file, sections 1 to 5,
and the decisions, sections 9 and 15.
"""

from typing import Final

from tests.reference.policy_evaluator import labels_are_barred
from tests.reference.vocabulary import (
    CARE_ROLES,
    CATEGORIES,
    DIRECT_CARE,
    EMERGENCY_PURPOSES,
    EMERGENCY_ROLES,
    LIMITED_EMERGENCY_ROLES,
    OPENED_BY_BREAK_GLASS,
    SAFETY_EXCEPTION_CATEGORIES,
    SECOND_STEP_LABELS,
    Level,
    lowest,
)

COLUMNS: Final = (
    "DEM", "ENC", "PRB", "MED", "ALG", "RES", "IMM", "DOC", "CPL", "EOL", "MH", "SXH", "SAF", "SOC",
)  # fmt: skip

# Roles file, section 2, the table, copied cell by cell.
DIRECT_CARE_TABLE: Final[dict[str, str]] = {
    #                       DEM ENC PRB MED ALG RES IMM DOC CPL EOL MH SXH SAF SOC
    "gp":                  "A A A A A A A A A A A G A S",
    "gp_nurse":            "A A A A A A A A A A S G S S",
    "practice_admin":      "A S D D D D D D D D D D D D",
    "ed_consultant":       "A A A A A A A A A A A G A S",
    "hospital_nurse":      "A A A A A A A A A A S G S S",
    "hospital_pharmacist": "A S A A A A A S S S S G D D",
    "paramedic":           "A S A A A S S S A A S G M S",
    "amb_clinical_hub":    "A A A A A S S S A A S G M S",
    "nhs111_clinician":    "A S A A A S S S A A S G M D",
    "social_worker":       "A S S S A D D S A S S D A A",
    "discharge_officer":   "A A S S A D D S A S D D M A",
    "care_home_nurse":     "A S A A A S A S A A S D M S",
    "mh_practitioner":     "A A A A A S S A A A A G A A",
}  # fmt: skip

# Roles file, section 2, extra rules: base role and the cells that differ.
DERIVED_ROLES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    # The carer without registration is "same as care_home_nurse but" for four cells.
    "care_home_carer": ("care_home_nurse", {"PRB": "S", "MED": "S", "RES": "D", "MH": "D"}),
    # Students are "as hospital_nurse with MH, SXH, SAF" denied, and have no emergency.
    "student": ("hospital_nurse", {"MH": "D", "SXH": "D", "SAF": "D"}),
}

# Roles file, section 1, categories; section 7, "SOC is the social-care category".
COLUMN_OF_CATEGORY: Final[dict[str, str]] = {
    "demographics": "DEM", "encounters": "ENC", "problems": "PRB", "medications": "MED",
    "allergies": "ALG", "results": "RES", "immunisations": "IMM", "documents": "DOC",
    "care-plans": "CPL", "end-of-life": "EOL", "social-care": "SOC",
}  # fmt: skip
# The tables have no column for these; they are none, save alerts by break-glass (ambiguity 7).
UNSTATED_CATEGORIES: Final = frozenset(CATEGORIES) - frozenset(COLUMN_OF_CATEGORY)

# Roles file, section 7: "The MH, SXH and SAF columns above are label rows"; information
# governance, section 3: substance is "treat as MH".
COLUMN_OF_LABEL: Final[dict[str, str]] = {
    "mental-health": "MH", "substance": "MH", "sexual-health": "SXH", "safeguarding": "SAF",
}  # fmt: skip

# Roles file, section 1: effects; G is "denied normally".
LEVEL_OF_EFFECT: Final[dict[str, Level]] = {
    "A": "all", "S": "summary", "M": "mask", "D": "none", "G": "none",
}  # fmt: skip

# Roles file, section 2: "Practice_admin ENC S = appointment dates and locations only".
NARROWER_SUMMARIES: Final[dict[tuple[str, str], str]] = {
    ("practice_admin", "encounters"): "appointment dates and locations only",
}

# Roles file, section 3: the form each summary takes, by category or label.
SUMMARY_FORMS: Final[dict[str, str]] = {
    "encounters": "date, kind, organisation, no reason or notes",
    "problems": "active major problems, code text only",
    "medications": "current repeat + last 6 months acutes: drug, dose, date; no notes",
    "results": "result name, date, value, abnormal flag; no comments; last 12 months",
    "immunisations": "name and date",
    "documents": "title, type, date, author; open blocked",
    "care-plans": "plan exists, headline wishes (CPR, place of care), contact",
    "end-of-life": "plan exists, headline wishes (CPR, place of care), contact",
    "mental-health": "in contact with service, key contact, legal status, crisis plan, "
    "risks to self or others headline",
    "social-care": "key worker, package type, start/end",
    "safeguarding": '"safeguarding information exists; contact lead", lead\'s contact',
}


def expected_level(
    role: str, purpose: str, category: str, labels: frozenset[str], step: int = 0
) -> Level:
    """Return the level that the role tables expect for an item.

    Shape: `purpose` is a code of decisions, section 9; `step` is 0 without break-glass,
    1 after its first step, 2 after its second, and counts in an emergency only.
    """
    if role not in CARE_ROLES or labels_are_barred(labels):
        return "none"
    if purpose == DIRECT_CARE:
        return _direct_care_level(role, category, labels)
    if purpose in EMERGENCY_PURPOSES:
        return _emergency_level(role, category, labels, step)
    # Roles file, section 2: the matrix is for purpose direct care; section 5: all else is D.
    return "none"


def cell(role: str, column: str) -> str:
    """Return the effect letter of a role's column, D for a role outside the tables.

    Source: the roles file, section 7, "unknown R-code → no access".
    """
    base, changes = DERIVED_ROLES.get(role, (role, {}))
    if base not in DIRECT_CARE_TABLE:
        return "D"
    return changes.get(column) or DIRECT_CARE_TABLE[base].split()[COLUMNS.index(column)]


def labels_after_own(role: str, labels: frozenset[str]) -> frozenset[str]:
    """Take off the sexual-health label of an item that the caller's organisation wrote.

    Source: the roles file, section 2, "SXH = A for a user whose own organisation wrote the
    item", and "Students ... SXH = D", which is the stricter and stands (ambiguity 5).
    """
    if "own" in labels and role != "student":
        return labels - {"sexual-health"}
    return labels


def _direct_care_level(role: str, category: str, labels: frozenset[str]) -> Level:
    # The label columns and the category column both bind: the lower stands (ambiguity 4).
    column = COLUMN_OF_CATEGORY.get(category)
    if column is None:
        return "none"
    of_labels = [
        _direct_label_level(role, category, label) for label in labels_after_own(role, labels)
    ]
    return lowest([LEVEL_OF_EFFECT[cell(role, column)], *of_labels])


def _direct_label_level(role: str, category: str, label: str) -> Level:
    if label not in COLUMN_OF_LABEL:
        return "all"
    effect = cell(role, COLUMN_OF_LABEL[label])
    # Roles file, section 2: 'must show "additional restricted medicines exist ..." instead
    # of hiding silently (M, without naming the drug)' (ambiguity 8).
    if effect == "G" and category in SAFETY_EXCEPTION_CATEGORIES:
        return "mask"
    return LEVEL_OF_EFFECT[effect]


def _emergency_level(role: str, category: str, labels: frozenset[str], step: int) -> Level:
    if role not in EMERGENCY_ROLES or step not in (1, 2):
        return "none"
    of_labels = [
        _emergency_label_level(role, category, label, step)
        for label in labels_after_own(role, labels)
    ]
    return lowest([_emergency_category_level(role, category), *of_labels])


def _emergency_category_level(role: str, category: str) -> Level:
    # Decisions, section 15: what break-glass opens; what it does not name stays shut (ambiguity 9).
    if category not in OPENED_BY_BREAK_GLASS:
        return "none"
    column = COLUMN_OF_CATEGORY.get(category)
    # Roles file, section 4: "S→A yes", "M→A"; nothing lifts D.
    return "none" if column and cell(role, column) == "D" else "all"


def _emergency_label_level(role: str, category: str, label: str, step: int) -> Level:
    if label not in SECOND_STEP_LABELS:
        return "all"
    effect = cell(role, COLUMN_OF_LABEL[label])
    if effect == "D":
        return "none"
    # Decisions, section 15: "labelled items only by a second step".
    if step == 1:
        return "mask" if category in SAFETY_EXCEPTION_CATEGORIES else "none"
    # Roles file, section 4: "SAF stays M" for the second group (ambiguity 10 on S).
    if label == "safeguarding" and role in LIMITED_EMERGENCY_ROLES:
        return LEVEL_OF_EFFECT[effect]
    return "all"
