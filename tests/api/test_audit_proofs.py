"""What outsiders check the audit with, served: the key and the checkpoint to anybody, a proof to those entitled."""

import pytest

from gateway.audit.entries import entries_between
from gateway.audit.notes import open_checkpoint, read_verifier_key
from tests.outsider import verifier
from tests.stack import Stack

READERS = ("privacy-officer", "auditor", "caldicott")
OTHERS = ("ed-consultant", "gp", "planner", "policy-admin", "receptionist")


async def public(stack: Stack, path: str) -> str:
    answer = await stack.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/plain; charset=utf-8",
    )
    return answer.text


async def signed(stack: Stack) -> None:
    await stack.everything("ed-consultant", "everything")
    await stack.services.audit.keeper.keep()


async def test_anybody_gets_the_key_and_the_latest_checkpoint(stack: Stack):
    key = read_verifier_key(await public(stack, "/audit/key"))
    before = open_checkpoint(await public(stack, "/audit/checkpoint"), [key])
    await signed(stack)
    after = open_checkpoint(await public(stack, "/audit/checkpoint"), [key])

    assert before.size == 0 < after.size


@pytest.mark.parametrize("user", READERS)
async def test_whoever_may_read_the_audit_gets_a_proof_that_an_outsider_accepts(
    stack: Stack, user: str
):
    await signed(stack)

    answer = await stack.get(user, "/audit/proof/2")

    assert answer.status_code == 200
    key = (await public(stack, "/audit/key")).strip()
    assert verifier.verify_entry(answer.json(), key).is_whole


@pytest.mark.parametrize("user", OTHERS)
async def test_nobody_else_gets_one(stack: Stack, user: str):
    await signed(stack)

    assert (await stack.get(user, "/audit/proof/2")).status_code == 403


async def test_ai_06_reading_a_proof_is_two_entries_about_the_same_person(stack: Stack):
    await signed(stack)
    kept = await stack.services.store.read(entries_between, 1, 10**6)
    about = next(each for each in kept if each.patient is not None)

    await stack.get("auditor", f"/audit/proof/{about.sequence}")

    asked, shown = await stack.services.store.read(entries_between, len(kept) + 1, 10**6)
    assert (asked.action, shown.action) == ("asked", "disclosed")
    assert asked.patient == shown.patient == about.patient
    assert b'"shown":{"audit-entries":1}' in shown.body


@pytest.mark.parametrize("number", ["0", "99999", "-1", "x", "1.5", "9" * 19, "9" * 40])
async def test_what_names_no_entry_that_is_proven_is_not_found(stack: Stack, number: str):
    await signed(stack)

    assert (await stack.get("auditor", f"/audit/proof/{number}")).status_code == 404


async def test_a_parameter_is_refused(stack: Stack):
    assert (await stack.get("auditor", "/audit/proof/1?x=1")).status_code == 400
