"""The alerts that a privacy officer reviews, on a page: who, when and why, overdue or not, and an outcome for each."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from gateway.store.tables import privacy_alert
from gateway.web.privacy_words import opened_in_words
from gateway.wiring import now
from tests.safety.emergencies import REASON, alerts, broken
from tests.safety.siege import person_of, rows
from tests.web.visitor import Visitor

HOME = "/privacy-review"
STRANGER = "other-practice"


async def visit(stack, user="privacy-officer"):
    visitor = Visitor(stack)
    await visitor.sign_in(user)
    return visitor


@pytest.fixture
async def told(stack):
    """Break the glass once, so that one alert waits; give its page."""
    await broken(stack, "ed-consultant", STRANGER)
    [alert] = await alerts(stack)
    return f"{HOME}/alerts/{alert.id}"


async def test_an_emergency_is_listed_with_who_when_and_why_and_not_with_whose_record(stack, told):
    await visit(stack)

    page = (await stack.client.get(HOME)).text

    assert f'href="{told}"' in page
    for words in ("Emergency access", "Devi Raman, ED consultant", "There is a risk to the person"):
        assert words in page
    assert "Overdue" not in page
    assert stack.london.people[STRANGER].grouped not in page


async def test_whose_record_it_is_stands_on_the_alerts_own_page_on_record(stack, told):
    await visit(stack)

    page = (await stack.client.get(told)).text

    assert stack.london.people[STRANGER].grouped in page
    assert person_of(stack, STRANGER).family_name not in page
    assert REASON in page
    assert (await rows(stack, "asked"))[-1]["patient"] == stack.patient(STRANGER)


def test_what_was_opened_is_counted_by_category_and_the_rest_as_one():
    opened = {"List": 21, "Medication": 4, "care-plans": 1, "allergies": 2, "problems": 0}

    assert opened_in_words(opened) == "allergies 2, care plans 1, other parts 25"
    assert opened_in_words({}) == ""


async def test_an_alert_that_waits_too_long_is_marked(stack, told):
    await visit(stack)
    with stack.services.store.writes.begin() as connection:
        connection.execute(update(privacy_alert).values(due_at=now() - timedelta(minutes=1)))

    assert "Overdue" in (await stack.client.get(HOME)).text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("justified", "Justified"),
        ("not-justified", "Not justified"),
        ("escalated", "Escalated"),
    ],
)
async def test_an_alert_is_settled_once_and_kept_among_the_settled(stack, told, outcome, words):
    visitor = await visit(stack)
    assert f'value="{outcome}"' in (await stack.client.get(told)).text

    answer = await visitor.post(f"{told}/settle", outcome=outcome)

    assert answer.headers["location"] == HOME
    assert f'href="{told}"' not in (await stack.client.get(HOME)).text
    assert re.search(f"<strong>{words}, ", (await stack.client.get(f"{HOME}/settled")).text)
    assert "/settle" not in (await stack.client.get(told)).text
    assert (await visitor.post(f"{told}/settle", outcome=outcome)).status_code == 404


async def test_an_attempt_is_listed_with_why_it_was_refused(stack):
    receptionist = await visit(stack, "receptionist")
    path = f"/patient/{stack.patient(STRANGER)}/break-glass"
    await receptionist.post(path, reason_code="risk-to-life", reason=REASON)
    await visit(stack)

    page = (await stack.client.get(HOME)).text

    assert "Attempt without the right to it" in page
    assert "the role has no emergency access" in page


async def test_an_outcome_that_is_none_settles_nothing(stack, told):
    visitor = await visit(stack)

    assert (await visitor.post(f"{told}/settle", outcome="fine")).status_code == 400
    assert (await visitor.post(f"{told}/settle")).status_code == 400
    assert len(await alerts(stack)) == 1
    assert "None has been settled." in (await stack.client.get(f"{HOME}/settled")).text


async def test_an_auditor_reads_alerts_and_has_nothing_to_press(stack, told):
    visitor = await visit(stack, "auditor")

    page = (await stack.client.get(told)).text

    assert stack.london.people[STRANGER].grouped not in page
    assert "not shown in your role" in page
    assert "/settle" not in page
    assert (await visitor.post(f"{told}/settle", outcome="justified")).status_code == 403


@pytest.mark.parametrize("user", ["ed-consultant", "planner", "policy-admin"])
async def test_nobody_else_sees_or_settles_an_alert(stack, told, user):
    visitor = await visit(stack, user)

    for answer in (
        await stack.client.get(told),
        await stack.client.get(f"{HOME}/settled"),
        await visitor.post(f"{told}/settle", outcome="justified"),
    ):
        assert answer.status_code == 403
        assert "Devi Raman, ED consultant" not in answer.text
    assert len(await alerts(stack)) == 1


async def test_an_alert_that_is_not_there_is_not_found(stack):
    await visit(stack)

    assert (await stack.client.get(f"{HOME}/alerts/{uuid4()}")).status_code == 404
