"""Reading the audit needs both of its own rows, and a token that is not for records alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.audit.acts import Asked, Disclosed
from gateway.wiring import Services
from tests.app_tokens import launched
from tests.safety.emergencies import as_served, everything
from tests.safety.failing_parts import Failing, FailingLog, Fault
from tests.safety.test_p03_fail_closed import hurry
from tests.stack import Stack

OFFICER, DOCTOR, PERSON = "privacy-officer", "ed-consultant", "everything"


@pytest.fixture(params=list(Failing), ids=lambda kind: kind.value)
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    hurry(monkeypatch)
    made = Fault(request.param)
    yield made
    made.close()


def without(row: type, services: Services, fault: Fault) -> Services:
    """Give the same service, where this row of whoever reads the audit cannot be kept."""
    log: Any = FailingLog(services.log, fault, row)
    reading = replace(services.audit.reading, log=log)
    return replace(services, audit=replace(services.audit, reading=reading))


@pytest.mark.parametrize("row", [Asked, Disclosed])
async def test_ai_03_without_either_row_nothing_of_the_audit_is_told(
    stack: Stack, row: type, fault: Fault
):
    await everything(stack, DOCTOR, PERSON)
    paths = (f"/fhir/AuditEvent?patient={stack.patient(PERSON)}", "/fhir/AuditEvent/1")

    async with as_served(stack, without(row, stack.services, fault)) as failing:
        answers = [await failing.get(OFFICER, each) for each in paths]

    assert [each.status_code for each in answers] == [503, 503]
    assert {each.json()["resourceType"] for each in answers} == {"OperationOutcome"}
    assert [each for each in answers if "AuditEvent" in each.text] == []


@pytest.mark.parametrize("scope", ["user/*.rs", "user/AuditEvent.rs", "openid patient/*.rs"])
async def test_a_token_for_records_alone_does_not_read_the_audit(stack: Stack, scope: str):
    app = launched(stack, OFFICER, scope)

    answer = await stack.get(app, f"/fhir/AuditEvent?patient={stack.patient(PERSON)}")

    assert answer.status_code == 403
    assert (await stack.audit())[-1]["reason"] == "out-of-scope"
