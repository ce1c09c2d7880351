"""Name what can be wrong with a resource.

An issue tells where and what kind, never the value that was found: values are patient data.
"""

from dataclasses import dataclass
from enum import StrEnum


class IssueKind(StrEnum):
    """What is wrong."""

    UNREADABLE = "unreadable"
    UNKNOWN_TYPE = "unknown-type"
    STRUCTURE = "structure"
    UNKNOWN_ELEMENT = "unknown-element"
    CODE_NOT_IN_LIST = "code-not-in-list"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_BOOLEAN = "not-a-boolean"
    MISSING = "missing"
    INVALID_NHS_NUMBER = "invalid-nhs-number"
    MODEL_FAILED = "model-failed"


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault; `path` holds element names and positions only, from the resource type down."""

    kind: IssueKind
    path: str
