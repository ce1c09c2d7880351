"""Permission to view on the pages: a refusal leads to the question, and the answer opens the record or keeps it closed."""

import re

import pytest

from tests.safety.emergencies import as_served
from tests.safety.siege import rows
from tests.safety.test_az_13_no_audit_no_emergency import locked_out
from tests.safety.test_permission_to_view import asking
from tests.web.test_break_glass_pages import unused_numbers
from tests.web.visitor import Visitor

RELATED = "everything"
UNABLE = {"answer": "unable", "reason_code": "too-unwell", "reason": "Sedated since this morning"}
GLASS = {"reason_code": "risk-to-life", "reason": "Found unconscious in the street"}


@pytest.fixture
async def asks(stack):
    async with as_served(stack, asking(stack)) as served:
        yield served


@pytest.fixture
async def visitor(asks):
    made = Visitor(asks)
    await made.sign_in()
    return made


def record_of(stack, name=RELATED):
    return f"/patient/{stack.patient(name)}"


async def answers(visitor, name=RELATED, **fields):
    return await visitor.post(f"{record_of(visitor.stack, name)}/permission", **fields)


async def shown(visitor, suffix=""):
    return await visitor.stack.client.get(f"{record_of(visitor.stack)}{suffix}")


async def test_a_refusal_leads_to_the_question_and_a_yes_opens_the_record(visitor):
    person = record_of(visitor.stack)
    refused = await shown(visitor)
    assert refused.status_code == 403
    assert f'href="{person}/permission"' in refused.text
    assert f'href="{person}/break-glass"' in refused.text

    answer = await answers(visitor, answer="yes")

    assert (answer.status_code, answer.headers["location"]) == (303, person)
    assert (await shown(visitor)).status_code == 200


async def test_who_could_not_be_asked_is_viewed_for_a_reason(visitor):
    await answers(visitor, **UNABLE)

    assert (await shown(visitor)).status_code == 200
    [entry] = await rows(visitor.stack, "permission-recorded")
    assert (entry["answer"], entry["reason"]) == ("unable", UNABLE["reason"])


async def test_a_no_leaves_an_emergency_alone(visitor):
    await answers(visitor, answer="no")

    refused = await shown(visitor)

    assert (refused.status_code, "The person has said no" in refused.text) == (403, True)
    assert "/permission" not in refused.text
    assert f'href="{record_of(visitor.stack)}/break-glass"' in refused.text
    again = await answers(visitor, answer="yes")
    assert (again.status_code, "The person has said no" in again.text) == (403, True)


@pytest.mark.parametrize(("answer", "status"), [("yes", 200), ("no", 403)])
async def test_an_answer_goes_on_through_an_emergency(visitor, answer, status):
    person = record_of(visitor.stack)
    await answers(visitor, answer=answer)
    await visitor.post(f"{person}/break-glass", **GLASS)
    assert (await shown(visitor, "/emergency")).status_code == 200

    await visitor.post(f"{person}/emergency/end")

    again = await shown(visitor)
    assert again.status_code == status
    assert "Record the answer" not in again.text


async def test_who_no_longer_agrees_is_one_link_away(visitor):
    await answers(visitor, answer="yes")
    link = f'href="{record_of(visitor.stack)}/permission"'
    assert link in (await shown(visitor)).text

    await answers(visitor, answer="no")

    assert "The person has said no" in (await shown(visitor)).text
    await visitor.post(f"{record_of(visitor.stack)}/break-glass", **GLASS)
    assert link not in (await shown(visitor, "/emergency")).text


async def test_another_session_asks_anew(visitor):
    await answers(visitor, answer="yes")
    await visitor.sign_in()

    assert (await shown(visitor)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ["answer"]),
        ({"answer": "maybe"}, ["answer"]),
        ({"answer": "unable"}, ["reason_code", "reason"]),
        ({**UNABLE, "reason": "too short"}, ["reason"]),
        ({**UNABLE, "reason_code": "risk-to-life"}, ["reason_code"]),
        ({**UNABLE, "answer": "yes"}, ["answer"]),
        ({"answer": "no", "reason": "They shook their head"}, ["answer"]),
    ],
)
async def test_an_answer_that_is_not_whole_is_told_at_its_field_and_not_recorded(
    visitor, fields, wrong
):
    answer = await answers(visitor, **fields)

    assert answer.status_code == 400
    assert "<title>Error: Permission to view" in answer.text
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == wrong
    assert await rows(visitor.stack, "permission-recorded") == []


async def test_a_blank_reason_is_none(visitor):
    answer = await answers(visitor, answer="yes", reason=" \r\n ")

    assert answer.status_code == 303


async def test_the_form_says_who_is_to_be_asked_and_how_long_it_lasts(visitor):
    form = await shown(visitor, "/permission")

    assert visitor.stack.london.people[RELATED].grouped in form.text
    assert "8 hours" in form.text
    assert "recorded with your name" in form.text


async def test_what_was_typed_stays_and_is_no_markup(visitor):
    answer = await answers(visitor, reason="<b>asleep</b>")

    assert "&lt;b&gt;asleep&lt;/b&gt;" in answer.text
    assert "<b>asleep" not in answer.text


async def test_where_nobody_asks_there_is_no_question(stack):
    visitor = Visitor(stack)
    await visitor.sign_in()

    for answer in (await shown(visitor, "/permission"), await answers(visitor, answer="yes")):
        assert answer.status_code == 403
        assert "Your role records no permission to view" in answer.text


async def test_a_stranger_is_led_to_a_claim_and_not_to_the_question(visitor):
    refused = await answers(visitor, "other-practice", answer="yes")

    assert refused.status_code == 403
    assert (f"{record_of(visitor.stack, 'other-practice')}/claim" in refused.text) is True
    assert "/permission" not in refused.text


async def test_a_restricted_person_and_nobody_are_told_alike_on_every_page_of_it(asks):
    visitor = Visitor(asks)
    await visitor.sign_in("gp")
    nobody = next(n for n in unused_numbers() if n not in asks.london.cohort.people)

    told = [
        await every_answer(visitor, each)
        for each in (asks.patient("restricted"), asks.services.ids.seal(nobody))
    ]

    assert told[0] == told[1]
    assert [status for status, _text in told[0]] == [404, 200, 404]


async def every_answer(visitor, patient):
    client, person = visitor.stack.client, f"/patient/{patient}"
    given = [
        await client.get(person),
        await client.get(f"{person}/permission"),
        await visitor.post(f"{person}/permission", answer="yes"),
    ]
    return [
        (each.status_code, re.sub(r'class="code">[^<]+', "", each.text).replace(patient, "P"))
        for each in given
    ]


@pytest.mark.parametrize("origin", ["null", "http://evil.test", None])
async def test_ui_02_a_form_from_elsewhere_records_no_answer(visitor, origin):
    headers = {} if origin is None else {"Origin": origin}

    answer = await visitor.stack.client.post(
        f"{record_of(visitor.stack)}/permission", data={"answer": "yes"}, headers=headers
    )

    assert answer.status_code == 403
    assert await rows(visitor.stack, "permission-recorded") == []


async def test_an_answer_that_cannot_be_recorded_opens_nothing(visitor):
    locked_out(visitor.stack, "view_permission")

    assert (await answers(visitor, answer="yes")).status_code == 503
    assert (await shown(visitor)).status_code == 403
