"""What a privacy officer and the person meet: the statement on the screen, and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BASE, sign_in
from tests.browser.test_break_glass import STRANGER, break_glass

pytestmark = pytest.mark.browser


@pytest.fixture
def stated(page, site, browser):
    """Break the glass about a stranger, then open their statement as the privacy officer."""
    sign_in(page, "paramedic")
    break_glass(page, site, STRANGER)
    context = browser.new_context(java_script_enabled=False)
    reader = context.new_page()
    sign_in(reader, "privacy-officer")
    reader.get_by_label("NHS number").fill(site.london.people[STRANGER].grouped)
    reader.get_by_role("button", name="Find the person").click()
    reader.get_by_role("link", name="Who has used this record").click()
    yield reader
    context.close()


def test_the_statement_tells_of_an_emergency_in_plain_words(stated):
    expect(stated.get_by_role("heading", level=1)).to_have_text("Who has used your record")
    glass = stated.get_by_role("listitem").filter(has_text="They told us of an emergency").first
    expect(glass).to_contain_text("Hari Thapa, a paramedic, at RRU.")
    expect(glass).to_contain_text("In their own words:")
    own = stated.get_by_role("listitem").first
    expect(own).to_contain_text("Uma Sethi, a privacy officer")
    expect(own).to_contain_text("They read this list.")


def test_on_paper_the_list_stands_without_what_is_for_the_officer(stated):
    notice = stated.get_by_text("Read this before you hand it over.")
    expect(notice).to_be_visible()

    stated.emulate_media(media="print")

    expect(notice).to_be_hidden()
    expect(stated.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(stated.get_by_text("They told us of an emergency").first).to_be_visible()
    assert stated.get_by_role("listitem").first.evaluate(
        "each => getComputedStyle(each).breakInside"
    ) == ("avoid")


def test_a_number_that_is_none_is_said_at_its_field(page, site):
    sign_in(page, "caldicott")
    page.get_by_label("NHS number").fill("999 000 001")
    page.get_by_role("button", name="Find the person").click()

    expect(page.get_by_role("alert")).to_contain_text("Enter an NHS number with 10 digits")
    expect(page.get_by_label("NHS number")).to_have_value("999 000 001")
    assert page.url == f"{BASE}/privacy-review/find"
