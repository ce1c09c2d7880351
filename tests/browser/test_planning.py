"""What a planner and whoever approves meet at the screen, without JavaScript."""

from playwright.sync_api import expect

from tests.browser.conftest import BASE, sign_in
from tests.browser.planning import published_once
from tests.browser.test_privacy_review import pytestmark as pytestmark


def ask(page):
    page.get_by_role("link", name="Dictionary and rules of Assaults").click()
    page.get_by_role("link", name="Ask for a release").click()
    for label, words in (
        ("Project", "streets"),
        ("Agreement", "planning"),
        ("Day", "31"),
        ("Month", "12"),
        ("Year", "2100"),
        ("What for", "where to send patrols"),
        ("By which law", "Crime and Disorder Act 1998, section 115"),
        ("Where it is kept and used", "a room that is locked"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Public health").check()
    page.get_by_role("button", name="Ask for the release").click()


def test_a_release_is_asked_for_and_somebody_else_approves_it(page, site, browser):
    published_once(site)
    sign_in(page, "csp-analyst")
    ask(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Release: Waits for approval")
    expect(page.get_by_role("button", name="Approve this release")).to_have_count(0)

    context = browser.new_context(java_script_enabled=False)
    approver = context.new_page()
    sign_in(approver, "caldicott")
    approver.goto(page.url)
    approver.get_by_role("button", name="Approve this release").click()

    expect(approver.get_by_role("heading", level=1)).to_have_text("Release: Approved, not made yet")
    context.close()


def test_an_approver_is_led_from_what_waits_to_what_planners_asked_for(page, site):
    published_once(site)
    sign_in(page, "privacy-officer")

    page.get_by_role("link", name="What planners asked for and were given").click()

    expect(page).to_have_url(f"{BASE}/planning")
    expect(
        page.get_by_role("region", name="Releases").get_by_role("listitem").first
    ).to_be_visible()
