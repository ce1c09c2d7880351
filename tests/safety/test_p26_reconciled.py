"""Access log and audit tell the same of every request (AI-09, P26); what does not is found."""

import pytest

from tests.access_log import Request, differences

ID = "00000000-0000-0000-0000-00000000000a"
SEEN = Request(ID, "GET", "/fhir/Condition", 200)
ROW_A = {
    "action": "asked",
    "request_id": ID,
    "decision": "allowed",
    "decision_id": "d",
    "act": "search",
}
ROW_B = {"action": "disclosed", "decision_id": "d"}


def test_p26_a_request_with_its_two_rows_is_reconciled():
    assert differences([SEEN], [ROW_A, ROW_B]) == []


@pytest.mark.parametrize(
    ("requests", "rows", "told"),
    [
        ([SEEN], [], "with 0 decisions"),
        ([SEEN], [{**ROW_A, "decision": "refused"}], "with 0 decisions"),
        ([SEEN], [ROW_A, ROW_B, {**ROW_A, "decision_id": "e"}], "with 2 decisions"),
        ([SEEN], [ROW_A], "without exactly one disclosure"),
        ([SEEN], [ROW_A, ROW_B, ROW_B], "disclosed twice"),
        ([], [ROW_A, ROW_B], "decided without a request"),
        ([], [ROW_B], "disclosed without a decision"),
    ],
)
def test_ai_09_what_does_not_tell_the_same_is_found(requests, rows, told):
    assert any(told in each for each in differences(requests, rows))


@pytest.mark.parametrize(
    "request_",
    [
        Request(ID, "GET", "/health/live", 200),
        Request(ID, "GET", "/fhir/Condition", 404),
        Request(ID, "GET", "/fhir/Condition", 503),
        Request(ID, "GET", "/find", 200),
    ],
)
def test_what_tells_of_nobody_needs_no_decision(request_):
    assert differences([request_], []) == []


async def test_ai_09_each_way_of_asking_is_reconciled(stack):
    await stack.everything("ed-consultant", "everything")
    await stack.get("receptionist", f"/fhir/Condition?patient={stack.patient('everything')}")
    await stack.get("auditor", "/privacy/alerts")
    await stack.get("ed-consultant", "/privacy/alerts")

    assert len(stack.access.requests) >= 4
    assert differences(stack.access.requests, await stack.audit()) == []
