"""Who cares for somebody whom no registry knows of says so, with a reason; a privacy officer reads it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from fhir_profiles.nhs_number import NhsNumber
from tests.safety.emergencies import (
    NO_RELATIONSHIP,
    alerts,
    another_session,
    as_served,
    at_later,
    breaks,
    everything,
    refusal,
)
from tests.safety.siege import person_of, rows
from tests.safety.staff import sign_in, staff
from tests.safety.test_az_13_no_audit_no_emergency import locked_out
from tests.stack import Stack

CLAIMS = "/access/claims"
DOCTOR, REASON = "ed-consultant", "Referred by telephone this morning"
NOT_RELATED = (403, "no-relationship")


async def claims(stack: Stack, user: str, name: str, **changes: Any) -> httpx2.Response:
    plea = {
        "patient": stack.patient(name),
        "reason_code": "referral-not-recorded",
        "reason": REASON,
        **changes,
    }
    whole = {name: value for name, value in plea.items() if value is not None}
    return await stack.send(user, CLAIMS, whole)


async def test_decision_2_a_stranger_is_offered_an_emergency_and_a_claim(stack: Stack):
    answer = await everything(stack, DOCTOR, NO_RELATIONSHIP)

    told = answer.body["issue"][0]["diagnostics"]
    assert ("POST /access/claims" in told, "POST /access/break-glass" in told) == (True, True)


@pytest.mark.parametrize(
    ("role_code", "organisation", "offered"),
    [("R1975", "RV3", {"/access/claims"}), ("R8014", "702", set()), ("R8009", "F84004", set())],
)
async def test_decision_2_others_are_offered_what_their_rows_allow(
    stack: Stack, role_code: str, organisation: str, offered: set[str]
):
    user = sign_in(stack, staff("somebody", role_code, organisation))

    answer = await everything(stack, user, NO_RELATIONSHIP)

    told = answer.response.text
    assert answer.status == 403
    assert {each for each in ("/access/claims", "/access/break-glass") if each in told} == offered


async def test_a_claim_opens_the_record_for_direct_care_for_a_day(stack: Stack):
    answer = await claims(stack, DOCTOR, NO_RELATIONSHIP)

    told = answer.json()
    assert answer.status_code == 201, answer.text
    until, at = (datetime.fromisoformat(told[each]) for each in ("until", "claimed_at"))
    assert until - at == timedelta(hours=24)
    view = await everything(stack, DOCTOR, NO_RELATIONSHIP)
    assert view.status == 200
    assert (await rows(stack, "asked"))[-1]["relationship"] == "self_claimed"
    async with as_served(stack, at_later(stack.services, hours=24)) as later:
        assert (await everything(later, DOCTOR, NO_RELATIONSHIP)).status == 403


async def test_a_claim_is_one_users_in_any_session(stack: Stack):
    await claims(stack, DOCTOR, NO_RELATIONSHIP)
    again = await another_session(stack, DOCTOR)

    assert (await everything(stack, again, NO_RELATIONSHIP)).status == 200
    assert await refusal(stack, "nurse", NO_RELATIONSHIP) == NOT_RELATED


async def test_a_claim_is_about_the_person_as_asked_for(stack: Stack):
    """Under another number of theirs it would open what nobody who reviews it is shown."""
    user = sign_in(stack, staff("stranger", "R0260", "F84012"))
    [former] = person_of(stack, "superseded").former_numbers
    by_former_number = f"/fhir/Patient/{stack.services.ids.seal(former)}/$everything"

    assert (await claims(stack, user, "superseded")).status_code == 201

    assert (await everything(stack, user, "superseded")).status == 200
    assert (await stack.get(user, by_former_number)).status_code == 403


async def test_a_claim_is_told_with_why_and_what_was_opened(stack: Stack):
    await claims(stack, DOCTOR, NO_RELATIONSHIP)
    await everything(stack, DOCTOR, NO_RELATIONSHIP)

    [alert] = (await stack.get("privacy-officer", "/privacy/alerts")).json()["alerts"]

    [row] = (await rows(stack, "disclosed"))[:1]
    assert (alert["kind"], alert["reason"]) == ("self-claim", REASON)
    assert alert["reason_code"] == "referral-not-recorded"
    assert alert["opened"] == row["shown"] != {}
    [entry] = await rows(stack, "relationship-claimed")
    assert (entry["reason"], entry["patient"]) == (REASON, stack.patient(NO_RELATIONSHIP))


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": None},
        {"reason": "too short"},
        {"reason_code": None},
        {"reason_code": "risk-to-life"},
        {"hours": 240},
    ],
)
async def test_what_is_not_a_whole_reason_claims_nothing(stack: Stack, changes: dict[str, Any]):
    answer = await claims(stack, DOCTOR, NO_RELATIONSHIP, **changes)

    assert answer.status_code == 400
    assert await alerts(stack) == ()
    assert await refusal(stack, DOCTOR, NO_RELATIONSHIP) == NOT_RELATED


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ("receptionist", "not-for-role"),
        ("social-worker", "not-for-role"),
        ("discharge-officer", "not-for-role"),
        ("planner", "purpose-not-allowed"),
        ("privacy-officer", "not-for-role"),
    ],
)
async def test_who_must_ask_a_clinician_claims_nothing_and_is_told_of(
    stack: Stack, user: str, reason: str
):
    answer = await claims(stack, user, NO_RELATIONSHIP)

    assert answer.status_code == 403
    [alert] = await alerts(stack)
    assert (alert.kind, alert.act) == ("unauthorised-attempt", "claim")
    assert alert.refusal in {reason, "purpose-not-allowed"}


async def test_a_claim_is_for_direct_care_alone(stack: Stack):
    bearer = {"Authorization": f"Bearer {await stack.token(DOCTOR)}", "Purpose-Of-Use": "ETREAT"}
    plea = {
        "patient": stack.patient(NO_RELATIONSHIP),
        "reason_code": "other-care",
        "reason": REASON,
    }

    answer = await stack.client.post(CLAIMS, json=plea, headers=bearer)

    assert answer.status_code == 403


async def test_nobody_claims_a_restricted_person(stack: Stack):
    answer = await claims(stack, "gp", "restricted")
    unknown = await stack.get("gp", f"/fhir/Patient/{36 * 'a'}/$everything")

    assert (answer.status_code, answer.content) == (404, unknown.content)
    [alert] = await alerts(stack)
    assert alert.refusal == "no-relationship"


async def test_a_number_that_nobody_has_is_told_of_as_a_restricted_person_is(stack: Stack):
    nobody = stack.services.ids.seal(NhsNumber("9990000042"))

    answer = await claims(stack, "gp", NO_RELATIONSHIP, patient=nobody)

    assert answer.status_code == 404
    assert [each.refusal for each in await alerts(stack)] == ["unknown-person"]


@pytest.mark.parametrize("name", ["objects-to-all", "objects-no-exceptions"])
async def test_nobodys_word_stands_against_an_objection(stack: Stack, name: str):
    user = sign_in(stack, staff("stranger", "R0260", "F84012"))

    answer = await claims(stack, user, name)

    assert answer.status_code == 403
    assert [each.refusal for each in await alerts(stack)] == ["sharing-restricted"]


async def test_who_has_a_relationship_claims_none(stack: Stack):
    answer = await claims(stack, DOCTOR, "everything")

    assert answer.status_code == 403
    assert (await rows(stack, "asked"))[-1]["reason"] == "already-related"
    assert await alerts(stack) == ()


async def test_claims_of_one_day_are_counted(stack: Stack):
    services = replace(stack.services, claims=replace(stack.services.claims, at_most=1))
    user = sign_in(stack, staff("stranger", "R0260", "F84012"))

    async with as_served(stack, services) as capped:
        first = await claims(capped, user, "everything")
        second = await claims(capped, user, "sexual-health")

    assert (first.status_code, second.status_code) == (201, 403)
    assert [each.kind for each in await alerts(stack)].count("unauthorised-attempt") == 1
    assert (await rows(stack, "asked"))[-1]["reason"] == "too-many-claims"


async def test_of_two_claims_at_once_the_cap_lets_one_through(stack: Stack):
    services = replace(stack.services, claims=replace(stack.services.claims, at_most=1))
    user = sign_in(stack, staff("stranger", "R0260", "F84012"))

    async with as_served(stack, services) as capped:
        names = ("everything", "sexual-health", "ambulance-2h")
        answers = await asyncio.gather(*(claims(capped, user, each) for each in names))

    statuses = sorted(each.status_code for each in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {403, 409}
    assert len(await rows(stack, "relationship-claimed")) == 1


async def test_a_claim_that_cannot_be_told_is_none(stack: Stack):
    locked_out(stack, "privacy_alert")

    assert (await claims(stack, DOCTOR, NO_RELATIONSHIP)).status_code == 503
    assert await rows(stack, "relationship-claimed") == []
    assert await refusal(stack, DOCTOR, NO_RELATIONSHIP) == NOT_RELATED


async def test_an_emergency_founds_no_claim(stack: Stack):
    await breaks(stack, DOCTOR, NO_RELATIONSHIP)

    assert await refusal(stack, DOCTOR, NO_RELATIONSHIP) == NOT_RELATED
