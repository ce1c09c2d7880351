"""What outsiders check the audit with, served: the key and the checkpoint to anybody, a proof to those entitled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from gateway.audit.consistency import verify_growth
from gateway.audit.entries import entries_between
from gateway.audit.notes import open_checkpoint, read_verifier_key
from gateway.store.tables import audit_entry
from gateway.wiring import now
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


def lose(stack: Stack, sequence: int) -> None:
    """Take an entry away, as somebody could who owns the database."""
    with stack.services.store.writes.begin() as connection:
        connection.execute(delete(audit_entry).where(audit_entry.c.sequence == sequence))


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
    assert (asked.patient, shown.patient) == (None, about.patient)
    assert b'"shown":{"audit-entries":1}' in shown.body


@pytest.mark.parametrize("path", ["/audit/proof/2", "/fhir/AuditEvent/2"])
async def test_ai_06_who_may_not_read_an_entry_is_refused_before_it_is_read(
    stack: Stack, path: str
):
    await signed(stack)
    lose(stack, 2)

    answer = await stack.get("ed-consultant", path)

    last = (await stack.audit())[-1]
    assert answer.status_code == 403
    assert (last["act"], last["decision"], last["patient"]) == ("read-audit", "refused", None)


async def test_an_entry_that_is_gone_is_not_found_and_nor_is_a_proof_that_needs_it(stack: Stack):
    await signed(stack)
    lose(stack, 2)

    gone, beside = [await stack.get("auditor", f"/audit/proof/{each}") for each in (2, 3)]

    assert (gone.status_code, beside.status_code) == (404, 404)
    assert [each["outcome"] for each in (await stack.audit())[-3::2]] == ["nothing", "nothing"]


async def test_a_statement_is_told_without_the_proofs_that_a_lost_entry_took_along(stack: Stack):
    await signed(stack)
    lose(stack, 2)

    answer = await stack.get(
        "privacy-officer", f"/privacy/patients/{stack.patient('everything')}/statement"
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("number", ["0", "99999", "-1", "x", "1.5", "9" * 19, "9" * 40])
async def test_what_names_no_entry_that_is_proven_is_not_found(stack: Stack, number: str):
    await signed(stack)

    assert (await stack.get("auditor", f"/audit/proof/{number}")).status_code == 404


async def test_a_parameter_is_refused(stack: Stack):
    assert (await stack.get("auditor", "/audit/proof/1?x=1")).status_code == 400


async def grown(stack: Stack) -> tuple[str, str]:
    """Sign twice; give both checkpoints."""
    await signed(stack)
    before = await public(stack, "/audit/checkpoint")
    await stack.everything("ed-consultant", "everything")
    keeper = stack.services.audit.keeper
    await replace(keeper, clock=lambda: now() + timedelta(seconds=10)).keep()
    return before, await public(stack, "/audit/checkpoint")


def size_of(checkpoint: str) -> str:
    return checkpoint.split("\n")[1]


@pytest.mark.parametrize("user", READERS)
async def test_whoever_may_read_the_audit_gets_the_proof_that_it_only_grew(stack: Stack, user: str):
    before, after = await grown(stack)
    key = read_verifier_key(await public(stack, "/audit/key"))

    answer = await stack.get(user, f"/audit/consistency/{size_of(before)}/{size_of(after)}")

    assert answer.status_code == 200
    assert answer.json()["checkpoint"] == after
    old, new = verify_growth(answer.json(), before, [key])
    assert 0 < old < new


@pytest.mark.parametrize("user", OTHERS)
async def test_nobody_else_gets_that(stack: Stack, user: str):
    await signed(stack)
    size = size_of(await public(stack, "/audit/checkpoint"))

    assert (await stack.get(user, f"/audit/consistency/1/{size}")).status_code == 403


@pytest.mark.parametrize("sizes", ["0/{}", "1/1", "1/99999", "{}/1", "x/{}", "1/x"])
async def test_sizes_that_were_not_signed_are_not_found(stack: Stack, sizes: str):
    await signed(stack)
    size = size_of(await public(stack, "/audit/checkpoint"))

    answer = await stack.get("auditor", f"/audit/consistency/{sizes.format(size)}")

    assert answer.status_code == 404
