"""Verdicts on content: what the models find, what they let pass, and that nothing escapes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_profiles.issues import IssueKind
from fhir_profiles.validate import MOST_ISSUES, Verdict, verdict_r4, verdict_stu3

ENCOUNTER = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "Weight"}}


def judged(resource: object) -> list[tuple[str, str]]:
    verdict = verdict_r4(json.dumps(resource).encode())
    return [(issue.kind.value, issue.path) for issue in verdict.issues]


def test_a_good_resource_is_clean() -> None:
    assert verdict_r4(json.dumps(ENCOUNTER).encode()).is_clean


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"status": "ended"}, ("code-not-in-list", "Encounter.status")),
        ({"status": 3}, ("structure", "Encounter.status")),
        ({"period": []}, ("structure", "Encounter.period.root")),
        ({"Smith John": 1}, ("unknown-element", "Encounter")),
        ({"diagnosis": [{"rank": "1"}]}, ("structure", "Encounter.diagnosis[0].condition")),
        (
            {"statusHistory": [{"status": "x", "period": {}}]},
            ("code-not-in-list", "Encounter.statusHistory[0].status"),
        ),
        (
            {"extension": [{"url": "urn:a", "valueBoolean": "true"}]},
            ("not-a-boolean", "Encounter.extension[0].valueBoolean"),
        ),
        (
            {"contained": [{**OBSERVATION, "status": "done"}]},
            ("code-not-in-list", "Encounter.contained[0].status"),
        ),
        ({"contained": [{"resourceType": "Zzz"}]}, ("model-failed", "Encounter")),
    ],
)
def test_a_fault_is_found_where_it_is(change: dict[str, object], found: tuple[str, str]) -> None:
    assert found in judged(ENCOUNTER | change)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"valueQuantity": {"value": "7.1"}}, "Observation.valueQuantity.value"),
        ({"valueInteger": "7"}, "Observation.valueInteger"),
        ({"valueSampledData": {"period": True}}, "Observation.valueSampledData.period"),
    ],
)
def test_a_number_given_as_something_else_is_found(value: dict[str, object], found: str) -> None:
    assert ("not-a-number", found) in judged(OBSERVATION | value)


@pytest.mark.parametrize(
    ("status", "is_listed"),
    [
        ({"coding": [{"system": "urn:local", "code": "x"}, "ACTIVE"]}, True),
        ({"coding": [{"system": "urn:local", "code": "active"}]}, False),
        ({"text": "active"}, False),
        ("active", False),
        (None, True),
    ],
)
def test_a_bound_concept_needs_one_coding_from_its_list(status: object, is_listed: bool) -> None:
    active = {
        "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
        "code": "active",
    }
    if isinstance(status, dict) and "ACTIVE" in status.get("coding", []):
        status = {"coding": [status["coding"][0], active]}
    condition = {"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": status}

    found = ("code-not-in-list", "Condition.clinicalStatus") in judged(condition)

    assert found is not is_listed


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ([], ("unreadable", "")),
        ("text", ("unreadable", "")),
        ({}, ("unknown-type", "")),
        ({"resourceType": "Zzz"}, ("unknown-type", "")),
        ({"resourceType": 7}, ("unknown-type", "")),
        ({"resourceType": "Medication"}, ("missing", "Medication.code")),
    ],
)
def test_what_is_hardly_a_resource_is_judged_too(resource: object, found: tuple[str, str]) -> None:
    assert found in judged(resource)


def test_each_entry_of_a_bundle_is_judged_alone() -> None:
    entries = [
        {"resource": ENCOUNTER | {"status": "ended"}},
        {"resource": ENCOUNTER},
        {"resource": {"resourceType": "Nope"}},
        {"resource": 7},
        {"request": {"method": "GET", "url": "Patient"}},
        7,
    ]

    found = judged({"resourceType": "Bundle", "type": "collection", "entry": entries})

    assert found == [
        ("code-not-in-list", "Bundle.entry[0].resource.Encounter.status"),
        ("unknown-type", "Bundle.entry[2].resource"),
        ("unreadable", "Bundle.entry[3].resource"),
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_bytes_that_are_no_json_are_unreadable(body: bytes) -> None:
    assert [issue.kind for issue in verdict_r4(body).issues] == [IssueKind.UNREADABLE]


def test_nesting_beyond_reason_is_a_finding_and_not_a_failure() -> None:
    body = b'{"resourceType":"Patient","extension":' + b'[{"extension":' * 400 + b"[]" + b"}]" * 400

    found = verdict_r4(body + b"}").issues

    assert {issue.kind for issue in found} == {IssueKind.MODEL_FAILED}


def test_a_verdict_is_bounded_whatever_the_resource() -> None:
    history = [{"status": "x", "period": {}}] * 500

    assert len(judged(ENCOUNTER | {"statusHistory": history})) == MOST_ISSUES


def test_a_verdict_holds_no_value_of_the_resource() -> None:
    named = ENCOUNTER | {
        "status": "Zebedee",
        "Zebedee": 1,
        "type": [{"Zebedee": 1}],
        "id": "Zebedee_",
    }

    assert "Zebedee" not in repr(verdict_r4(json.dumps(named).encode()))


def test_an_stu3_resource_is_judged_by_the_stu3_models() -> None:
    stu3 = {"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": "active"}

    assert verdict_stu3(json.dumps(stu3).encode()).is_clean
    assert not verdict_r4(json.dumps(stu3).encode()).is_clean


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*sorted(OBSERVATION), "contained", "extension", "value"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values)
@settings(max_examples=60)
def test_no_json_makes_a_judge_raise(value: object) -> None:
    for resource in (value, OBSERVATION | {"extension": value, "contained": value, "code": value}):
        body = json.dumps(resource).encode()
        assert isinstance(verdict_r4(body), Verdict)
        assert isinstance(verdict_stu3(body), Verdict)


def faulty_files(folder: Path) -> set[str]:
    return {
        path.name for path in folder.glob("*.json") if not verdict_r4(path.read_bytes()).is_clean
    }


def test_published_uk_core_examples_are_clean_but_for_the_baby_without_a_number(
    sample_data: Path,
) -> None:
    assert faulty_files(sample_data / "ukcore_r4_examples" / "json") == {
        "UKCore-Patient-BabyPatient-Example.json"
    }


def test_published_hl7_examples_are_clean_but_for_two(sample_data: Path) -> None:
    assert faulty_files(sample_data / "hl7_r4_examples") == {
        "Bundle-bundle-example.json",
        "Questionnaire-qs1.json",
    }
