"""Officers and auditors ask what somebody could have been shown at a past instant, on record, and nobody else does."""

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.wiring import now
from tests.safety.emergencies import NO_RELATIONSHIP, broken, everything
from tests.safety.siege import rows
from tests.stack import Stack

PERSON, OFFICER = "everything", "privacy-officer"
DOCTOR = DEMO_USERS["ed-consultant"].user_id


async def asks(stack: Stack, officer: str = OFFICER, **changes: Any) -> httpx2.Response:
    question = {"user": DOCTOR, "at": now().isoformat(), **changes}
    whole = {name: each for name, each in question.items() if each is not None}
    return await stack.send(officer, "/privacy/as-at", whole)


@pytest.mark.parametrize("user", [OFFICER, "caldicott", "auditor"])
async def test_who_reads_the_audit_is_told_and_both_rows_are_kept(stack: Stack, user: str):
    await stack.everything("ed-consultant", PERSON)
    before = len(await stack.audit())

    answer = await asks(stack, user, patient=stack.patient(PERSON))

    assert answer.status_code == 200
    row_a, row_b = (await stack.audit())[before:]
    assert (row_a["act"], row_a["decision"], row_a["patient"]) == (
        *("as-at", "allowed"),
        stack.patient(PERSON),
    )
    assert row_a["details"]["subject"] == DOCTOR
    assert datetime.fromisoformat(row_a["details"]["instant"]).tzinfo is not None
    assert (row_b["decision_id"], row_b["outcome"]) == (row_a["decision_id"], "disclosed")


@pytest.mark.parametrize("user", ["ed-consultant", "gp", "policy-admin", "planner"])
async def test_nobody_else_is_told_and_the_refusal_is_on_record(stack: Stack, user: str):
    answer = await asks(stack, user)

    assert answer.status_code == 403
    assert "roles" not in answer.json()
    last = (await rows(stack, "asked"))[-1]
    assert (last["act"], last["decision"]) == ("as-at", "refused")


async def test_what_was_shown_before_and_after_is_told(stack: Stack):
    await stack.everything("ed-consultant", PERSON)
    between = now()
    await stack.everything("ed-consultant", PERSON)

    told = (await asks(stack, at=between.isoformat(), patient=stack.patient(PERSON))).json()

    [before], [after] = told["person"]["shown_before"], told["person"]["shown_after"]
    assert datetime.fromisoformat(before["at"]) < between < datetime.fromisoformat(after["at"])
    assert before["shown"] == after["shown"] != {}
    assert (before["act"], before["relationship"]) == ("view", "referral")
    assert "objections" in told["cannot_be_rebuilt"]


async def test_an_emergency_is_told_without_the_words_of_its_reason(stack: Stack):
    grant = await broken(stack, "ed-consultant", NO_RELATIONSHIP)
    await everything(stack, "ed-consultant", NO_RELATIONSHIP, **{"Purpose-Of-Use": "ETREAT"})

    answer = await asks(stack, patient=stack.patient(NO_RELATIONSHIP))

    told = answer.json()
    assert [each["grant"] for each in told["person"]["emergencies"]] == [grant["id"]]
    assert told["roles"][0]["could"]["ETREAT"]["against"] is None
    assert told["roles"][0]["could"]["BTG"]["against"] == "break-glass-required"
    assert "unconscious" not in answer.text


async def test_of_nobody_in_particular_nothing_of_a_person_is_told(stack: Stack):
    await stack.everything("ed-consultant", PERSON)

    told = (await asks(stack)).json()

    assert told["person"] is None
    assert told["roles"][0]["could"]["TREAT"]["levels"]["medications"]["normal"] == "all"
    assert "objections" not in told["cannot_be_rebuilt"]


async def test_of_somebody_whom_the_log_does_not_know_no_role_is_told(stack: Stack):
    told = (await asks(stack, user="nobody")).json()

    assert (told["roles"], told["teams"], told["is_suspended"]) == ([], [], False)
    assert "roles-not-used" in told["cannot_be_rebuilt"]


async def test_before_the_first_policy_there_was_none(stack: Stack):
    await stack.everything("ed-consultant", PERSON)

    told = (await asks(stack, at="2020-01-01T00:00:00Z")).json()

    assert told["policy"] is None
    assert all(each["against"] for each in told["roles"][0]["could"].values())


@pytest.mark.parametrize(
    "changes",
    [
        {"user": None},
        {"user": ""},
        {"user": 7},
        {"user": "u" * 201},
        {"user": "a\x00b"},
        {"user": "9434765919"},
        {"user": "943 476 5919"},
        {"at": "0001-01-01T00:00:00Z"},
        {"at": None},
        {"at": "yesterday"},
        {"at": "2026-03-02T09:30:00"},
        {"at": 7},
        {"patient": 7},
        {"more": "x"},
    ],
)
async def test_a_question_that_is_none_is_refused(stack: Stack, changes: dict[str, Any]):
    assert (await asks(stack, **changes)).status_code == 400


async def test_an_instant_that_is_to_come_is_refused_on_record(stack: Stack):
    answer = await asks(stack, at=(now() + timedelta(hours=1)).isoformat())

    assert answer.status_code == 400
    row_a, row_b = (await stack.audit())[-2:]
    assert (row_a["act"], row_b["outcome"]) == ("as-at", "nothing")


@pytest.mark.parametrize("patient", ["9434765919", "a" * 36, ""])
async def test_what_is_no_id_of_a_person_is_not_found_and_stands_nowhere(
    stack: Stack, patient: str
):
    answer = await asks(stack, patient=patient)

    assert answer.status_code == 404
    assert (await rows(stack, "asked"))[-1]["patient"] is None


async def test_the_person_reads_of_the_question_in_their_statement(stack: Stack):
    await asks(stack, patient=stack.patient(PERSON))

    answer = await stack.get(OFFICER, f"/privacy/patients/{stack.patient(PERSON)}/statement")

    said = [each["in_words"]["what"] for each in answer.json()["accesses"]]
    checked = "They checked what a member of staff could have seen of you at an earlier time."
    assert checked in said
