"""P03: whatever an emergency rests on fails, in any of five ways: nothing is disclosed, and no glass is broken."""

from collections.abc import Callable

import httpx2
import pytest

from gateway.access.guarded import CallSite
from tests.safety.emergencies import (
    BREAK_GLASS,
    NO_RELATIONSHIP,
    alerts,
    as_served,
    breaks,
    broken,
    everything,
    kept,
)
from tests.safety.failing_parts import Failing, Fault, with_failing
from tests.safety.siege import DOCTOR, person_of, rows
from tests.safety.test_p03_fail_closed import BREAKING_GLASS, fault_of, hurry
from tests.safety.test_permission_to_view import RELATED, answers, asking
from tests.safety.test_self_claims import claims
from tests.stack import Stack

__all__ = ["fault_of"]

STEPS = ("ETREAT", "BTG")
UNUSED = {(CallSite.GRANTS, "ETREAT")}
"""The first step asks for no grant."""

RECORDING_AN_ANSWER = set(CallSite) - {
    CallSite.LABELS,
    CallSite.GRANTS,
    CallSite.PRIVACY_ALERT,
    CallSite.AUDIT_DISCLOSED,
}
"""What a person answered is recorded of a record that would open: it rests on what direct care rests on."""


def tells_nothing(answer: httpx2.Response, stack: Stack, name: str) -> bool:
    person = person_of(stack, name)
    return (
        answer.status_code in {403, 404, 503}
        and answer.json()["resourceType"] == "OperationOutcome"
        and person.family_name not in answer.text
        and person.nhs_number.digits not in answer.text
    )


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize(
    ("site", "step"),
    [
        (site, step)
        for site in sorted(BREAKING_GLASS)
        for step in STEPS
        if (site, step) not in UNUSED
    ],
)
async def test_p03_a_failing_part_breaks_no_glass(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    step: str,
    kind: Failing,
):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    hurry(monkeypatch)

    async with as_served(stack, with_failing(stack.services, site, fault_of(kind))) as faulty:
        answer = await breaks(faulty, DOCTOR, NO_RELATIONSHIP, step=step)

    assert tells_nothing(answer, stack, NO_RELATIONSHIP)
    grants, founded, _alerts, entries = await kept(stack)
    assert (grants, founded, entries) == (1, 1, 1)


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(set(CallSite) - {CallSite.PERMISSIONS}))
async def test_p03_a_failing_part_shows_nothing_in_an_emergency(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    kind: Failing,
):
    # Somebody whom PDS restricts is read on record and told of in one.
    name = "restricted" if site is CallSite.PRIVACY_ALERT else NO_RELATIONSHIP
    await broken(stack, DOCTOR, name)
    hurry(monkeypatch)
    services = with_failing(stack.services, site, fault_of(kind))

    async with as_served(stack, services) as faulty:
        answer = await everything(faulty, DOCTOR, name, **{"Purpose-Of-Use": "ETREAT"})

    assert tells_nothing(answer.response, stack, name)
    assert [row for row in await rows(stack, "disclosed") if row["outcome"] == "disclosed"] == []


@pytest.mark.parametrize("kind", Failing)
async def test_p03_an_emergency_rests_on_nobodys_permission(
    stack: Stack, fault_of: Callable[..., Fault], kind: Failing
):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    services = with_failing(stack.services, CallSite.PERMISSIONS, fault_of(kind))

    async with as_served(stack, services) as faulty:
        answer = await everything(faulty, DOCTOR, NO_RELATIONSHIP, **{"Purpose-Of-Use": "ETREAT"})

    assert answer.status == 200


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(RECORDING_AN_ANSWER))
async def test_p03_a_failing_part_records_no_answer(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    kind: Failing,
):
    await stack.token(DOCTOR)
    hurry(monkeypatch)
    services = with_failing(asking(stack), site, fault_of(kind))

    async with as_served(stack, services) as faulty:
        answer = await answers(faulty, DOCTOR, RELATED)

    assert tells_nothing(answer, stack, RELATED)
    assert await rows(stack, "permission-recorded") == []


@pytest.mark.parametrize("kind", Failing)
async def test_p03_an_attempt_that_cannot_be_told_is_refused_all_the_same(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fault_of: Callable[..., Fault], kind: Failing
):
    await stack.token("receptionist")
    hurry(monkeypatch)
    services = with_failing(stack.services, CallSite.PRIVACY_ALERT, fault_of(kind))

    async with as_served(stack, services) as faulty:
        post = await breaks(faulty, "receptionist", NO_RELATIONSHIP)
        read = await everything(
            faulty, "receptionist", NO_RELATIONSHIP, **{"Purpose-Of-Use": "BTG"}
        )

    assert (post.status_code, read.status) == (503, 503)
    assert await alerts(stack) == ()


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", [CallSite.AUDIT_ASKED, CallSite.AUDIT_DISCLOSED])
async def test_p03_ones_own_emergencies_are_listed_on_record_or_not_at_all(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    kind: Failing,
):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    hurry(monkeypatch)

    async with as_served(stack, with_failing(stack.services, site, fault_of(kind))) as faulty:
        answer = await faulty.get(DOCTOR, BREAK_GLASS)

    assert answer.status_code == 503
    assert grant["id"] not in answer.text


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize(
    "site", [CallSite.POLICY, CallSite.LEVELS, CallSite.AUDIT_ASKED, CallSite.AUDIT_DISCLOSED]
)
async def test_p03_what_is_to_be_reviewed_is_listed_on_record_or_not_at_all(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    kind: Failing,
):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    await stack.token("privacy-officer")
    hurry(monkeypatch)

    async with as_served(stack, with_failing(stack.services, site, fault_of(kind))) as faulty:
        answer = await faulty.get("privacy-officer", "/privacy/alerts")

    assert answer.status_code in {403, 503}
    assert stack.patient(NO_RELATIONSHIP) not in answer.text


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(BREAKING_GLASS - {CallSite.GRANTS}))
async def test_p03_a_failing_part_founds_no_claim(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    fault_of: Callable[..., Fault],
    site: CallSite,
    kind: Failing,
):
    await stack.token(DOCTOR)
    hurry(monkeypatch)

    async with as_served(stack, with_failing(stack.services, site, fault_of(kind))) as faulty:
        answer = await claims(faulty, DOCTOR, NO_RELATIONSHIP)

    assert tells_nothing(answer, stack, NO_RELATIONSHIP)
    assert await rows(stack, "relationship-claimed") == []
