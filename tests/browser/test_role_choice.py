"""The choice between several roles as a person at a screen meets it: at sign-in, and later, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BASE, sign_in

pytestmark = pytest.mark.browser


def heading(page):
    return page.get_by_role("heading", level=1)


def test_somebody_with_two_roles_chooses_one_and_changes_it_later(page, site):
    sign_in(page, "gp-analyst")
    assert page.url == f"{BASE}/role"
    expect(heading(page)).to_have_text("Choose your role")

    first, second = page.get_by_role("radio").all()
    expect(first).not_to_be_checked()
    expect(second).not_to_be_checked()
    first.check()
    page.get_by_role("button", name="Continue").click()

    assert page.url != f"{BASE}/role"
    page.get_by_role("link", name="Change role").click()
    expect(page.get_by_role("radio").first).to_be_checked()


def test_no_page_is_reached_before_the_choice(page, site):
    sign_in(page, "gp-analyst")

    page.goto(site.record_of("everything"))

    assert page.url == f"{BASE}/role"


def test_who_chooses_no_role_signs_out(page, site):
    sign_in(page, "gp-analyst")

    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{BASE}/role")
    assert page.url == f"{BASE}/"
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
