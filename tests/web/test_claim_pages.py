"""Claim a relationship on the pages: offered by a refusal, asked for with a reason, told to a privacy officer."""

import re
from dataclasses import replace

import pytest

from tests.safety.emergencies import alerts, as_served
from tests.safety.siege import rows
from tests.web.test_break_glass_pages import unused_numbers
from tests.web.visitor import Visitor

STRANGER = "other-practice"
REASON = "Referred by telephone this morning"
PLEA = {"reason_code": "referral-not-recorded", "reason": REASON}


@pytest.fixture
async def visitor(stack):
    made = Visitor(stack)
    await made.sign_in()
    return made


def record_of(stack, name=STRANGER):
    return f"/patient/{stack.patient(name)}"


async def claims(visitor, name=STRANGER, **changes):
    return await visitor.post(f"{record_of(visitor.stack, name)}/claim", **{**PLEA, **changes})


async def claimed(stack):
    return await rows(stack, "relationship-claimed")


async def test_a_refusal_leads_to_a_claim_and_the_claim_opens_the_record(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack)
    refused = await client.get(person)
    assert f'href="{person}/claim"' in refused.text

    answer = await claims(visitor)

    assert (answer.status_code, answer.headers["location"]) == (303, person)
    assert (await client.get(person)).status_code == 200
    [entry] = await claimed(visitor.stack)
    assert (entry["reason_code"], entry["reason"]) == (PLEA["reason_code"], REASON)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reason": "too short"}, ["reason"]),
        ({"reason": "x" * 501}, ["reason"]),
        ({"reason_code": "risk-to-life"}, ["reason_code"]),
        ({"reason_code": "", "reason": ""}, ["reason_code", "reason"]),
    ],
)
async def test_a_reason_that_will_not_do_is_told_at_its_field_and_claims_nothing(
    visitor, changes, wrong
):
    answer = await claims(visitor, **changes)

    assert answer.status_code == 400
    assert "<title>Error: The person is in my care" in answer.text
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == wrong
    assert await claimed(visitor.stack) == []


async def test_what_was_typed_stays_and_is_no_markup(visitor):
    answer = await claims(visitor, reason_code="", reason="<b>seen</b>\r\nat home today")

    assert "&lt;b&gt;seen&lt;/b&gt;" in answer.text
    assert "<b>seen" not in answer.text


async def test_the_form_says_who_it_is_about_how_long_it_lasts_and_that_it_is_reviewed(visitor):
    number = visitor.stack.london.people[STRANGER]
    person = visitor.stack.london.cohort.people[number]

    form = (await visitor.stack.client.get(f"{record_of(visitor.stack)}/claim")).text

    assert number.grouped in form
    assert person.family_name.upper() in form
    assert "24 hours" in form
    assert "The privacy officer is told" in form


async def test_who_has_a_relationship_already_is_led_to_the_record(visitor):
    answer = await claims(visitor, "everything")

    assert answer.headers["location"] == record_of(visitor.stack, "everything")
    assert await claimed(visitor.stack) == []


@pytest.mark.parametrize("user", ["receptionist", "social-worker"])
async def test_who_must_ask_a_clinician_is_offered_no_claim_and_a_try_is_told(stack, user):
    visitor = Visitor(stack)
    await visitor.sign_in(user)
    person = record_of(stack)

    refused = await stack.client.get(person)
    form = await stack.client.get(f"{person}/claim")
    tried = await claims(visitor)

    assert f"{person}/claim" not in refused.text
    for answer in (form, tried):
        assert answer.status_code == 403
        assert "Your role does not claim relationships" in answer.text
    [alert] = await alerts(stack)
    assert (alert.kind, alert.act) == ("unauthorised-attempt", "claim")


async def test_a_restricted_person_and_nobody_are_told_alike_on_every_page_of_a_claim(stack):
    visitor = Visitor(stack)
    await visitor.sign_in("gp")
    nobody = next(n for n in unused_numbers() if n not in stack.london.cohort.people)

    told = [
        await every_answer(visitor, each)
        for each in (stack.patient("restricted"), stack.services.ids.seal(nobody))
    ]

    assert told[0] == told[1]
    assert [status for status, _text in told[0]] == [404, 200, 404]
    assert "/claim" not in told[0][0][1]


async def every_answer(visitor, patient):
    client, person = visitor.stack.client, f"/patient/{patient}"
    answers = [
        await client.get(person),
        await client.get(f"{person}/claim"),
        await visitor.post(f"{person}/claim", **PLEA),
    ]
    return [
        (each.status_code, re.sub(r'class="code">[^<]+', "", each.text).replace(patient, "P"))
        for each in answers
    ]


async def test_nobodys_word_stands_against_an_objection(visitor):
    refused = await visitor.stack.client.get(record_of(visitor.stack, "objects-to-all"))
    assert "/claim" not in refused.text


async def test_one_claim_too_many_is_refused_in_words(stack):
    services = replace(stack.services, claims=replace(stack.services.claims, at_most=0))
    async with as_served(stack, services) as capped:
        visitor = Visitor(capped)
        await visitor.sign_in()
        answer = await claims(visitor)

    assert answer.status_code == 403
    assert "You have claimed too many relationships today" in answer.text


async def test_a_claim_waits_for_the_privacy_officer_with_its_reason(visitor):
    stack = visitor.stack
    await claims(visitor)
    [alert] = await alerts(stack)
    await visitor.sign_in("privacy-officer")

    listed = await stack.client.get("/privacy-review")
    shown = await stack.client.get(f"/privacy-review/alerts/{alert.id}")

    for page in (listed, shown):
        assert page.status_code == 200
        assert "Care relationship claimed by the reader" in page.text
        assert "A referral that is not recorded yet" in page.text
    assert REASON in shown.text


async def test_an_attempt_to_claim_is_listed_as_one(stack):
    visitor = Visitor(stack)
    await visitor.sign_in("receptionist")
    await claims(visitor)
    await visitor.sign_in("privacy-officer")

    page = (await stack.client.get("/privacy-review")).text

    assert "the role does not claim relationships" in page
    assert "emergency access" not in page


@pytest.mark.parametrize("origin", ["null", "http://evil.test", None])
async def test_ui_02_a_form_from_elsewhere_claims_nothing(visitor, origin):
    headers = {} if origin is None else {"Origin": origin}

    answer = await visitor.stack.client.post(
        f"{record_of(visitor.stack)}/claim", data=PLEA, headers=headers
    )

    assert answer.status_code == 403
    assert await claimed(visitor.stack) == []


async def test_a_claim_that_cannot_be_told_is_none(visitor):
    token = await visitor.form_token()
    with visitor.stack.services.store.writes.begin() as connection:
        connection.exec_driver_sql("DROP TABLE privacy_alert")

    answer = await visitor.stack.client.post(
        f"{record_of(visitor.stack)}/claim", data={"form_token": token, **PLEA}
    )

    assert answer.status_code == 503
