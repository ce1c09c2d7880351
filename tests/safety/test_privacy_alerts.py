"""A privacy officer's list: who, whose, when, why and how much was opened, never content; settled by somebody else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.audit.acts import SignedOut
from gateway.store.privacy_alerts import raise_privacy_alert
from gateway.wiring import now
from tests.safety.emergencies import (
    ETREAT,
    NO_RELATIONSHIP,
    REASON,
    alerts,
    as_served,
    breaks,
    broken,
    everything,
)
from tests.safety.siege import person_of, rows
from tests.stack import Stack

OFFICER, DOCTOR = "privacy-officer", "ed-consultant"
LIST = "/privacy/alerts"


async def listed(stack: Stack, state: str = "open", user: str = OFFICER) -> list[dict[str, Any]]:
    answer = await stack.get(user, f"{LIST}?state={state}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["alerts"]
    return found


async def settled(stack: Stack, alert_id: object, outcome: object, user: str = OFFICER) -> int:
    answer = await stack.send(user, f"{LIST}/{alert_id}/settle", {"outcome": outcome})
    return answer.status_code


async def test_an_emergency_is_listed_with_who_whose_when_why_and_what_was_opened(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    view = await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    [alert] = await listed(stack)

    assert alert["patient"] == stack.patient(NO_RELATIONSHIP)
    assert (alert["kind"], alert["state"], alert["is_overdue"]) == ("break-glass", "open", False)
    assert (alert["reason_code"], alert["reason"]) == ("risk-to-life", REASON)
    assert alert["who"]["organisation"] == "RRV"
    [row] = (await rows(stack, "disclosed"))[:1]
    assert alert["opened"] == row["shown"] != {}
    assert view.status == 200
    assert (await stack.get(OFFICER, f"{LIST}/{alert['id']}")).json() == alert


async def test_readings_of_other_grants_and_in_direct_care_are_not_counted(stack: Stack):
    await broken(stack, DOCTOR, "everything")
    await everything(stack, DOCTOR, "everything")

    [alert] = await listed(stack)

    assert alert["opened"] == {}


async def test_decision_12_the_list_holds_no_content_of_a_record(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    answer = await stack.get(OFFICER, LIST)

    person = person_of(stack, NO_RELATIONSHIP)
    told = (person.family_name, person.nhs_number.digits, "snomed", "resourceType")
    assert [each for each in told if each in answer.text] == []


async def test_an_access_to_a_restricted_person_is_listed_with_what_was_opened(stack: Stack):
    await everything(stack, DOCTOR, "restricted")

    [alert] = await listed(stack)

    [row] = (await rows(stack, "disclosed"))[:1]
    assert (alert["kind"], alert["purpose"], alert["act"]) == ("restricted-person", "TREAT", "view")
    assert alert["opened"] == row["shown"] != {}
    assert (alert["reason"], alert["reason_code"]) == (None, None)


async def test_an_attempt_is_listed_and_opened_nothing(stack: Stack):
    await breaks(stack, "receptionist", "everything")

    [alert] = await listed(stack)

    assert (alert["kind"], alert["refusal"]) == ("unauthorised-attempt", "purpose-not-allowed")
    assert (alert["opened"], alert["who"]["role"]) == ({}, "practice_admin")


@pytest.mark.parametrize("user", [OFFICER, "caldicott"])
@pytest.mark.parametrize("outcome", ["justified", "not-justified", "escalated"])
async def test_an_alert_is_settled_once_by_officer_or_guardian(
    stack: Stack, user: str, outcome: str
):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    [alert] = await listed(stack)

    statuses = [await settled(stack, alert["id"], outcome, user) for _ in range(2)]

    assert statuses == [204, 404]
    assert await listed(stack) == []
    [done] = await listed(stack, "settled")
    assert (done["state"], done["outcome"]) == ("settled", outcome)
    [entry] = await rows(stack, "privacy-alert-settled")
    assert (entry["alert"], entry["outcome"]) == (alert["id"], outcome)
    assert entry["patient"] == stack.patient(NO_RELATIONSHIP)


async def test_nobody_settles_what_they_did_themselves(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    [alert] = await alerts(stack)
    own = replace(alert, id=alert.decision_id, user_id=await officers_id(stack))
    async with stack.services.log.recorded(signed_out()) as session:
        await session.do(raise_privacy_alert, own)

    assert await settled(stack, own.id, "justified") == 403
    assert (await rows(stack, "asked"))[-1]["reason"] == "own-act"
    assert await settled(stack, own.id, "escalated", "caldicott") == 204


async def officers_id(stack: Stack) -> str:
    principal = await stack.services.verifier.principal(await stack.token(OFFICER))
    return principal.user_id


def signed_out() -> Any:
    return SignedOut(now(), "test", "test")


async def test_what_waits_too_long_is_overdue(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    in_time, late = at(stack, 0), at(stack, 8)

    async with as_served(stack, in_time) as before, as_served(stack, late) as after:
        overdue = [(await listed(each))[0]["is_overdue"] for each in (before, after)]

    assert overdue == [False, True]


def at(stack: Stack, days: int) -> Any:
    reviews = stack.services.privacy_alerts
    moment = now() + timedelta(days=days)
    return replace(stack.services, privacy_alerts=replace(reviews, clock=lambda: moment))


async def test_an_auditor_looks_and_settles_nothing(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    [alert] = await listed(stack, user="auditor")

    assert await settled(stack, alert["id"], "justified", "auditor") == 403
    assert len(await listed(stack)) == 1


@pytest.mark.parametrize("user", ["gp", DOCTOR, "receptionist", "planner", "policy-admin"])
async def test_others_see_no_list(stack: Stack, user: str):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    [alert] = await alerts(stack)

    answers = [await stack.get(user, path) for path in (LIST, f"{LIST}/{alert.id}")]

    assert [each.status_code for each in answers] == [403, 403]
    assert await settled(stack, alert.id, "justified", user) == 403


@pytest.mark.parametrize("outcome", [None, "", "fine", ["justified"], 1])
async def test_an_outcome_is_a_word_of_a_closed_list(stack: Stack, outcome: object):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    [alert] = await alerts(stack)

    assert await settled(stack, alert.id, outcome) == 400
    assert len(await listed(stack)) == 1


async def test_what_is_not_there_is_not_found_and_what_is_not_known_is_refused(stack: Stack):
    nobody = f"{LIST}/00000000-0000-0000-0000-000000000001"
    paths = (nobody, f"{LIST}/nothing", f"{LIST}?state=lost", f"{LIST}?user=u1")

    answers = [(await stack.get(OFFICER, each)).status_code for each in paths]

    assert answers == [404, 404, 400, 400]
    assert await settled(stack, "00000000-0000-0000-0000-000000000001", "justified") == 404
    extra = {"outcome": "justified", "settled_by": "somebody"}
    assert (await stack.send(OFFICER, f"{nobody}/settle", extra)).status_code == 400
