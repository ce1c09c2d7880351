"""Access log and audit tell the same of every request (AI-09, P26); what does not is found."""

import pytest

from tests.access_log import Request, differences

ID = "00000000-0000-0000-0000-00000000000a"
SEEN = Request(ID, "GET", "/fhir/Condition", 200)
REFUSED = Request(ID, "GET", "/fhir/Condition", 403)
ROW_A = {
    "action": "asked",
    "request_id": ID,
    "decision": "allowed",
    "decision_id": "d",
    "act": "search",
    "who": {"user_id": "u"},
}
REFUSAL = {**ROW_A, "decision": "refused"}
ROW_B = {"action": "disclosed", "decision_id": "d"}
TURNED_AWAY = {"action": "caller-refused", "request_id": ID}
BROKEN = Request(ID, "POST", "/patient/x/break-glass", 303)
BREAKS = {**ROW_A, "act": "break-glass"}
GLASS = {"action": "glass-broken", "decision_id": "d"}
ASKING = Request(ID, "POST", "/population/releases", 201)
ASKS = {**ROW_A, "act": "release"}
REQUESTED = {"action": "release-requested", "user_id": "u"}
FILE = Request(ID, "GET", "/population/releases/x/files/rows.csv", 200)
FETCHES = {**ROW_A, "act": "review"}
FETCHED = {"action": "release-fetched", "user_id": "u"}


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        (SEEN, [ROW_A, ROW_B]),
        (REFUSED, [REFUSAL]),
        (REFUSED, [TURNED_AWAY]),
        (BROKEN, [BREAKS, GLASS]),
        (REFUSED, [{**ROW_A, "act": "view"}, {**ROW_B, "outcome": "nothing"}]),
        (ASKING, [ASKS, REQUESTED]),
        (FILE, [FETCHES, FETCHED]),
        (FILE, [FETCHES, ROW_B]),
    ],
)
def test_p26_a_request_with_its_rows_is_reconciled(request_, rows):
    assert differences([request_], rows) == []


@pytest.mark.parametrize(
    ("requests", "rows", "told"),
    [
        ([SEEN], [], "with 0 decisions"),
        ([SEEN], [REFUSAL], "with 0 decisions"),
        ([SEEN], [ROW_A, ROW_B, {**ROW_A, "decision_id": "e"}], "with 2 decisions"),
        ([SEEN], [ROW_A], "without what must follow"),
        ([SEEN], [ROW_A, ROW_B, ROW_B], "disclosed twice"),
        ([SEEN, SEEN], [ROW_A, ROW_B], "with 1 decisions"),
        ([SEEN, SEEN], [], "with 0 decisions"),
        ([], [ROW_A, ROW_B], "decided without a request"),
        ([], [ROW_B], "disclosed without a decision"),
        ([REFUSED], [], "with 0 refusals"),
        ([REFUSED], [REFUSAL, TURNED_AWAY], "with 2 refusals"),
        ([REFUSED], [REFUSAL, ROW_B], "something followed"),
        ([REFUSED], [ROW_A, {**ROW_B, "outcome": "nothing"}], "with 0 refusals"),
        ([REFUSED], [{**ROW_A, "act": "view"}, {**ROW_B, "outcome": "disclosed"}], "with 0 ref"),
        ([Request(ID, "GET", "/fhir/Condition", 500)], [ROW_A], "no answer"),
        ([Request(ID, "POST", "/fhir/Condition/_search", 200)], [ROW_A], "must follow"),
        ([Request(ID, "POST", "/privacy/as-at", 200)], [ROW_A], "must follow"),
        ([Request(ID, "POST", "/patient/x/break-glass", 200)], [], "with 0 decisions"),
        ([BROKEN], [BREAKS], "must follow"),
        ([BROKEN], [BREAKS, ROW_B], "must follow"),
        ([ASKING], [ASKS], "must follow"),
        ([ASKING], [ASKS, ROW_B], "must follow"),
        ([ASKING], [ASKS, {**REQUESTED, "user_id": "another"}], "must follow"),
        ([FILE], [FETCHED], "with 0 decisions"),
        ([FILE], [{**FETCHES, "decision": "refused"}, FETCHED], "something followed"),
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
