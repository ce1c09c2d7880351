import re

import pytest

from adapters.simulators.faults import FaultKind
from gateway.errors import (
    AuditUnavailableError,
    BadRequestError,
    ConflictError,
    NoSourceAnsweredError,
    NotFoundError,
    RefusedError,
)
from gateway.web.refusals import told
from tests.web.visitor import Visitor


@pytest.fixture
async def visitor(stack):
    made = Visitor(stack)
    await made.sign_in()
    return made


async def find(visitor, name):
    person = visitor.stack.london.cohort.people[visitor.stack.london.people[name]]
    answer = await visitor.post("/find", nhs_number=person.nhs_number.grouped)
    return person, answer


async def test_a_stranger_is_led_to_the_start_page(stack):
    for path in ("/find", f"/patient/{stack.patient('everything')}"):
        answer = await stack.client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")

    assert "Sign in" in (await stack.client.get("/")).text


async def test_a_person_is_found_by_number_and_never_named_in_an_address(visitor):
    person, answer = await find(visitor, "everything")

    assert person.family_name.upper() in answer.text
    assert f'href="/patient/{visitor.stack.patient("everything")}"' in answer.text
    assert f'/{person.nhs_number.digits}"' not in answer.text
    assert "<title>People found – Shared care record</title>" in answer.text


async def test_a_person_is_found_by_name_and_birth_date(visitor):
    person = visitor.stack.london.cohort.people[visitor.stack.london.people["everything"]]
    born = person.born_on

    answer = await visitor.post(
        "/find",
        family_name=person.family_name,
        given_name="",
        postcode="",
        birth_day=str(born.day),
        birth_month=str(born.month),
        birth_year=str(born.year),
    )

    assert person.nhs_number.grouped in answer.text


async def test_a_restricted_person_is_found_by_nobody(visitor):
    _person, answer = await find(visitor, "restricted")

    assert (answer.status_code, "Nobody found" in answer.text) == (200, True)


async def test_a_wrong_number_is_told_in_a_summary_and_at_its_field(visitor):
    answer = await visitor.post("/find", nhs_number="999 1")

    assert answer.status_code == 400
    assert "<title>Error: Find a person" in answer.text
    assert '<a href="#nhs_number">' in answer.text
    assert 'id="nhs_number-error"' in answer.text


async def test_a_record_is_shown_and_both_rows_of_the_audit_are_written(visitor):
    stack = visitor.stack

    answer = await stack.client.get(f"/patient/{stack.patient('everything')}")

    asked, disclosed = (await stack.audit())[-2:]
    assert answer.status_code == 200
    assert (asked["action"], asked["act"], asked["decision"]) == ("asked", "view", "allowed")
    assert disclosed["outcome"] == "disclosed"
    assert disclosed["shown"]["allergies"] == answer.text.count("No known allergy</h3>")
    assert "care-plans" not in disclosed["shown"]


async def test_a_page_is_kept_nowhere_and_runs_no_script(visitor):
    answer = await visitor.stack.client.get(f"/patient/{visitor.stack.patient('everything')}")

    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "style=" not in answer.text


async def test_a_silent_source_is_told_in_every_section(stack):
    stack.london.faults["gp"].set(FaultKind.ERROR_500)
    await Visitor(stack).sign_in()

    answer = await stack.client.get(f"/patient/{stack.patient('retracted')}")

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "do not read this page as ‘no known allergies’" in answer.text


async def test_when_no_source_answers_there_is_no_empty_page(stack):
    for source in ("gp", "hospital", "ambulance"):
        stack.london.faults[source].set(FaultKind.ERROR_500)
    await Visitor(stack).sign_in()

    answer = await stack.client.get(f"/patient/{stack.patient('everything')}")

    assert answer.status_code == 503
    assert "This does not mean that there is no record." in answer.text


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("other-practice", 403, "no current relationship"),
        ("objects-to-all", 403, "Sharing of this record is restricted"),
        ("no-records", 200, "This does not say that there are none"),
    ],
)
async def test_a_refusal_is_told_in_plain_words(visitor, name, status, words):
    answer = await visitor.stack.client.get(f"/patient/{visitor.stack.patient(name)}")

    assert (answer.status_code, words in answer.text) == (status, True)


async def test_a_made_up_id_and_a_restricted_person_are_told_alike(stack):
    await Visitor(stack).sign_in("nhs111")
    made_up = await stack.client.get(f"/patient/{'a' * 36}")

    assert made_up.status_code == 404
    assert "There is nothing here for you" in made_up.text


async def test_pages_of_an_unknown_address_and_static_files_are_served_apart(stack):
    css = await stack.client.get("/static/pages.css")

    assert css.headers["content-type"].startswith("text/css")
    assert (await stack.client.get("/static/../pages.py")).status_code in {400, 404}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (NotFoundError(""), 404),
        (RefusedError("no-relationship", ""), 403),
        (RefusedError("break-glass-required", ""), 403),
        (RefusedError("something-new", ""), 403),
        (BadRequestError("Too many people match."), 400),
        (ConflictError("The session has ended: sign in again."), 409),
        (NoSourceAnsweredError(""), 503),
        (AuditUnavailableError(""), 503),
    ],
)
def test_every_failure_has_a_status_a_headline_and_a_next_step(fault, status):
    said = told(fault)

    assert (said.status, bool(said.headline), bool(said.sentences)) == (status, True, True)


async def test_when_the_demographics_service_is_out_the_page_says_what_does_not_work(visitor):
    visitor.stack.london.faults["pds"].set(FaultKind.ERROR_500)

    _person, answer = await find(visitor, "everything")

    assert answer.status_code == 503
    assert "Nobody can be looked up now" in answer.text
    assert "The Personal Demographics Service does not answer" in answer.text
    assert "This does not mean that there is no such person" in answer.text


async def test_every_page_names_an_icon_that_is_there(stack):
    page = await stack.client.get("/")

    [address] = re.findall(r'rel="icon" href="([^"]+)"', page.text)
    icon = await stack.client.get(address)
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
