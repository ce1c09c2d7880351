"""Where an organisation asks people before their record is viewed, nothing opens in direct care until they answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from fhir_profiles.nhs_number import NhsNumber
from gateway.access.permissions import EVERY_ROLE, StoredPermissions
from gateway.wiring import Services
from rbac.decide import CompiledPolicy
from tests.safety.emergencies import (
    ETREAT,
    NO_RELATIONSHIP,
    another_session,
    as_served,
    at_later,
    broken,
    everything,
    refusal,
)
from tests.safety.failing_parts import with_access
from tests.safety.siege import rows
from tests.safety.test_az_13_no_audit_no_emergency import locked_out
from tests.safety.test_self_claims import claims
from tests.stack import Stack

PERMISSIONS = "/access/permissions"
DOCTOR, RELATED, ANOTHER = "ed-consultant", "everything", "sexual-health"
REQUIRED = (403, "permission-to-view-required")
SAID_NO = (403, "permission-refused")
UNABLE = {
    "answer": "unable",
    "reason_code": "too-unwell",
    "reason": "Sedated, and nobody is with them",
}


def asking(stack: Stack, roles: tuple[str, ...] = (EVERY_ROLE,)) -> Services:
    """Give the same service, where these roles of the hospital and the practice must ask."""
    registry: Any = stack.services.records.access.registry
    asked_of = {"RRV": roles, "F84004": roles}
    return with_access(stack.services, permissions=StoredPermissions(registry, asked_of))


@pytest.fixture
async def asks(stack: Stack) -> Any:
    async with as_served(stack, asking(stack)) as served:
        yield served


async def answers(stack: Stack, user: str, name: str, **changes: Any) -> httpx2.Response:
    told = {"patient": stack.patient(name), "answer": "yes", **changes}
    whole = {name: value for name, value in told.items() if value is not None}
    return await stack.send(user, PERMISSIONS, whole)


async def answered(stack: Stack, user: str, name: str, **changes: Any) -> Mapping[str, Any]:
    answer = await answers(stack, user, name, **changes)
    assert answer.status_code == 201, answer.text
    told: Mapping[str, Any] = answer.json()
    return told


async def opens(stack: Stack, user: str, name: str, **headers: str) -> bool:
    return (await everything(stack, user, name, **headers)).status == 200


async def test_a_record_stays_closed_until_the_person_was_asked_and_the_refusal_says_how(
    asks: Stack,
):
    answer = await everything(asks, DOCTOR, RELATED)

    told = answer.body["issue"][0]["diagnostics"]
    assert answer.status == 403
    assert ("POST /access/permissions" in told, "POST /access/break-glass" in told) == (True, True)
    assert await refusal(asks, DOCTOR, RELATED) == REQUIRED


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/Patient/{}",
        "/fhir/Patient/{}/$everything",
        "/fhir/Condition?patient={}",
    ],
)
async def test_no_way_of_reading_goes_round_the_question(asks: Stack, path: str):
    answer = await asks.get(DOCTOR, path.format(asks.patient(RELATED)))

    assert (answer.status_code, answer.json()["resourceType"]) == (403, "OperationOutcome")


async def test_a_yes_opens_this_record_to_this_session_for_a_shift(asks: Stack):
    told = await answered(asks, DOCTOR, RELATED)

    until, at = (datetime.fromisoformat(told[each]) for each in ("until", "recorded_at"))
    assert until - at == timedelta(hours=8)
    assert await opens(asks, DOCTOR, RELATED)
    assert await refusal(asks, DOCTOR, ANOTHER) == REQUIRED
    assert await refusal(asks, await another_session(asks, DOCTOR), RELATED) == REQUIRED
    assert await refusal(asks, "nurse", RELATED) == REQUIRED
    async with as_served(asks, at_later(asks.services, hours=7, minutes=59)) as later:
        assert await opens(later, DOCTOR, RELATED)
    async with as_served(asks, at_later(asks.services, hours=8)) as later:
        assert await refusal(later, DOCTOR, RELATED) == REQUIRED


async def test_who_cannot_be_asked_is_viewed_for_a_reason_on_record(asks: Stack):
    await answered(asks, DOCTOR, RELATED, **UNABLE)

    assert await opens(asks, DOCTOR, RELATED)
    [entry] = await rows(asks, "permission-recorded")
    assert {name: entry[name] for name in UNABLE} == UNABLE
    assert entry["patient"] == asks.patient(RELATED)


async def test_a_no_closes_the_record_to_all_but_an_emergency(asks: Stack):
    await answered(asks, DOCTOR, RELATED)
    await answered(asks, DOCTOR, RELATED, answer="no")

    assert await refusal(asks, DOCTOR, RELATED) == SAID_NO
    again = await answers(asks, DOCTOR, RELATED)
    unable = await answers(asks, DOCTOR, RELATED, **UNABLE)
    assert (again.status_code, unable.status_code) == (403, 403)
    told = (await everything(asks, DOCTOR, RELATED)).response.text
    assert ("/access/permissions" in told, "/access/break-glass" in told) == (False, True)
    await broken(asks, DOCTOR, RELATED)
    assert await opens(asks, DOCTOR, RELATED, **ETREAT)
    assert await refusal(asks, DOCTOR, RELATED) == SAID_NO


async def test_an_emergency_asks_nobody(asks: Stack):
    await broken(asks, DOCTOR, RELATED)

    assert await opens(asks, DOCTOR, RELATED, **ETREAT)
    assert await rows(asks, "permission-recorded") == []


async def test_the_roles_that_ask_are_those_that_the_setting_names(stack: Stack):
    async with as_served(stack, asking(stack, ("hospital_nurse",))) as served:
        assert await opens(served, DOCTOR, RELATED)
        assert await refusal(served, "nurse", RELATED) == REQUIRED
        needless = await answers(served, DOCTOR, RELATED)

    assert needless.status_code == 403
    assert (await rows(stack, "asked"))[-1]["reason"] == "permission-not-asked-for"


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": None},
        {"answer": "maybe"},
        {"answer": ["yes"]},
        {"answer": "unable"},
        {**UNABLE, "reason": None},
        {**UNABLE, "reason": "too short"},
        {**UNABLE, "reason_code": None},
        {**UNABLE, "reason_code": "risk-to-life"},
        {"reason": "They nodded when asked"},
        {"answer": "no", "reason_code": "not-present"},
        {"hours": 240},
    ],
)
async def test_what_is_no_whole_answer_is_not_recorded(asks: Stack, changes: dict[str, Any]):
    answer = await answers(asks, DOCTOR, RELATED, **changes)

    assert answer.status_code == 400
    assert await rows(asks, "permission-recorded") == []
    assert await refusal(asks, DOCTOR, RELATED) == REQUIRED


async def test_an_answer_founds_no_relationship(asks: Stack):
    answer = await answers(asks, DOCTOR, NO_RELATIONSHIP)

    assert answer.status_code == 403
    assert "/access/permissions" not in answer.text
    assert await rows(asks, "permission-recorded") == []
    await claims(asks, DOCTOR, NO_RELATIONSHIP)
    assert await refusal(asks, DOCTOR, NO_RELATIONSHIP) == REQUIRED


async def test_a_restricted_person_and_nobody_are_answered_alike(asks: Stack):
    nobody = asks.services.ids.seal(NhsNumber("9990000042"))

    told = [
        (await answers(asks, "gp", "restricted")).content,
        (await answers(asks, "gp", "restricted", patient=nobody)).content,
        (await everything(asks, "gp", "restricted")).response.content,
    ]

    assert told[0] == told[1] == told[2]
    assert b"permission" not in told[0]


async def test_an_objection_is_told_before_anybody_is_asked(asks: Stack):
    answer = await everything(asks, DOCTOR, "objects-to-all")

    assert answer.status == 403
    assert "/access/permissions" not in answer.response.text


@pytest.mark.parametrize("table", ["view_permission", "audit_entry"])
async def test_an_answer_that_cannot_be_recorded_whole_is_none(asks: Stack, table: str):
    locked_out(asks, table)

    answer = await answers(asks, DOCTOR, RELATED)

    assert answer.status_code == 503
    assert await rows(asks, "permission-recorded") == []
    assert not await opens(asks, DOCTOR, RELATED)


@dataclass
class Outdated:
    """Gives the active policy under another version, as one that changes meanwhile; an attempt reads it twice."""

    policies: Any
    times: int

    async def active(self) -> CompiledPolicy:
        self.times -= 1
        real: CompiledPolicy = await self.policies.active()
        return real if self.times < 0 else replace(real, version="0" * 64)


@pytest.mark.parametrize(("times", "status", "kept"), [(0, 201, 1), (4, 201, 1), (6, 503, 0)])
async def test_an_answer_is_decided_again_under_a_policy_that_has_changed(
    stack: Stack, times: int, status: int, kept: int
):
    await stack.token(DOCTOR)
    services = asking(stack)
    outdated: Any = Outdated(services.policies, times)

    async with as_served(stack, with_access(services, policies=outdated)) as served:
        answer = await answers(served, DOCTOR, RELATED)

    assert answer.status_code == status
    assert len(await rows(stack, "permission-recorded")) == kept
