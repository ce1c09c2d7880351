"""Break the glass on the pages: asked for with a reason, shown with its end, gone on with, ended."""

import re

import pytest

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from tests.safety.emergencies import alerts, as_served, at_later, kept
from tests.safety.siege import rows
from tests.web.visitor import Visitor

STRANGER = "other-practice"
REASON = "Found unconscious in the street"
PLEA = {"reason_code": "risk-to-life", "reason": REASON}


@pytest.fixture
async def visitor(stack):
    made = Visitor(stack)
    await made.sign_in()
    return made


def record_of(stack, name=STRANGER):
    return f"/patient/{stack.patient(name)}"


async def breaks(visitor, name=STRANGER, step="", **changes):
    path = f"{record_of(visitor.stack, name)}/break-glass{step}"
    return await visitor.post(path, **{**PLEA, **changes})


async def test_az_12_a_refusal_leads_to_emergency_access_and_opens_the_record_under_a_banner(
    visitor,
):
    person = record_of(visitor.stack)
    refused = await visitor.stack.client.get(person)
    assert f'href="{person}/break-glass"' in refused.text

    answer = await breaks(visitor)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{person}/emergency")
    shown = await visitor.stack.client.get(answer.headers["location"])
    assert "Emergency access until" in shown.text
    asked = (await rows(visitor.stack, "asked"))[-1]
    assert (asked["purpose"], asked["decision"]) == ("ETREAT", "allowed")


async def test_au_14_breaking_the_glass_changes_the_session_and_ends_the_old_one(visitor):
    client = visitor.stack.client
    before = client.cookies["session"]

    await breaks(visitor)

    after = client.cookies["session"]
    assert before != after
    client.cookies.clear()
    client.cookies.set("session", before)
    old = await client.get("/find")
    assert (old.status_code, old.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reason": "too short"}, ["reason"]),
        ({"reason": "          \r\n        "}, ["reason"]),
        ({"reason": "x" * 501}, ["reason"]),
        ({"reason_code": "curious"}, ["reason_code"]),
        ({"reason_code": "", "reason": ""}, ["reason_code", "reason"]),
    ],
)
async def test_az_12_a_reason_that_will_not_do_is_told_at_its_field_and_opens_nothing(
    visitor, changes, wrong
):
    answer = await breaks(visitor, **changes)

    assert answer.status_code == 400
    assert "<title>Error: Emergency access" in answer.text
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == wrong
    assert all(f'id="{name}-error"' in answer.text for name in wrong)
    assert await kept(visitor.stack) == (0, 0, 0, 0)


async def test_what_was_typed_stays_and_is_no_markup(visitor):
    answer = await breaks(visitor, reason_code="", reason="<b>fell</b>\r\nfrom a height")

    assert "&lt;b&gt;fell&lt;/b&gt;" in answer.text
    assert "<b>fell" not in answer.text


async def test_the_form_says_who_it_is_about_what_it_opens_and_that_it_is_reviewed(visitor):
    number = visitor.stack.london.people[STRANGER]
    person = visitor.stack.london.cohort.people[number]

    form = (await visitor.stack.client.get(f"{record_of(visitor.stack)}/break-glass")).text

    assert number.grouped in form
    assert person.family_name.upper() in form
    assert "alerts, allergies" in form
    assert "It does not open: care plans" in form
    assert "The privacy officer is told" in form
    assert "5 working days" in form


async def test_the_page_for_direct_care_stays_as_it_was_and_tells_of_the_emergency(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack, "everything")

    await breaks(visitor, "everything")

    shown = await client.get(person)
    assert "this page shows direct care only" in shown.text
    assert (await rows(visitor.stack, "asked"))[-1]["purpose"] == "TREAT"
    other = await client.get(record_of(visitor.stack, "retracted"))
    assert "Emergency access until" not in other.text
    assert "is open until" not in other.text


async def test_az_12_an_emergency_opens_nobody_elses_record(visitor):
    await breaks(visitor)

    answer = await visitor.stack.client.get(f"{record_of(visitor.stack, 'everything')}/emergency")

    assert answer.status_code == 403
    assert "Emergency access is not open" in answer.text


async def test_az_12_an_emergency_is_over_after_an_hour_and_can_be_asked_for_anew(visitor):
    stack, person = visitor.stack, record_of(visitor.stack)
    await breaks(visitor)

    async with as_served(stack, at_later(stack.services, minutes=61)) as late:
        late.client.cookies = stack.client.cookies
        shown = await late.client.get(f"{person}/emergency")

    assert shown.status_code == 403
    assert f'href="{person}/break-glass"' in shown.text


async def test_sensitive_items_are_a_step_of_their_own_with_a_reason_of_its_own(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack, "sexual-health")
    early = await client.get(f"{person}/break-glass/sensitive")
    assert early.headers["location"] == f"{person}/break-glass"
    await breaks(visitor, "sexual-health")
    assert (await client.get(f"{person}/emergency/sensitive")).status_code == 403

    answer = await breaks(visitor, "sexual-health", step="/sensitive")

    assert answer.headers["location"] == f"{person}/emergency/sensitive"
    shown = await client.get(answer.headers["location"])
    assert "sensitive items open" in shown.text
    first = await client.get(f"{person}/emergency")
    assert "sensitive items open" not in first.text


async def test_without_the_first_step_there_is_no_second(visitor):
    answer = await breaks(visitor, step="/sensitive")

    assert answer.status_code == 403
    assert await kept(visitor.stack) == (0, 0, 0, 0)


async def test_an_emergency_that_was_ended_opens_nothing_any_more(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack)
    await breaks(visitor)
    await breaks(visitor, step="/sensitive")

    answer = await visitor.post(f"{person}/emergency/end")

    assert (answer.status_code, answer.headers["location"]) == (303, person)
    for address in (person, f"{person}/emergency", f"{person}/emergency/sensitive"):
        assert (await client.get(address)).status_code == 403
    again = await visitor.post(f"{person}/emergency/end")
    assert again.headers["location"] == person


async def test_who_has_opened_it_already_is_led_to_the_record(visitor):
    client, person = visitor.stack.client, record_of(visitor.stack)
    await breaks(visitor)

    answer = await client.get(f"{person}/break-glass")

    assert answer.headers["location"] == f"{person}/emergency"


async def test_az_12_a_receptionist_is_offered_a_clinician_and_a_try_is_told(stack):
    visitor = Visitor(stack)
    await visitor.sign_in("receptionist")
    person = record_of(stack)

    refused = await stack.client.get(person)
    form = await stack.client.get(f"{person}/break-glass")
    tried = await breaks(visitor)

    assert "ask a clinician" in refused.text
    assert f"{person}/break-glass" not in refused.text
    for answer in (form, tried):
        assert answer.status_code == 403
        assert "Your role does not have emergency access" in answer.text
    [alert] = await alerts(stack)
    assert (alert.kind, alert.role) == ("unauthorised-attempt", "practice_admin")


async def test_a_restricted_person_and_nobody_are_told_alike_on_every_page_of_an_emergency(stack):
    visitor = Visitor(stack)
    await visitor.sign_in("gp")
    restricted = stack.patient("restricted")
    nobody = stack.services.ids.seal(
        next(n for n in unused_numbers() if n not in stack.london.cohort.people)
    )

    told = [await every_answer(visitor, each) for each in (restricted, nobody)]

    assert told[0] == told[1]


def unused_numbers():
    for digits in range(9_999_999_990, 9_999_000_000, -1):
        try:
            yield NhsNumber.parse(str(digits))
        except InvalidNhsNumberError:
            continue


async def every_answer(visitor, patient):
    client, person = visitor.stack.client, f"/patient/{patient}"
    answers = [
        await client.get(person),
        await client.get(f"{person}/emergency"),
        await client.get(f"{person}/break-glass"),
        await visitor.post(f"{person}/break-glass", **PLEA),
    ]
    return [
        (each.status_code, re.sub(r'class="code">[^<]+', "", each.text).replace(patient, "P"))
        for each in answers
    ]


async def test_an_objection_without_exceptions_reads_as_any_other(visitor):
    plain = await visitor.stack.client.get(record_of(visitor.stack, "objects-to-all"))
    strict = await visitor.stack.client.get(record_of(visitor.stack, "objects-no-exceptions"))
    refused = await breaks(visitor, "objects-no-exceptions")

    def bare(answer, name):
        text = answer.text.replace(visitor.stack.patient(name), "P")
        return re.sub(r'class="code">[^<]+', "", text)

    assert bare(plain, "objects-to-all") == bare(strict, "objects-no-exceptions")
    assert refused.status_code == 403
    assert "Sharing of this record is restricted" in refused.text
    opened = await breaks(visitor, "objects-to-all")
    assert opened.status_code == 303


async def test_az_13_without_the_audit_there_is_no_emergency(visitor):
    answer = await visitor.stack.client.get(f"{record_of(visitor.stack)}/break-glass")
    [token] = re.findall(r'name="form_token" value="([^"]+)"', answer.text)[:1]
    with visitor.stack.services.store.writes.begin() as connection:
        connection.exec_driver_sql("DROP TABLE privacy_alert")

    answer = await visitor.stack.client.post(
        f"{record_of(visitor.stack)}/break-glass", data={"form_token": token, **PLEA}
    )

    assert answer.status_code == 503


@pytest.mark.parametrize("origin", ["null", "http://evil.test", None])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "reason_code=risk-to-life&reason=Found+unconscious"),
        ("text/plain", '{"reason_code": "risk-to-life", "reason": "Found unconscious"}'),
    ],
)
async def test_ui_02_a_form_from_elsewhere_breaks_no_glass(visitor, kind, body, origin):
    headers = {"Content-Type": kind} | ({} if origin is None else {"Origin": origin})

    answer = await visitor.stack.client.post(
        f"{record_of(visitor.stack)}/break-glass", content=body, headers=headers
    )

    assert answer.status_code == 403
    assert await kept(visitor.stack) == (0, 0, 0, 0)


async def test_ui_02_a_form_from_elsewhere_ends_no_emergency(visitor):
    await breaks(visitor)

    answer = await visitor.stack.client.post(f"{record_of(visitor.stack)}/emergency/end")

    assert answer.status_code == 403
    shown = await visitor.stack.client.get(f"{record_of(visitor.stack)}/emergency")
    assert shown.status_code == 200
