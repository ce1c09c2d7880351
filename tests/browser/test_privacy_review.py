"""What a privacy officer meets at the screen: what was done in an emergency, by whom, and settling it."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from gateway.store.tables import privacy_alert
from tests.browser.conftest import sign_in
from tests.browser.test_break_glass import STRANGER, break_glass

pytestmark = pytest.mark.browser

MAKE_A_FORM = """([action, fields]) => {
    const form = document.querySelector('form[action="/sign-out"]');
    form.action = action;
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement('input');
        Object.assign(input, {name, value});
        form.append(input);
    }
}"""


def officer(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "privacy-officer")
    return page


@pytest.fixture(autouse=True)
def nothing_waits(site):
    # Other tests of the session break glass too.
    with site.stack.services.store.writes.begin() as connection:
        connection.execute(delete(privacy_alert))


def waiting(page):
    return page.get_by_role("region", name="Access to review")


def test_decision_6_an_emergency_is_told_to_the_officer_who_settles_it(page, site, browser):
    reviewer = officer(browser)
    sign_in(page, "paramedic")
    break_glass(page, site, STRANGER)

    reviewer.reload()
    entry = waiting(reviewer).get_by_role("listitem")
    expect(entry).to_contain_text("Emergency access")
    expect(entry).to_contain_text("Hari Thapa, paramedic")
    reviewer.get_by_role("link", name="Review").click()
    expect(reviewer.get_by_text(site.london.people[STRANGER].grouped)).to_be_visible()
    reviewer.get_by_role("button", name="Not justified").click()

    expect(waiting(reviewer)).to_contain_text("Nothing waits.")
    reviewer.get_by_role("link", name="Settled alerts").click()
    expect(reviewer.get_by_text("Not justified,").first).to_be_visible()
    reviewer.context.close()


def test_decision_4_a_receptionists_attempt_is_denied_and_told(site, browser):
    reviewer = officer(browser)
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, "receptionist")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    fields = {"reason_code": "risk-to-life", "reason": "Wants to know who it is"}

    page.evaluate(MAKE_A_FORM, [f"{site.record_of(STRANGER)}/break-glass", fields])
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your role does not have emergency access"
    )
    reviewer.reload()
    entry = waiting(reviewer).get_by_role("listitem")
    expect(entry).to_contain_text("Attempt without the right to it")
    context.close()
    reviewer.context.close()
