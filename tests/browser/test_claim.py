"""A claim of a relationship as a person at a screen meets it: refused, said with a reason, open, told to the officer."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from gateway.store.tables import privacy_alert, relationship
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

STRANGER = "other-practice"
CLAIMANT = "nurse"
"""Somebody whom no other test of the session needs to be a stranger."""


@pytest.fixture(autouse=True)
def nothing_is_claimed(site):
    yield
    with site.stack.services.store.writes.begin() as connection:
        connection.execute(delete(privacy_alert))
        connection.execute(delete(relationship).where(relationship.c.source == "self-claim"))


def give_reason(page):
    page.get_by_label("A referral that is not recorded yet").check()
    page.get_by_label("What has happened?").fill("Referred by telephone this morning")
    page.get_by_role("button", name="Open the record").click()


def person(page):
    return page.get_by_role("region", name="Person")


def test_a_claim_opens_the_record_and_waits_for_the_officer(page, site, browser):
    sign_in(page, CLAIMANT)
    page.goto(site.record_of(STRANGER))
    expect(page.get_by_role("heading", level=1)).to_contain_text("no current relationship")

    page.get_by_role("link", name="Say that the person is in your care").click()
    expect(person(page)).to_contain_text(site.london.people[STRANGER].grouped)
    give_reason(page)

    assert page.url == site.record_of(STRANGER)
    expect(person(page)).to_contain_text(site.london.people[STRANGER].grouped)
    context = browser.new_context(java_script_enabled=False)
    officer = context.new_page()
    sign_in(officer, "privacy-officer")
    waiting = officer.get_by_role("region", name="Access to review").get_by_role("listitem")
    expect(waiting.filter(has_text="Care relationship claimed by the reader")).to_have_count(1)
    context.close()


def test_a_reason_that_is_left_out_is_led_to_from_the_summary(page, site):
    sign_in(page, CLAIMANT)
    page.goto(f"{site.record_of(STRANGER)}/claim")
    page.get_by_label("What has happened?").fill("Seen")

    page.get_by_role("button", name="Open the record").click()

    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Choose why the person is in your care").click()
    expect(page.get_by_label("A referral that is not recorded yet")).to_be_focused()
    page.get_by_role("link", name=re.compile("at least 10 characters")).click()
    expect(page.get_by_label("What has happened?")).to_have_value("Seen")


def test_a_receptionist_is_offered_no_claim(page, site):
    sign_in(page, "receptionist")

    page.goto(site.record_of(STRANGER))

    expect(page.get_by_role("link", name="Say that the person is in your care")).to_have_count(0)
    page.goto(f"{site.record_of(STRANGER)}/claim")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your role does not claim relationships"
    )
