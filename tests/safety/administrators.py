"""Change the policy over HTTP as administrators do, in tests."""

from typing import Any

import httpx2

from gateway.store.policies import policy_versions
from gateway.store.policy_drafts import drafts
from tests.stack import Stack

AUTHOR, APPROVER, GUARDIAN = "policy-admin", "policy-approver", "caldicott"
DRAFTS = "/policy/drafts"


async def active_rules(stack: Stack) -> tuple[str, list[dict[str, str]]]:
    """Give the version that decides, and its rows."""
    standing = (await stack.get(AUTHOR, "/policy/versions")).json()
    found = await stack.get(AUTHOR, f"/policy/versions/{standing['active']}")
    return standing["active"], found.json()["rules"]


def without(rules: list[dict[str, str]], **words: str) -> list[dict[str, str]]:
    """Leave out the rows that hold all of these words."""
    return [row for row in rules if not words.items() <= row.items()]


async def propose(
    stack: Stack, rules: Any, based_on: str | None = None, user: str = AUTHOR, **more: Any
) -> httpx2.Response:
    based_on = based_on or (await active_rules(stack))[0]
    proposal = {"based_on": based_on, "why": "a test", "rules": rules, **more}
    return await stack.send(user, DRAFTS, proposal)


async def proposed(stack: Stack, rules: Any, **more: Any) -> str:
    """Propose what must be accepted, and give the draft's id."""
    answer = await propose(stack, rules, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def act(stack: Stack, user: str, draft: str, verb: str) -> httpx2.Response:
    return await stack.send(user, f"{DRAFTS}/{draft}/{verb}", b"")


async def activated(stack: Stack, rules: Any, approver: str = APPROVER, **more: Any) -> str:
    """Bring a change all the way, and give the version that decides then."""
    draft = await proposed(stack, rules, **more)
    approval = await act(stack, approver, draft, "approve")
    assert approval.status_code == 204, approval.text
    answer = await act(stack, AUTHOR, draft, "activate")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["active"])


async def saved(stack: Stack) -> tuple[int, int]:
    """Count the versions and the drafts that are stored."""
    store = stack.services.store
    return len(await store.read(policy_versions)), len(await store.read(drafts, 1_000))


__all__ = ["APPROVER", "AUTHOR", "DRAFTS", "GUARDIAN", "Stack"]
