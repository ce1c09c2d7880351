"""OperationOutcomes and the completeness receipt."""

import json

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from fhir_profiles import systems
from fhir_profiles.outcomes import (
    STATEMENTS,
    Severity,
    operation_outcome,
    outward_code,
    source_outcome,
)

TEN = (
    "data",
    "empty",
    "not-asked",
    "timed-out",
    "refused",
    "withheld",
    "malformed",
    "wrong-patient",
    "stale",
    "failed",
)


@pytest.mark.parametrize("code", TEN)
def test_every_outcome_gives_a_valid_receipt_line(code: str) -> None:
    built = source_outcome(code, "gp")

    issue = json.loads(built)["issue"][0]
    OperationOutcome.model_validate_json(built)
    assert issue["details"]["coding"][0]["system"] == systems.SOURCE_OUTCOME
    assert issue["diagnostics"] == "gp"


@pytest.mark.parametrize(
    ("code", "severity", "issue_code"),
    [
        ("data", "information", "informational"),
        ("empty", "information", "informational"),
        ("not-asked", "information", "informational"),
        ("timed-out", "warning", "timeout"),
        ("refused", "warning", "forbidden"),
        ("withheld", "warning", "suppressed"),
        ("malformed", "error", "structure"),
        ("stale", "warning", "incomplete"),
        ("failed", "error", "transient"),
    ],
)
def test_an_outcome_has_its_severity_and_type(code: str, severity: str, issue_code: str) -> None:
    issue = json.loads(source_outcome(code, "hospital"))["issue"][0]

    assert (issue["severity"], issue["code"]) == (severity, issue_code)
    assert issue["details"]["coding"][0]["code"] == code


def test_a_wrong_patient_answer_is_told_as_refused() -> None:
    assert outward_code("wrong-patient") == "refused"
    assert source_outcome("wrong-patient", "gp") == source_outcome("refused", "gp")
    assert "wrong-patient" not in STATEMENTS


def test_an_eleventh_outcome_is_refused() -> None:
    with pytest.raises(KeyError):
        source_outcome("partial", "gp")


def test_a_stale_source_is_told_with_the_age_it_states() -> None:
    issue = json.loads(source_outcome("stale", "gp", stated_age="2026-01-02"))["issue"][0]

    assert issue["diagnostics"] == "gp as of 2026-01-02"


def test_an_empty_answer_is_never_told_as_none() -> None:
    assert "does not say that there is none" in STATEMENTS["empty"].text


def test_an_error_says_only_what_it_is_given() -> None:
    built = operation_outcome(Severity.ERROR, "not-found")

    assert json.loads(built) == {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "not-found"}],
    }


def test_an_error_may_say_more() -> None:
    built = operation_outcome(
        Severity.ERROR,
        "invalid",
        details_code=("urn:example", "BAD"),
        details_text='He said "no"',
        diagnostics="Give one patient.",
    )

    OperationOutcome.model_validate_json(built)
    issue = json.loads(built)["issue"][0]
    assert issue["details"]["coding"] == [{"system": "urn:example", "code": "BAD"}]
    assert issue["details"]["text"] == 'He said "no"'
    assert issue["diagnostics"] == "Give one patient."
