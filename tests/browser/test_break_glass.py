"""Break-glass as a person at a screen meets it: refused, opened with a reason, gone on with, ended, refused again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BASE, sign_in
from tests.safety.emergencies import at_later

pytestmark = pytest.mark.browser

STRANGER = "other-practice"
HTML = "text/html"


def give_reason(page, button):
    page.get_by_label("There is a risk to the person’s life").check()
    page.get_by_label("What has happened?").fill("Found unconscious in the street")
    page.get_by_role("button", name=button).click()


def break_glass(page, site, name=STRANGER):
    page.goto(f"{site.record_of(name)}/break-glass")
    with page.expect_navigation():
        give_reason(page, "Open the record in an emergency")


def banner(page):
    return page.get_by_role("region", name="Person")


def expect_refusal(page, headline="no current relationship"):
    expect(page.get_by_role("heading", level=1)).to_contain_text(headline)
    expect(page.locator(".banner")).to_have_count(0)


def test_az_12_the_whole_of_an_emergency_without_scripts(page, site):
    sign_in(page, "ed-consultant")
    page.goto(site.record_of(STRANGER))
    expect_refusal(page)

    page.get_by_role("link", name="Ask for emergency access").click()
    expect(banner(page)).to_contain_text(site.london.people[STRANGER].grouped)
    give_reason(page, "Open the record in an emergency")
    expect(banner(page)).to_contain_text(re.compile(r"Emergency access until \d\d:\d\d"))
    expect(banner(page)).to_contain_text(site.london.people[STRANGER].grouped)

    page.get_by_role("link", name="Open sensitive items").click()
    give_reason(page, "Open sensitive items")
    expect(banner(page)).to_contain_text("sensitive items open")

    opened = page.url
    page.get_by_role("button", name="End emergency access").click()
    expect_refusal(page)
    page.goto(opened)
    expect_refusal(page, "Emergency access is not open")


def test_az_12_a_reason_that_is_left_out_is_led_to_from_the_summary(page, site):
    sign_in(page, "ed-consultant")
    page.goto(f"{site.record_of(STRANGER)}/break-glass")
    page.get_by_label("What has happened?").fill("Fell")

    page.get_by_role("button", name="Open the record in an emergency").click()

    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Choose why you need emergency access").click()
    expect(page.get_by_label("There is a risk to the person’s life")).to_be_focused()
    page.get_by_role("link", name=re.compile("at least 10 characters")).click()
    expect(page.get_by_label("What has happened?")).to_be_focused()
    expect(page.get_by_label("What has happened?")).to_have_value("Fell")


def test_a_tab_that_was_open_before_is_no_wider_after(page, site, context):
    sign_in(page, "paramedic")
    other = context.new_page()
    other.goto(site.record_of("sexual-health"))
    expect(other.locator(".banner-emergency")).to_have_count(0)

    break_glass(page, site, "sexual-health")
    other.reload()

    expect(banner(page)).to_contain_text("Emergency access until")
    expect(banner(other)).to_contain_text("this page shows direct care only")
    other.goto(site.record_of("everything"))
    expect(other.locator(".banner-emergency")).to_have_count(0)


def test_au_14_a_form_that_was_open_before_is_not_taken_after(page, site, context):
    sign_in(page, "ed-consultant")
    other = context.new_page()
    other.goto(f"{BASE}/find")

    break_glass(page, site)
    other.get_by_label("NHS number").fill(site.london.people[STRANGER].grouped)
    other.get_by_role("button", name="Find by number").click()

    expect(other.get_by_role("heading", level=1)).to_have_text("The form was not taken")


def test_az_12_an_emergency_that_has_run_out_leads_back_to_asking_anew(page, site):
    sign_in(page, "ed-consultant")
    break_glass(page, site)

    with site.serving(at_later(site.stack.services, minutes=61)):
        page.reload()
        expect_refusal(page, "Emergency access is not open")
        page.get_by_role("link", name="Ask for emergency access").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Emergency access")


def test_az_12_another_session_of_the_same_person_has_no_part_in_it(page, site, browser):
    sign_in(page, "ed-consultant")
    break_glass(page, site)
    elsewhere = browser.new_context(java_script_enabled=False)
    other = elsewhere.new_page()
    sign_in(other, "ed-consultant")

    other.goto(page.url)

    expect_refusal(other, "Emergency access is not open")
    elsewhere.close()


def test_ui_02_a_form_on_a_page_of_another_site_breaks_no_glass(page, site):
    sign_in(page, "ed-consultant")
    target = f"{site.record_of(STRANGER)}/break-glass"
    form = f"""<form method="post" action="{target}"><input name="reason_code" value="risk-to-life">
        <input name="reason" value="Found unconscious"><button>Win a prize</button></form>"""
    page.route("http://evil.test/**", lambda route: route.fulfill(body=form, content_type=HTML))
    page.goto("http://evil.test/")

    page.get_by_role("button", name="Win a prize").click()

    assert page.url == f"{BASE}/"
    page.goto(f"{site.record_of(STRANGER)}/emergency")
    expect_refusal(page, "Emergency access is not open")


def test_on_paper_the_emergency_stands_with_the_person_and_nothing_is_to_press(page, site):
    sign_in(page, "ed-consultant")
    break_glass(page, site)

    page.emulate_media(media="print")

    expect(page.get_by_text(re.compile("Emergency access until"))).to_be_visible()
    expect(page.get_by_role("button", name="End emergency access")).to_be_hidden()
    expect(page.get_by_role("link", name="Open sensitive items")).to_be_hidden()


def test_nothing_that_has_focus_is_hidden_behind_the_taller_banner(page, site):
    sign_in(page, "ed-consultant")
    break_glass(page, site, "no-known-allergy-conflict")
    links = page.locator("main a")

    assert links.count() > 2
    for each in range(links.count()):
        links.nth(each).focus()
        top = links.nth(each).bounding_box()["y"]
        box = banner(page).bounding_box()
        assert top >= box["y"] + box["height"] or top < box["y"]
