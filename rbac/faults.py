"""Name what can be wrong with a policy.

Finds nothing itself: `policy` finds what makes rows unreadable, `lint` what makes a readable policy unsafe.
"""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """Closed list of faults, in words that an administrator reads."""

    NOT_JSON = "is not JSON in UTF-8"
    NOT_A_LIST = "is not a list of rows"
    NO_ROWS = "has no rows; an empty policy is refused"
    TOO_MANY_ROWS = "has more rows than are accepted"
    NOT_A_ROW = "is not a row of named fields"
    MISSING_FIELD = "is missing"
    UNKNOWN_FIELD = "is not a field of a row"
    REPEATED_FIELD = "is given twice"
    NOT_TEXT = "is not text"
    EMPTY = "is empty"
    LINE_BREAK = "holds a line break or control character"
    LOOK_ALIKE = "holds a character that only looks like a plain letter"
    WILDCARD = "is a pattern; every word must be spelt out"
    UNKNOWN_WORD = "is not a known word"
    DUPLICATE_ROW = "repeats an earlier row"
    ACT_WITH_LABEL = "must be `normal`: only `view` is decided label by label"
    ACT_WITH_LEVEL = "must be `all`: only `view` is decided by level"
    DENY_WITH_LEVEL = "must be `none` in a deny row"
    NO_ADMINISTRATOR = "leaves nobody who may edit it"
    ADMINISTRATION_BY_CARE_ROLE = "gives policy or audit rights to a role that gives care"
    SELF_GRANT = "changes the rights of its own author"
    AUDIT_RULE_CHANGED = "changes who may read the audit"
    BARRED_LABEL = "allows a label that nobody may see"
    PERSON_OUTSIDE_CARE = "shows one person's record to a role or a purpose outside care"
    EXPORT_IN_CARE = "allows export to a role or a purpose of care"
    BREAK_GLASS_IN_DIRECT_CARE = "allows break-glass for a purpose that is no emergency"
    NOT_A_SUBJECT = "is not the subject of one person's token"
    SUBJECT_IS_ROLE = "is the name of a role, not of a person"
    REPEATED_SUBJECT = "names a person twice"
    TOO_FEW_ADMINISTRATORS = (
        "leaves fewer than two administrators, so that nobody could approve a change"
    )
    AUTHOR_LOCKED_OUT = "takes its own author off the list of administrators"
    UNANSWERED = "leaves questions that cannot be answered"
    OWN_ITEMS_HIDDEN = "hides items that the reader's own organisation wrote"


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One fault. `row` counts from 0 in the order given; None speaks of the policy as a whole."""

    kind: FaultKind
    row: int | None = None
    field: str | None = None

    @property
    def message(self) -> str:
        """Say the fault in one sentence; what was written is not repeated."""
        place = "The policy" if self.row is None else f"Row {self.row + 1}"
        subject = place if self.field is None else f"{place}: {self.field}"
        return f"{subject} {self.kind.value}."
