"""What waits for a privacy officer, on a page: seen by who may, settled by who may, and nothing clinical."""

import re
from uuid import UUID, uuid4

import pytest

from adapters.contract import Reason
from gateway.access.registry import patient_key
from gateway.audit.acts import SafetyEventRaised
from gateway.keys import KeyPurpose
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.safety_events import SafetyEvent, record_safety_event
from gateway.wiring import now
from tests.safety.siege import rows
from tests.web.visitor import Visitor

HOME = "/privacy-review"
HELD_UNDER = UUID("00000000-0000-4000-8000-000000000001")
REASON = Reason.DEMOGRAPHICS_DIFFER


@pytest.fixture
async def doubtful(stack):
    """Keep a safety event and a hold, as an answer that may be somebody else's leaves them."""
    number, patient = stack.london.people["everything"], stack.patient("everything")
    key = patient_key(stack.keys.current(KeyPurpose.REGISTRY), number)
    event = SafetyEvent(uuid4(), "H-01", "hospital", REASON, now(), patient, HELD_UNDER)
    hold = IdentityHold(key, "hospital", REASON, now(), HELD_UNDER)
    raised = SafetyEventRaised(now(), "555", patient, HELD_UNDER, "hospital", REASON)
    async with stack.services.log.recorded(raised) as session:
        await session.do(record_safety_event, event)
        await session.do(hold_identity, hold)
    return stack


async def visit(stack, user="privacy-officer"):
    visitor = Visitor(stack)
    await visitor.sign_in(user)
    return visitor


async def test_a_privacy_officer_is_led_from_the_start_to_what_waits(doubtful):
    await visit(doubtful)

    start = await doubtful.client.get("/")
    page = await doubtful.client.get(start.headers["location"])

    assert start.headers["location"] == HOME
    assert page.text.count("name and date of birth are not this person’s") == 2
    assert doubtful.london.people["everything"].grouped not in page.text
    asked = [each["act"] for each in await rows(doubtful, "asked")]
    assert set(asked) == {"review"}


async def test_whose_record_is_held_is_told_on_a_page_of_its_own_on_record(doubtful):
    await visit(doubtful)

    page = await doubtful.client.get(f"{HOME}/holds/{HELD_UNDER}/hospital")

    assert doubtful.london.people["everything"].grouped in page.text
    assert (await rows(doubtful, "disclosed"))[-1]["shown"] == {"demographics": 1}


async def test_a_hold_is_rejected_then_released(doubtful):
    visitor, held = await visit(doubtful), f"{HOME}/holds/{HELD_UNDER}/hospital"

    rejected = await visitor.post(f"{held}/reject")
    page = await doubtful.client.get(held)
    released = await visitor.post(f"{held}/release")

    assert (rejected.status_code, released.status_code) == (303, 303)
    assert "Somebody else’s" in page.text
    assert f"{held}/reject" not in page.text
    assert "Nothing is held." in (await doubtful.client.get(HOME)).text
    assert (await visitor.post(f"{held}/release")).status_code == 404


async def test_a_safety_event_is_marked_as_looked_at(doubtful):
    visitor = await visit(doubtful)
    [path] = re.findall(r'action="([^"]+/review)"', (await doubtful.client.get(HOME)).text)

    answer = await visitor.post(path)

    assert answer.headers["location"] == HOME
    assert "Nothing waits." in (await doubtful.client.get(HOME)).text


@pytest.mark.parametrize("path", [f"{HOME}/holds/x/hospital", f"{HOME}/holds/{HELD_UNDER}/gp"])
async def test_what_is_not_there_is_not_found(doubtful, path):
    await visit(doubtful)

    assert (await doubtful.client.get(path)).status_code == 404


async def test_an_auditor_sees_what_waits_and_has_nothing_to_press(doubtful):
    await visit(doubtful, "auditor")

    page = (await doubtful.client.get(HOME)).text
    hold = (await doubtful.client.get(f"{HOME}/holds/{HELD_UNDER}/hospital")).text

    assert "Hospital record" in page
    assert f'action="{HOME}' not in page + hold
    assert doubtful.london.people["everything"].grouped not in hold


@pytest.mark.parametrize("user", ["ed-consultant", "receptionist", "planner", "policy-admin"])
async def test_nobody_else_sees_or_settles_what_waits(doubtful, user):
    visitor = await visit(doubtful, user)

    seen = await doubtful.client.get(HOME)
    done = await visitor.post(f"{HOME}/holds/{HELD_UNDER}/hospital/release")

    assert (seen.status_code, done.status_code) == (403, 403)
    assert "Hospital" not in seen.text + done.text
    start = await doubtful.client.get("/")
    assert start.headers.get("location") == ("/planning" if user == "planner" else None)


async def test_ui_02_a_form_from_elsewhere_settles_nothing(doubtful):
    await visit(doubtful)

    answer = await doubtful.client.post(f"{HOME}/holds/{HELD_UNDER}/hospital/release")

    assert answer.status_code == 403
    assert "Hospital record" in (await doubtful.client.get(HOME)).text
