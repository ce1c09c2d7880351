"""A page that shows a sign of something missing is partial."""

import pytest

from adapters.contract import Notice, NoticeKind, Outcome, Reason
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import ENCOUNTER, PATIENT, SEARCHED, ask, declares
from tests.adapters.stub_source import answer, bundle


def remark(*issues, mode="outcome"):
    outcome = {"resourceType": "OperationOutcome", "issue": list(issues)}
    return {"resource": outcome, **({"search": {"mode": mode}} if mode else {})}


ERROR = {"severity": "error", "code": "processing"}
GAPS = {
    "no resource": {"search": {"mode": "match"}},
    "null for a resource": {"resource": None},
    "a response alone": {"response": {"status": "500"}},
    "no type": {"resource": {"id": "e9"}},
    "a Bundle": {"resource": bundle(ENCOUNTER)},
    "Parameters": {"resource": {"resourceType": "Parameters"}, "search": {"mode": "include"}},
    "an error": remark(ERROR),
    "an error as a match": remark(ERROR, mode="match"),
    "an error as an include": remark(ERROR, mode="include"),
    "an error without a mode": remark(ERROR, mode=None),
    "a fatal error": remark({"severity": "fatal"}),
    "an error after a warning": remark({"severity": "warning", "code": "value"}, ERROR),
    "a warning of a cut": remark({"severity": "warning", "code": "too-costly"}),
    "a note of what is held back": remark({"severity": "information", "code": "suppressed"}),
    "an unknown severity": remark({"severity": "grave"}),
    "an issue of the wrong shape": remark("text"),
    "a remark without issues": remark(),
}


@pytest.mark.parametrize("gap", GAPS)
async def test_a_page_with_a_sign_of_something_missing_is_partial(surroundings, gap):
    page = bundle(ENCOUNTER)
    page["entry"].append(GAPS[gap])
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": page}, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert len(result.bodies) == 3
    assert result.notices == (Notice(NoticeKind.UNREADABLE_PART, Category.ENCOUNTERS),)


@pytest.mark.parametrize("gap", ["no resource", "a Bundle", "a warning of a cut"])
async def test_a_whole_record_with_a_sign_of_something_missing_is_partial(surroundings, gap):
    page = bundle(PATIENT, ENCOUNTER)
    page["entry"].append(GAPS[gap])
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": page,
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)


@pytest.mark.parametrize("code", ["informational", "processing", "value"])
async def test_a_warning_of_nothing_missing_leaves_the_page_whole(surroundings, code):
    page = bundle(ENCOUNTER)
    page["entry"].append(remark({"severity": "warning", "code": code}))
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": page}, surroundings)

    assert (result.outcome, result.notices) == (Outcome.DATA, ())


async def test_a_gap_beside_the_patient_does_not_keep_the_record_away(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT, total=2),
        "/fhir/Patient/p1/$everything": bundle(PATIENT, ENCOUNTER),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    [body] = result.bodies
    assert b"Encounter" in body


async def test_a_remark_of_the_server_is_not_data(surroundings):
    told = bundle(total=0)
    issue = {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}
    told["entry"].append({"resource": issue, "search": {"mode": "outcome"}})
    result, _ = await ask({}, surroundings, otherwise=answer(told))

    assert result.outcome is Outcome.EMPTY
