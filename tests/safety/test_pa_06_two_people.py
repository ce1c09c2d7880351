"""Nobody changes the policy alone, and nobody who is no administrator changes it at all (PA-06)."""

from dataclasses import replace

import pytest

from tests.safety.administrators import (
    APPROVER,
    AUTHOR,
    DRAFTS,
    GUARDIAN,
    act,
    activated,
    active_rules,
    propose,
    proposed,
    without,
)
from tests.safety.siege import rows
from tests.safety.staff import demo_user, sign_in, staff
from tests.stack import Stack

DESK = {"role": "practice_admin", "category": "appointments", "act": "view"}


async def narrowed(stack: Stack) -> list[dict[str, str]]:
    _version, rules = await active_rules(stack)
    return without(rules, **DESK)


async def test_pa_06_one_proposes_another_approves_and_it_decides(stack: Stack):
    before, rules = await active_rules(stack)

    after = await activated(stack, without(rules, **DESK))

    assert (await active_rules(stack)) == (after, without(rules, **DESK))
    [event] = [row for row in await rows(stack, "policy-activated") if row["draft"]]
    assert (event["previous"], event["version"]) == (before, after)
    [proposal], [approval] = (
        await rows(stack, "policy-proposed"),
        await rows(stack, "policy-approved"),
    )
    assert (proposal["user_id"], proposal["digest"]) != (approval["user_id"], "")
    assert proposal["digest"] == approval["digest"]
    acts = {row["act"]: row["decision_id"] for row in await rows(stack, "asked")}
    assert acts["activate-policy"] == event["decision_id"]


async def test_pa_06_an_author_does_not_approve_the_own_change(stack: Stack):
    draft = await proposed(stack, await narrowed(stack))

    answers = [await act(stack, AUTHOR, draft, verb) for verb in ("approve", "activate")]

    assert [each.status_code for each in answers] == [403, 403]
    refused = [row["reason"] for row in await rows(stack, "asked") if row["decision"] == "refused"]
    assert refused == ["own-change", "second-person-needed"]


async def test_pa_06_the_same_person_in_another_role_is_still_the_author(stack: Stack):
    draft = await proposed(stack, await narrowed(stack))
    author = demo_user(AUTHOR)
    other_hat = replace(
        demo_user(GUARDIAN), username="other-hat", user_id=author.user_id, role_profile_id="555"
    )

    answer = await act(stack, sign_in(stack, other_hat), draft, "approve")

    assert answer.status_code == 403
    assert (await rows(stack, "asked"))[-1]["reason"] == "own-change"


@pytest.mark.parametrize("user", ["gp", "planner", "privacy-officer", "auditor", GUARDIAN])
async def test_pa_06_who_is_no_administrator_proposes_and_activates_nothing(
    stack: Stack, user: str
):
    draft = await proposed(stack, await narrowed(stack))
    await act(stack, APPROVER, draft, "approve")

    answers = [
        await propose(stack, await narrowed(stack), user=user),
        await act(stack, user, draft, "activate"),
        await stack.send(user, "/policy/rollback", {"version": "a" * 64, "based_on": "a" * 64}),
    ]

    assert [each.status_code for each in answers] == [403, 403, 403]


async def test_pa_06_the_role_alone_makes_no_administrator(stack: Stack):
    unnamed = sign_in(stack, staff("unnamed", "R8015", "QMJ", "HSYSADMIN"))

    answer = await propose(stack, await narrowed(stack), user=unnamed)

    assert answer.status_code == 403
    assert (await rows(stack, "asked"))[-1]["reason"] == "not-an-administrator"
    assert (await stack.get(unnamed, DRAFTS)).status_code == 200


@pytest.mark.parametrize("user", ["gp", "planner"])
@pytest.mark.parametrize("path", ["/policy/versions", DRAFTS, "/policy/explain?decision=x"])
async def test_pa_06_others_do_not_even_look(stack: Stack, user: str, path: str):
    assert (await stack.get(user, path)).status_code in {403, 404}


async def test_pa_06_a_loosened_label_waits_for_a_guardian(stack: Stack):
    _version, rules = await active_rules(stack)
    opened = [
        {**row, "level": "all"}
        if row["role"] == "gp_nurse" and row["label"] == "mental-health" and row["act"] == "view"
        else row
        for row in rules
    ]
    draft = await proposed(stack, opened)

    first = await act(stack, APPROVER, draft, "approve")
    second = await act(stack, GUARDIAN, draft, "approve")

    assert (first.status_code, second.status_code) == (403, 204)
    assert (await act(stack, APPROVER, draft, "activate")).status_code == 200


async def test_pa_06_an_old_version_that_shows_more_is_not_replayed_by_one_person(stack: Stack):
    before, rules = await active_rules(stack)
    after = await activated(stack, without(rules, **DESK))

    widening = await stack.send(AUTHOR, "/policy/rollback", {"version": before, "based_on": after})

    assert widening.status_code == 403
    assert (await active_rules(stack))[0] == after
    again = await proposed_version(stack, before, after)
    assert (await act(stack, APPROVER, again, "approve")).status_code == 204
    assert (await act(stack, AUTHOR, again, "activate")).json() == {"active": before}


async def proposed_version(stack: Stack, version: str, based_on: str) -> str:
    proposal = {"based_on": based_on, "why": "back", "version": version}
    return str((await stack.send(AUTHOR, DRAFTS, proposal)).json()["id"])


async def test_pa_06_an_old_version_that_shows_less_comes_back_at_once(stack: Stack):
    before, rules = await active_rules(stack)
    narrow = await activated(stack, without(rules, **DESK))
    wide = await activated(stack, rules)

    answer = await stack.send(AUTHOR, "/policy/rollback", {"version": narrow, "based_on": wide})

    assert (wide, answer.json()) == (before, {"active": narrow})
    assert (await active_rules(stack))[0] == narrow


async def test_pa_06_a_version_that_never_decided_is_no_way_back(stack: Stack):
    before, _rules = await active_rules(stack)
    drafted = (await propose(stack, await narrowed(stack))).json()["version"]

    for version in (drafted, "0" * 64):
        answer = await stack.send(
            AUTHOR, "/policy/rollback", {"version": version, "based_on": before}
        )
        assert answer.status_code == 404


@pytest.mark.parametrize("verb", ["approve", "activate"])
async def test_pa_06_what_was_done_is_not_done_twice(stack: Stack, verb: str):
    draft = await proposed(stack, await narrowed(stack))
    await act(stack, APPROVER, draft, "approve")
    if verb == "activate":
        await act(stack, AUTHOR, draft, "activate")

    assert (await act(stack, APPROVER, draft, verb)).status_code == 409


@pytest.mark.parametrize("verb", ["approve", "activate", "test"])
async def test_pa_06_a_draft_that_is_not_there_is_not_found(stack: Stack, verb: str):
    for draft in ("00000000-0000-0000-0000-000000000001", "nothing"):
        body = b"" if verb != "test" else TABLE
        answer = await stack.send(APPROVER, f"{DRAFTS}/{draft}/{verb}", body)
        assert answer.status_code == 404


TABLE = (
    b"name,role,organisation_kind,purpose,act,category,labels,expected\n"
    b"a,gp,general-practice,TREAT,view,problems,,all\n"
)
