"""Permission to view as a person at a screen meets it: asked for, answered, open or closed by the answer, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.safety.test_permission_to_view import asking

pytestmark = pytest.mark.browser

RELATED = "everything"


@pytest.fixture(autouse=True)
def everybody_asks(site):
    with site.serving(asking(site.stack)):
        yield


@pytest.fixture
def asked(page, site):
    """Give the page of the question, reached from the refusal."""
    sign_in(page, "ed-consultant")
    page.goto(site.record_of(RELATED))
    expect(heading(page)).to_have_text("Ask the person before you open their record")
    page.get_by_role("link", name="Record the answer").click()
    expect(person(page)).to_contain_text(site.london.people[RELATED].grouped)
    return page


def heading(page):
    return page.get_by_role("heading", level=1)


def person(page):
    return page.get_by_role("region", name="Person")


def record(page):
    page.get_by_role("button", name="Record the answer").click()


def test_a_yes_opens_the_record(asked, site):
    asked.get_by_label("Yes, they agree").check()
    record(asked)

    assert asked.url == site.record_of(RELATED)
    expect(asked.get_by_role("heading", name="Allergies and adverse reactions")).to_be_visible()


def test_who_could_not_be_asked_is_viewed_for_a_reason(asked, site):
    asked.get_by_label("They could not be asked").check()
    record(asked)
    assert asked.title().startswith("Error: ")
    asked.get_by_role("link", name="Choose why they could not be asked").click()
    expect(asked.get_by_label("They are too unwell to answer")).to_be_focused()
    asked.get_by_role("link", name=re.compile("at least 10 characters")).click()
    expect(asked.get_by_label("What has happened?")).to_be_focused()

    asked.get_by_label("They are too unwell to answer").check()
    asked.get_by_label("What has happened?").fill("Sedated since this morning")
    record(asked)

    assert asked.url == site.record_of(RELATED)
    expect(asked.get_by_role("heading", name="Allergies and adverse reactions")).to_be_visible()


def test_a_no_keeps_the_record_closed_to_all_but_an_emergency(asked, site):
    asked.get_by_label("No, they do not agree").check()
    record(asked)

    expect(heading(asked)).to_have_text("The person has said no")
    expect(asked.get_by_role("link", name="Record the answer")).to_have_count(0)
    expect(asked.get_by_role("link", name="Ask for emergency access")).to_be_visible()
