"""A change that would lock people out, or that its author makes for themselves, is refused (PA-04)."""

from typing import Any

import pytest

from gateway.store.policy_drafts import administrators
from tests.safety.administrators import (
    APPROVER,
    AUTHOR,
    GUARDIAN,
    act,
    activated,
    active_rules,
    propose,
    saved,
    without,
)
from tests.safety.siege import rows
from tests.stack import ADMINISTRATORS, Stack

ADMIN_ROW = {
    "role": "policy_admin",
    "organisation_kind": "council",
    "category": "problems",
    "label": "normal",
    "purpose": "HSYSADMIN",
    "act": "edit-policy",
    "level": "all",
    "effect": "allow",
}
BAD_CHANGES = {
    "no rules": lambda rules: rules[:0],
    "no administrator": lambda rules: without(rules, act="edit-policy"),
    "a right for oneself": lambda rules: [*rules, ADMIN_ROW],
    "a right of one's own taken": lambda rules: without(
        rules, role="policy_admin", category="problems"
    ),
    "the audit": lambda rules: without(rules, role="system_auditor"),
    "care administers": lambda rules: [*rules, {**ADMIN_ROW, "role": "gp"}],
    "outside care": lambda rules: [*rules, {**ADMIN_ROW, "role": "researcher", "act": "view"}],
    "a barred label": lambda rules: [
        *rules,
        {**ADMIN_ROW, "role": "gp", "purpose": "TREAT", "act": "view", "label": "sealed"},
    ],
    "twice the same": lambda rules: [*rules, rules[0]],
}


@pytest.mark.parametrize("change", BAD_CHANGES.values(), ids=BAD_CHANGES.keys())
async def test_pa_04_a_policy_that_locks_out_or_opens_up_is_refused(stack: Stack, change: Any):
    version, rules = await active_rules(stack)

    answer = await propose(stack, change(rules), version)

    assert (answer.status_code, await saved(stack)) == (422, (1, 0))
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "people",
    [
        [],
        [ADMINISTRATORS[0]],
        [ADMINISTRATORS[0]] * 2,
        ["x", "y"],
        [*ADMINISTRATORS, ADMINISTRATORS[0]],
    ],
    ids=["nobody", "one", "one twice", "without the author", "repeated"],
)
async def test_pa_04_a_list_that_locks_out_is_refused(stack: Stack, people: list[str]):
    version, rules = await active_rules(stack)

    answer = await propose(stack, rules, version, administrators=people)

    assert (answer.status_code, await saved(stack)) == (422, (1, 0))


async def test_pa_04_a_change_of_nothing_is_refused(stack: Stack):
    version, rules = await active_rules(stack)

    assert (await propose(stack, rules, version)).status_code == 400


async def test_pa_04_administrators_change_as_rules_do_and_whoever_left_is_out_at_once(
    stack: Stack,
):
    version, rules = await active_rules(stack)
    people = [ADMINISTRATORS[0], "555057009999"]

    same = await activated(stack, rules, administrators=people)

    assert same == version
    assert await stack.services.store.read(administrators) == tuple(sorted(people))
    [proposal] = await rows(stack, "policy-proposed")
    assert proposal["administrators"] == people
    assert (await propose(stack, without(rules, role="student"), user=APPROVER)).status_code == 403


async def test_pa_04_nobody_approves_after_leaving_the_list(stack: Stack):
    _version, rules = await active_rules(stack)
    people = [ADMINISTRATORS[0], "555057009999"]
    await activated(stack, rules, administrators=people)
    draft = (await propose(stack, without(rules, role="student"))).json()["id"]

    assert (await act(stack, APPROVER, draft, "approve")).status_code == 403
    assert (await act(stack, GUARDIAN, draft, "approve")).status_code == 204
    assert (await act(stack, AUTHOR, draft, "activate")).status_code == 200
