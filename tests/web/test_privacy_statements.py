"""Who has used a person's record, on a page: found by number, read by who may, the latest first, and on record."""

import pytest

from tests.safety.emergencies import broken, everything
from tests.safety.siege import person_of, rows
from tests.web.visitor import Visitor

HOME, OFFICER, DOCTOR = "/privacy-review", "privacy-officer", "ed-consultant"
FORM = 'action="/privacy-review/find"'


def path_of(stack, name):
    return f"{HOME}/patients/{stack.patient(name)}/statement"


@pytest.fixture
async def officer(stack):
    visitor = Visitor(stack)
    await visitor.sign_in(OFFICER)
    return visitor


async def test_an_officer_finds_a_person_by_number_and_goes_on_to_the_statement(stack, officer):
    person = person_of(stack, "everything")

    home = await stack.client.get(HOME)
    found = await officer.post(f"{HOME}/find", nhs_number=person.nhs_number.grouped)

    assert FORM in home.text
    assert found.status_code == 200
    for words in (person.family_name.upper(), person.nhs_number.grouped, "Is this the person?"):
        assert words in found.text
    assert person.postcode not in found.text
    assert f'href="{path_of(stack, "everything")}"' in found.text
    assert (await rows(stack, "asked"))[-1]["act"] == "find"


async def test_the_statement_shows_each_access_the_latest_first(stack):
    for user in (DOCTOR, "gp"):
        await everything(stack, user, "everything")
    await Visitor(stack).sign_in(OFFICER)

    page = (await stack.client.get(path_of(stack, "everything"))).text

    person = person_of(stack, "everything")
    assert person.family_name.upper() in page
    assert page.count('<li class="section access">') == 3
    said = [page.index(each) for each in ("Uma Sethi", "Amara Nwosu", "Devi Raman")]
    assert said == sorted(said)
    assert "Devi Raman, a hospital doctor, at RRV." in page
    assert "This is the whole list, up to entry" in page
    assert "must not become known" not in page


async def test_of_a_restricted_person_the_page_says_to_take_care(stack, officer):
    page = (await stack.client.get(path_of(stack, "restricted"))).text

    assert "must not become known" in page


async def test_an_auditor_is_offered_no_form_and_told_no_name(stack):
    await everything(stack, DOCTOR, "everything")
    visitor = Visitor(stack)
    await visitor.sign_in("auditor")

    home = await stack.client.get(HOME)
    page = (await stack.client.get(path_of(stack, "everything"))).text

    person = person_of(stack, "everything")
    assert FORM not in home.text
    assert "No name is shown here." in page
    assert "Devi Raman" in page
    assert person.family_name.upper() not in page
    assert person.nhs_number.grouped not in page
    refused = await visitor.post(f"{HOME}/find", nhs_number=person.nhs_number.digits)
    assert refused.status_code == 403


async def test_a_number_that_is_none_is_said_at_the_field_and_asks_nobody(stack, officer):
    before = len(await stack.audit())

    answers = [
        await officer.post(f"{HOME}/find", nhs_number="999 000 001"),
        await officer.post(f"{HOME}/find"),
    ]

    assert [each.status_code for each in answers] == [400, 400]
    assert "Enter an NHS number with 10 digits" in answers[0].text
    assert 'value="999 000 001"' in answers[0].text
    assert len(await stack.audit()) == before


async def test_nobody_found_is_said(stack, officer):
    answer = await officer.post(f"{HOME}/find", nhs_number="9449305552")

    assert (answer.status_code, "Nobody has this number." in answer.text) == (200, True)


async def test_the_statement_is_reached_from_an_alert_about_the_person(stack):
    await broken(stack, DOCTOR, "other-practice")
    await Visitor(stack).sign_in(OFFICER)
    home = (await stack.client.get(HOME)).text
    alert = home.split('href="/privacy-review/alerts/')[1].split('"')[0]

    page = (await stack.client.get(f"{HOME}/alerts/{alert}")).text

    assert f'href="{path_of(stack, "other-practice")}"' in page


@pytest.mark.parametrize("user", [DOCTOR, "gp", "receptionist"])
async def test_nobody_in_care_reads_it_nor_is_led_to_it(stack, user):
    visitor = Visitor(stack)
    await visitor.sign_in(user)

    answer = await stack.client.get(path_of(stack, "everything"))
    record = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert answer.status_code == 403
    assert "statement" not in record.text.replace('class="statement"', "")
    assert (await rows(stack, "asked"))[-2]["act"] == "statement"


async def test_the_page_of_a_record_says_where_the_person_learns_who_opened_it(stack):
    await Visitor(stack).sign_in(DOCTOR)

    record = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert "a privacy officer gives them the list of who has viewed their record" in record.text


async def test_what_is_nobody_is_not_found(stack, officer):
    assert (await stack.client.get(f"{HOME}/patients/nobody/statement")).status_code == 404
