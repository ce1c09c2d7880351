"""AZ-13: when nothing can be recorded, no emergency opens anything; and what is recorded is recorded whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.emergencies import Emergencies
from gateway.store.sessions import Writing
from gateway.wiring import Services
from tests.safety.emergencies import (
    ETREAT,
    NO_RELATIONSHIP,
    NOTHING,
    as_served,
    breaks,
    broken,
    everything,
    kept,
)
from tests.safety.siege import person_of, rows
from tests.stack import Stack

DOCTOR = "ed-consultant"
TABLES = ("audit_entry", "break_glass_grant", "relationship", "privacy_alert")


def locked_out(stack: Stack, table: str, act: str = "INSERT") -> None:
    """Let the database refuse one kind of write to one table, as a full disk or a fault would."""
    refuses = (
        f"CREATE TRIGGER refuse_{table} BEFORE {act} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    with stack.services.store.recording() as connection:
        connection.execute(text(refuses))


@pytest.mark.parametrize("table", TABLES)
async def test_az_13_a_grant_that_cannot_be_recorded_whole_is_none(stack: Stack, table: str):
    locked_out(stack, table)

    answer = await breaks(stack, DOCTOR, NO_RELATIONSHIP)

    assert answer.status_code == 503
    assert person_of(stack, NO_RELATIONSHIP).family_name not in answer.text
    assert await kept(stack) == NOTHING
    assert (await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)).status in {403, 503}
    assert await rows(stack, "disclosed") == []


@pytest.mark.parametrize("table", ["audit_entry", "privacy_alert"])
async def test_az_13_an_attempt_that_cannot_be_told_is_refused_as_unavailable(
    stack: Stack, table: str
):
    locked_out(stack, table)

    answer = await breaks(stack, "receptionist", NO_RELATIONSHIP)

    assert answer.status_code == 503
    assert await rows(stack, "asked") == []


async def test_az_13_an_open_emergency_shows_nothing_while_the_audit_is_down(stack: Stack):
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    locked_out(stack, "audit_entry")

    answer = await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)

    assert answer.status == 503
    assert person_of(stack, NO_RELATIONSHIP).family_name not in answer.response.text


async def test_az_13_a_restricted_person_is_not_shown_where_it_cannot_be_told(stack: Stack):
    locked_out(stack, "privacy_alert")

    answer = await everything(stack, DOCTOR, "restricted")

    assert answer.status == 503
    assert await rows(stack, "disclosed") == []


async def test_az_13_an_emergency_that_cannot_be_ended_on_record_goes_on(stack: Stack):
    grant = await broken(stack, DOCTOR, NO_RELATIONSHIP)
    locked_out(stack, "break_glass_grant", "UPDATE")

    answer = await stack.delete(DOCTOR, f"/access/break-glass/{grant['id']}")

    assert answer.status_code == 503
    assert await rows(stack, "emergency-ended") == []


def at_step(services: Services, number: int, fault: Callable[[], None]) -> Services:
    """Give the same services; breaking the glass meets a fault before its step of this number."""

    class Faulty(PrivacyAlerts):
        async def keep(self, event: Any, alert: Any, *effects: Any) -> None:
            def meet(_writing: Writing) -> None:
                fault()

            steps = [*effects]
            steps.insert(number, meet)
            await super().keep(event, alert, *steps)

    alerts = services.emergencies.alerts
    faulty = Faulty(alerts.log, alerts.clock, alerts.new_id, alerts.source_organisations)
    emergencies: Emergencies = replace(services.emergencies, alerts=faulty)
    return replace(services, emergencies=emergencies)


@pytest.mark.parametrize("number", [0, 1])
async def test_az_13_a_fault_at_any_step_leaves_nothing(stack: Stack, number: int):
    def fault() -> None:
        raise OSError("no space left")

    async with as_served(stack, at_step(stack.services, number, fault)) as faulty:
        answer = await breaks(faulty, DOCTOR, NO_RELATIONSHIP)

    assert answer.status_code == 503
    assert await kept(stack) == NOTHING
    assert await kept_after_recovery(stack) == (1, 1, 1, 1)


async def kept_after_recovery(stack: Stack) -> tuple[int, int, int, int]:
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    return await kept(stack)
