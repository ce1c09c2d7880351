"""P03: whatever a decision rests on fails, in any of five ways, and nothing is disclosed."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

import gateway.access.guarded as guarded
from gateway.access.guarded import CallSite
from gateway.app import create_app
from gateway.wiring import Services
from rbac.decide import compile_policy
from rbac.policy import load_default
from tests.safety.emergencies import as_served
from tests.safety.failing_parts import CASES, Failing, Fault, with_failing
from tests.safety.siege import ASKED_ABOUT, DOCTOR, person_of, rows
from tests.stack import Stack

ROOT = Path(__file__).parents[2]
EVERYTHING = "/fhir/Patient/{}/$everything"
RECORD_PATHS = (EVERYTHING, "/fhir/Patient/{}", "/fhir/Condition?patient={}")
ALSO_FINDS_PEOPLE = {
    CallSite.AGREEMENTS,
    CallSite.POLICY,
    CallSite.STAFF,
    CallSite.LEVELS,
    CallSite.DEMOGRAPHICS,
    CallSite.AUDIT_ASKED,
    CallSite.AUDIT_DISCLOSED,
}
"""Looking somebody up rests on these; relationships, objections, probes and labels play no part in it."""

EMERGENCIES_ALONE = {CallSite.GRANTS, CallSite.PRIVACY_ALERT}
"""Direct care of somebody whom PDS does not restrict rests on all but these."""

BREAKING_GLASS = set(CallSite) - {
    CallSite.LABELS,
    CallSite.AUDIT_DISCLOSED,
    CallSite.IDENTITY_HOLDS,
    CallSite.PERMISSIONS,
    CallSite.STAFF_REGISTER,
}
"""Breaking the glass rests on these; the grants come into it at the second step. Holds keep sources from being asked
when something is read. Nobody is asked for permission in an emergency. Who breaks the glass is told of in any case, and
compared with the person when something is read."""


@pytest.fixture
def fault_of() -> Any:
    made: list[Fault] = []

    def make(kind: Failing) -> Fault:
        made.append(Fault(kind))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a check count as stuck after a tenth of a second."""
    monkeypatch.setattr(guarded, "STUCK_AFTER_SECONDS", 0.1)
    monkeypatch.setattr("gateway.access.evidence.PROBE_SECONDS", 0.1 - 0.5)


async def asks(stack: Stack, services: Services, path: str, form: Any = None) -> httpx2.Response:
    """Ask the same gateway with other services, over HTTP."""
    bearer = {"Authorization": f"Bearer {await stack.token(DOCTOR)}"}
    transport = httpx2.ASGITransport(app=stack.access.of(create_app(services)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        if form is not None:
            return await client.post(path, data=form, headers=bearer)
        return await client.get(path, headers=bearer)


def discloses_nothing(answer: httpx2.Response, stack: Stack) -> bool:
    person = person_of(stack, ASKED_ABOUT)
    told = answer.text
    return (
        answer.json()["resourceType"] == "OperationOutcome"
        and person.family_name not in told
        and person.nhs_number.digits not in told
        and "entry" not in answer.json()
    )


def test_p03_every_call_site_has_its_cases():
    assert set(CASES) == set(CallSite)


def test_p03_every_call_site_is_really_called_under_its_name():
    sources = [each.read_text() for each in (ROOT / "gateway").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"CallSite\.([A-Z_]+)", text)}

    assert named == {site.name for site in CallSite}


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(set(CallSite) - EMERGENCIES_ALONE))
async def test_p03_a_failing_part_refuses_the_record(
    stack: Stack, hurried: None, fault_of: Callable[..., Fault], site: CallSite, kind: Failing
):
    # Every way of asking goes through the same two functions: one way of failing shows that for all.
    for path in RECORD_PATHS if kind is Failing.RAISES else RECORD_PATHS[:1]:
        services = with_failing(stack.services, site, fault_of(kind))
        answer = await asks(stack, services, path.format(stack.patient(ASKED_ABOUT)))
        assert answer.status_code in {403, 404, 503}
        assert discloses_nothing(answer, stack)

    assert [row for row in await rows(stack, "disclosed") if row["outcome"] == "disclosed"] == []


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(ALSO_FINDS_PEOPLE))
async def test_p03_a_failing_part_refuses_to_find_people(
    stack: Stack, hurried: None, fault_of: Callable[..., Fault], site: CallSite, kind: Failing
):
    services = with_failing(stack.services, site, fault_of(kind))
    form = {"identifier": person_of(stack, ASKED_ABOUT).nhs_number.digits}

    answer = await asks(stack, services, "/fhir/Patient/_search", form)

    assert answer.status_code in {403, 503}
    assert discloses_nothing(answer, stack)


STATEMENT = "/privacy/patients/{}/statement"
STATEMENTS = ALSO_FINDS_PEOPLE - {CallSite.AGREEMENTS}
"""A statement rests on the same parts as looking somebody up; agreements are about care."""


async def asks_for_statement(stack: Stack, services: Services) -> httpx2.Response:
    async with as_served(stack, services) as served:
        return await served.get("privacy-officer", STATEMENT.format(stack.patient(ASKED_ABOUT)))


@pytest.mark.parametrize("kind", Failing)
@pytest.mark.parametrize("site", sorted(STATEMENTS))
async def test_p03_a_failing_part_refuses_the_patients_statement(
    stack: Stack, hurried: None, fault_of: Callable[..., Fault], site: CallSite, kind: Failing
):
    await asks(stack, stack.services, EVERYTHING.format(stack.patient(ASKED_ABOUT)))

    answer = await asks_for_statement(stack, with_failing(stack.services, site, fault_of(kind)))

    assert answer.status_code in {403, 503}
    assert discloses_nothing(answer, stack)
    assert "Devi" not in answer.text


async def test_p03_the_statement_is_given_when_nothing_fails(stack: Stack):
    assert (await asks_for_statement(stack, stack.services)).status_code == 200


async def test_p03_the_same_way_of_asking_discloses_when_nothing_fails(stack: Stack):
    answers = [
        await asks(stack, stack.services, path.format(stack.patient(ASKED_ABOUT)))
        for path in RECORD_PATHS
    ]

    assert [each.status_code for each in answers] == [200, 200, 200]


@pytest.mark.parametrize("kind", [each for each in Failing if each is not Failing.STUCK])
async def test_p03_a_failing_casbin_allows_nobody_anything(
    stack: Stack, fault_of: Callable[..., Fault], kind: Failing
):
    fault = fault_of(kind)
    broken = compile_policy(load_default(), lambda _rules: Enforcer(fault))
    access = replace(stack.services.records.access, policies=Policies(broken))
    services = replace(stack.services, records=replace(stack.services.records, access=access))

    answer = await asks(stack, services, EVERYTHING.format(stack.patient(ASKED_ABOUT)))

    assert broken.unanswered > 0
    assert answer.status_code == 403
    assert discloses_nothing(answer, stack)


class Enforcer:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def enforce(self, *words: str) -> object:
        return self.fault.tell(*words)


class Policies:
    def __init__(self, compiled: Any) -> None:
        self.compiled = compiled

    async def active(self) -> Any:
        return self.compiled
