"""Of two who change the policy at once one does, and the other is told (PA-05)."""

import asyncio
import os

import pytest

from tests.safety.administrators import (
    APPROVER,
    AUTHOR,
    act,
    activated,
    active_rules,
    propose,
    proposed,
    without,
)
from tests.safety.siege import rows
from tests.stack import Stack

RACES = int(os.environ.get("SCR_PROVE_RACES", "6"))  # noqa: TID251 - a switch of the test run
DESK = {"role": "practice_admin", "act": "view"}


async def approved(stack: Stack, rules: list[dict[str, str]], author: str, other: str) -> str:
    draft = await proposed(stack, rules, user=author)
    assert (await act(stack, other, draft, "approve")).status_code == 204
    return draft


async def test_pa_05_of_two_activations_at_once_one_is_done_and_one_is_told(stack: Stack):
    before, rules = await active_rules(stack)
    for _race in range(RACES):
        stack.tokens.clear()  # a token lives ten minutes, a thousand races longer
        narrow = (
            without(rules, **DESK, category="appointments"),
            without(rules, **DESK, category="encounters"),
        )
        mine = await approved(stack, narrow[0], AUTHOR, APPROVER)
        theirs = await approved(stack, narrow[1], APPROVER, AUTHOR)

        answers = await asyncio.gather(
            act(stack, AUTHOR, mine, "activate"), act(stack, APPROVER, theirs, "activate")
        )

        assert sorted(each.status_code for each in answers) == [200, 409]
        [done] = [each.json()["active"] for each in answers if each.status_code == 200]
        assert (await active_rules(stack))[0] == done
        assert await activated(stack, rules) == before

    assert len(await rows(stack, "policy-activated")) == 1 + 2 * RACES


async def test_pa_05_two_approvals_at_once_are_one(stack: Stack):
    _before, rules = await active_rules(stack)
    draft = await proposed(stack, without(rules, **DESK))

    answers = await asyncio.gather(*(act(stack, APPROVER, draft, "approve") for _ in range(4)))

    assert sorted(each.status_code for each in answers) == [204, 409, 409, 409]
    assert len(await rows(stack, "policy-approved")) == 1


@pytest.mark.parametrize("verb", ["propose", "approve", "activate", "rollback"])
async def test_pa_05_what_was_based_on_another_version_is_told_so(stack: Stack, verb: str):
    before, rules = await active_rules(stack)
    draft = await approved(stack, without(rules, role="student"), AUTHOR, APPROVER)
    waiting = await proposed(stack, without(rules, role="care_home_carer"))
    await activated(stack, without(rules, **DESK))

    answer = {
        "propose": lambda: propose(stack, without(rules, role="gp_nurse"), before),
        "approve": lambda: act(stack, APPROVER, waiting, "approve"),
        "activate": lambda: act(stack, AUTHOR, draft, "activate"),
        "rollback": lambda: stack.send(
            AUTHOR, "/policy/rollback", {"version": before, "based_on": before}
        ),
    }[verb]

    # To go back would show more here, which is refused before anything else is looked at.
    assert (await answer()).status_code == (403 if verb == "rollback" else 409)
