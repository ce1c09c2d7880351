"""Build OperationOutcomes as bytes: errors, and the completeness receipt's line for one source.

Decides no HTTP status and holds no patient data. Follows FHIR R4 OperationOutcome and its issue types.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from fhir_profiles import systems


class Severity(StrEnum):
    """FHIR R4 issue severity; `fatal` is not used here."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class SourceStatement:
    """How one outcome of asking a source is told outward."""

    severity: Severity
    issue: str
    text: str


# Words after what clinicians were promised: a missing answer never reads like an empty one, and what a
# source holds back is told in the same words whatever the reason.
STATEMENTS: dict[str, SourceStatement] = {
    "data": SourceStatement(Severity.INFORMATION, "informational", "The source answered."),
    "empty": SourceStatement(
        Severity.INFORMATION,
        "informational",
        "The source answered; it holds nothing that you may see. This does not say that there is none.",
    ),
    "not-asked": SourceStatement(
        Severity.INFORMATION, "informational", "The source was not asked for this view."
    ),
    "timed-out": SourceStatement(
        Severity.WARNING,
        "timeout",
        "The source did not answer in time. Information may be missing.",
    ),
    "refused": SourceStatement(
        Severity.WARNING, "forbidden", "The source gave nothing. Information may be missing."
    ),
    "withheld": SourceStatement(
        Severity.WARNING,
        "suppressed",
        "Some information is not shared at the patient's request or is restricted.",
    ),
    "malformed": SourceStatement(
        Severity.ERROR,
        "structure",
        "Part of the source's answer could not be used. Information may be missing.",
    ),
    "stale": SourceStatement(
        Severity.WARNING, "incomplete", "The source says that its information is not current."
    ),
    "failed": SourceStatement(
        Severity.ERROR, "transient", "The source could not be reached. Information may be missing."
    ),
}

_SHOWN_AS = {"wrong-patient": "refused"}


def outward_code(code: str) -> str:
    """Give the outcome code that may be shown: a wrong-patient answer is told as refused."""
    return _SHOWN_AS.get(code, code)


def source_outcome(
    code: str, source_id: str, *, stated_age: str | None = None, remarks: tuple[str, ...] = ()
) -> bytes:
    """Build the receipt's line for one source.

    Shape: `code` is one of the ten outcomes; `stated_age` is the moment that a stale source states,
    as it states it; each of `remarks` becomes a further issue. Equal arguments give equal bytes.
    Raises KeyError for a code that is none of the ten.
    """
    shown = outward_code(code)
    statement = STATEMENTS[shown]
    details = {
        "coding": [{"system": systems.SOURCE_OUTCOME, "code": shown}],
        "text": statement.text,
    }
    diagnostics = source_id if stated_age is None else f"{source_id} as of {stated_age}"
    return _outcome_of(
        {
            "severity": statement.severity,
            "code": statement.issue,
            "details": details,
            "diagnostics": diagnostics,
        },
        *(_remark(text, source_id) for text in remarks),
    )


def _remark(text: str, source_id: str) -> dict[str, object]:
    return {
        "severity": Severity.WARNING,
        "code": "informational",
        "details": {"text": text},
        "diagnostics": source_id,
    }


def operation_outcome(
    severity: Severity,
    code: str,
    *,
    details_code: tuple[str, str] | None = None,
    details_text: str | None = None,
    diagnostics: str | None = None,
) -> bytes:
    """Build an OperationOutcome with one issue; `details_code` is (system, code)."""
    issue: dict[str, object] = {"severity": severity, "code": code}
    details: dict[str, object] = {}
    if details_code is not None:
        details["coding"] = [{"system": details_code[0], "code": details_code[1]}]
    if details_text is not None:
        details["text"] = details_text
    if details:
        issue["details"] = details
    if diagnostics is not None:
        issue["diagnostics"] = diagnostics
    return _outcome_of(issue)


def operation_outcomes(severity: Severity, code: str, told: Iterable[str]) -> bytes:
    """Build an OperationOutcome with one issue for each thing that is told."""
    issues: list[dict[str, object]] = [
        {"severity": severity, "code": code, "diagnostics": each} for each in told
    ]
    return _outcome_of(*issues)


def _outcome_of(*issues: dict[str, object]) -> bytes:
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": issues})
