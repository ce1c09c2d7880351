"""A privacy officer sees what looks like snooping, why, and how often each rule was right."""

from uuid import uuid4

import pytest

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.staff_register import KnownAbout, StaffKeeping
from gateway.patient.radar import Radar
from gateway.wiring import now
from tests.safety.siege import person_of
from tests.safety.test_privacy_alerts import OFFICER, listed, settled
from tests.stack import Stack
from tests.web.visitor import Visitor

DOCTOR = "ed-consultant"


@pytest.fixture
async def told(stack: Stack) -> Stack:
    """Let a doctor look at her own record, and the radar find it."""
    number = person_of(stack, "everything").nhs_number
    key = stack.services.records.access.registry.key
    known = KnownAbout("RRV", DEMO_USERS[DOCTOR].user_id, number, None, "")
    await StaffKeeping(stack.services.log, now, key).keep([known], "test")
    assert (await stack.everything(DOCTOR, "everything")).status == 200
    assert await Radar(stack.services.store, stack.services.log, now, uuid4).sweep() == 1
    return stack


async def rates(stack: Stack, user: str = OFFICER):
    return await stack.get(user, "/privacy/radar")


async def page(stack: Stack) -> str:
    await Visitor(stack).sign_in(OFFICER)
    shown = (await stack.client.get("/privacy-review")).text
    stack.client.cookies.clear()
    return shown


async def test_a_hit_is_listed_with_why_and_what_was_opened(told: Stack):
    [alert] = await listed(told)

    assert (alert["kind"], alert["patient"]) == ("radar", told.patient("everything"))
    assert [each["rule"] for each in alert["why"]] == ["own-record", "look-and-leave"]
    assert alert["why"][0]["why"].endswith("It is their own record.")
    assert sum(alert["opened"].values()) > 0


async def test_a_serial_search_is_listed_about_nobody(stack: Stack):
    people = [each for each in stack.london.cohort.people.values() if not each.is_restricted][:7]
    for each in people:
        form = {"identifier": each.nhs_number.digits}
        assert (await stack.post(DOCTOR, "/fhir/Patient/_search", form)).status_code == 200
    await Radar(stack.services.store, stack.services.log, now, uuid4).sweep()

    [alert] = await listed(stack)
    assert (alert["patient"], alert["act"], alert["opened"]) == (None, "find", {})
    assert alert["why"][0]["why"].endswith("7 people up within 20 minutes and opened 0.")


async def test_how_often_each_rule_was_right_is_shown(told: Stack):
    [alert] = await listed(told)
    before = (await rates(told)).json()["rules"]
    await settled(told, alert["id"], "justified")

    after = (await rates(told)).json()["rules"]

    own = {"rule": "own-record", "told": 1, "confirmed": 0}
    assert before[1] == {**own, "settled": 0, "justified": 0, "false_alarms": None}
    assert after[1] == {**own, "settled": 1, "justified": 1, "false_alarms": 1.0}


@pytest.mark.parametrize("user", [DOCTOR, "policy-admin", "receptionist"])
async def test_nobody_else_sees_how_often_the_radar_was_right(told: Stack, user: str):
    assert (await rates(told, user)).status_code == 403


async def test_the_page_says_why_and_how_often_the_rule_was_right(told: Stack):
    [alert] = await listed(told)
    waiting = await page(told)
    await settled(told, alert["id"], "not-justified")
    afterwards = await page(told)

    assert "Access that looks like snooping" in waiting
    assert "It is their own record." in waiting
    assert "not known yet" in waiting
    assert "Their own record" in afterwards
    assert "0 of 1 (0%)" in afterwards
