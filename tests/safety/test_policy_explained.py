"""Whoever may look at the policy learns what it changes and why a decision is what it is, and nothing of anybody."""

import json

import pytest

from tests.safety.administrators import (
    AUTHOR,
    DRAFTS,
    GUARDIAN,
    active_rules,
    propose,
    proposed,
    without,
)
from tests.safety.siege import rows
from tests.stack import Stack

DESK = {"role": "practice_admin", "act": "view"}
RESULTS = "role=paramedic&organisation_kind=ambulance&purpose=TREAT&category=results"
HEAD = "name,role,organisation_kind,purpose,act,category,labels,expected\n"


async def explained(stack: Stack, query: str, user: str = AUTHOR) -> dict:
    answer = await stack.get(user, f"/policy/explain?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_pa_09_a_change_lists_what_it_widens_before_anybody_approves(stack: Stack):
    version, rules = await active_rules(stack)
    words = {"role": "paramedic", "category": "results", "label": "normal", "act": "view"}
    row = next(row for row in rules if {**words, "purpose": "TREAT"}.items() <= row.items())
    opened = [{**each, "level": "all"} if each == row else each for each in rules]

    answer = (await propose(stack, opened, version)).json()
    looked = (await stack.get(GUARDIAN, f"{DRAFTS}/{answer['id']}")).json()

    difference = looked["difference"]
    assert difference == answer["difference"]
    assert (difference["added"], difference["removed"]) == ([{**row, "level": "all"}], [row])
    assert {each["category"] for each in difference["widened"]} <= {"results"}
    assert (looked["state"], looked["proposed_by"] != "", looked["unmet"]) == ("open", True, [])


async def test_a_draft_is_held_against_the_built_in_and_against_other_expectations(stack: Stack):
    _version, rules = await active_rules(stack)
    draft = await proposed(stack, without(rules, role="ed_consultant", category="medications"))
    table = HEAD + "ours,ed_consultant,trust,TREAT,view,medications,,none\n"

    looked = (await stack.get(AUTHOR, f"{DRAFTS}/{draft}")).json()
    ours = await stack.send(AUTHOR, f"{DRAFTS}/{draft}/test", table.encode())

    assert [(each["expected"], each["found"]) for each in looked["unmet"]] == [("all", "none")]
    assert ours.json() == {"tried": 1, "unmet": []}
    for wrong in (b"", b"\xff", table.replace("none", "some").encode()):
        assert (await stack.send(AUTHOR, f"{DRAFTS}/{draft}/test", wrong)).status_code == 400


async def test_the_rule_that_decides_is_named_and_what_would_change_it(stack: Stack):
    summary = await explained(stack, RESULTS)
    barred = await explained(stack, f"{RESULTS}&label=sealed,own")

    assert (summary["level"], summary["decided_by"]) == (
        "summary",
        "the allow rule of the lowest level",
    )
    assert [each["change"] for each in summary["what_would_change_it"]] == ["remove", "add"]
    assert summary["version"] == (await active_rules(stack))[0]
    assert (barred["level"], barred["can_a_policy_change_it"]) == ("none", False)
    assert barred["decided_by"].startswith("guard")


async def test_a_recorded_decision_is_explained_without_whom_it_was_about(stack: Stack):
    await stack.everything("gp", "everything")
    await stack.get("planner", f"/fhir/Patient/{stack.patient('everything')}")
    allowed, refused = await rows(stack, "asked")

    told = [await explained(stack, f"decision={row['decision_id']}") for row in (allowed, refused)]

    assert [each["decision"] for each in told] == ["allowed", "refused"]
    assert told[0]["levels"] == told[0]["levels_now"] == allowed["levels"] is not None
    assert told[1]["levels"] is None
    assert "purpose" in told[1]["decided_by"]
    whole = json.dumps(told)
    for secret in (stack.patient("everything"), allowed["who"]["name"], allowed["who"]["user_id"]):
        assert secret not in whole


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("role=gp", 400),
        (RESULTS.replace("TREAT", "treat"), 400),
        (f"{RESULTS}&label=secret", 400),
        (f"{RESULTS}&role=gp", 400),
        (f"{RESULTS}&more=1", 400),
        (f"{RESULTS}&version={'0' * 64}", 404),
        ("decision=nothing", 404),
        ("decision=00000000-0000-0000-0000-000000000001", 404),
        (f"decision=00000000-0000-0000-0000-000000000001&{RESULTS}", 400),
    ],
)
async def test_a_question_that_is_not_understood_is_refused(stack: Stack, query: str, status: int):
    assert (await stack.get(AUTHOR, f"/policy/explain?{query}")).status_code == status


async def test_every_look_has_both_rows(stack: Stack):
    version, rules = await active_rules(stack)
    draft = await proposed(stack, without(rules, **DESK))
    paths = ["/policy/versions", f"/policy/versions/{version}", DRAFTS, f"{DRAFTS}/{draft}"]

    for path in [*paths, f"/policy/explain?{RESULTS}"]:
        answer = await stack.get("auditor", path)
        asked, disclosed = (await stack.audit())[-2:]
        assert answer.status_code == 200
        assert asked["decision_id"] == disclosed["decision_id"]
        assert (asked["patient"], asked["policy_version"]) == (None, version)


@pytest.mark.parametrize(
    "path", [f"/policy/versions/{'0' * 64}", "/policy/versions/x", f"{DRAFTS}/x"]
)
async def test_what_is_not_there_is_not_found(stack: Stack, path: str):
    assert (await stack.get(AUTHOR, path)).status_code == 404


async def test_an_act_upon_a_draft_takes_no_parameters(stack: Stack):
    answer = await stack.send(AUTHOR, f"{DRAFTS}/x/approve", b"{}")

    assert answer.status_code == 400
