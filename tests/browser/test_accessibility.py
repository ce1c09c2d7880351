"""WCAG 2.2 AA as far as a machine can tell: axe-core's rules, reflow, and text that grows."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from adapters.simulators.faults import FaultKind
from tests.browser.conftest import BASE, DESKTOP, NARROW, sign_in
from tests.browser.planning import PAGES_OF_PLANNING, show_request
from tests.browser.test_break_glass import give_reason
from tests.safety.test_permission_to_view import asking

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

SMALLEST_TARGET = 24
"""CSS pixels (WCAG 2.2, success criterion 2.5.8)."""


def show_start(page, site):
    page.context.clear_cookies()
    page.goto(BASE)


def show_find(page, site):
    page.goto(f"{BASE}/find")


def show_mistakes(page, site):
    show_find(page, site)
    page.get_by_role("button", name="Find by name").click()


def show_found(page, site):
    show_find(page, site)
    page.get_by_label("NHS number").fill(site.london.people["everything"].grouped)
    page.get_by_role("button", name="Find by number").click()


def show_record(page, site, name="everything"):
    page.goto(site.record_of(name))


def show_conflict(page, site):
    show_record(page, site, "no-known-allergy-conflict")


def show_gap(page, site):
    site.london.faults["gp"].set(FaultKind.ERROR_500)
    show_record(page, site, "retracted")


def show_refusal(page, site):
    show_record(page, site, "other-practice")


def show_reason(page, site):
    # Breaking the glass gives the session another id, which the other tests must not need.
    page.context.clear_cookies()
    sign_in(page, "ed-consultant")
    page.goto(f"{site.record_of('everything')}/break-glass")


def show_reason_mistakes(page, site):
    show_reason(page, site)
    page.get_by_role("button", name="Open the record in an emergency").click()


def show_emergency(page, site):
    show_reason(page, site)
    give_reason(page, "Open the record in an emergency")


def show_direct_care_meanwhile(page, site):
    show_emergency(page, site)
    show_record(page, site)


def show_second_reason(page, site):
    show_emergency(page, site)
    page.get_by_role("link", name="Open sensitive items").click()


def show_sensitive(page, site):
    show_second_reason(page, site)
    give_reason(page, "Open sensitive items")


def show_not_for_role(page, site):
    page.context.clear_cookies()
    sign_in(page, "receptionist")
    page.goto(f"{site.record_of('everything')}/break-glass")


def show_claim(page, site):
    page.goto(f"{site.record_of('other-practice')}/claim")


def show_claim_mistakes(page, site):
    show_claim(page, site)
    page.get_by_role("button", name="Open the record").click()


def show_permission_required(page, site):
    with site.serving(asking(site.stack)):
        show_record(page, site)


def show_permission(page, site):
    with site.serving(asking(site.stack)):
        page.goto(f"{site.record_of('everything')}/permission")


def show_permitted(page, site):
    # An answer is the session's: the other tests' must not have it.
    page.context.clear_cookies()
    sign_in(page, "ed-consultant")
    with site.serving(asking(site.stack)):
        page.goto(f"{site.record_of('everything')}/permission")
        page.get_by_label("Yes, they agree").check()
        page.get_by_role("button", name="Record the answer").click()


def show_permission_mistakes(page, site):
    with site.serving(asking(site.stack)):
        page.goto(f"{site.record_of('everything')}/permission")
        page.get_by_label("They could not be asked").check()
        page.get_by_role("button", name="Record the answer").click()


def show_role_choice(page, site):
    page.context.clear_cookies()
    sign_in(page, "gp-analyst")


def show_what_waits(page, site):
    show_emergency(page, site)
    page.context.clear_cookies()
    sign_in(page, "privacy-officer")


def show_alert(page, site):
    show_what_waits(page, site)
    page.get_by_role("link", name="Review").first.click()


def find_for_statement(page, site, number):
    page.context.clear_cookies()
    sign_in(page, "privacy-officer")
    page.get_by_label("NHS number").fill(number)
    page.get_by_role("button", name="Find the person").click()


def show_subject(page, site):
    find_for_statement(page, site, site.london.people["everything"].grouped)


def show_subject_mistake(page, site):
    find_for_statement(page, site, "999 000 001")


def show_nobody(page, site):
    find_for_statement(page, site, "944 930 5552")


def show_statement(page, site):
    show_emergency(page, site)
    show_subject(page, site)
    page.get_by_role("link", name="Who has used this record").click()


def arrive(page, site, show):
    """Show a page whole: one whose style is still on its way is not the page that is meant."""
    show(page, site)
    page.wait_for_load_state("networkidle")


PAGES = [
    show_start,
    show_find,
    show_mistakes,
    show_found,
    show_record,
    show_conflict,
    show_gap,
    show_refusal,
    show_reason,
    show_reason_mistakes,
    show_emergency,
    show_direct_care_meanwhile,
    show_second_reason,
    show_sensitive,
    show_not_for_role,
    show_claim,
    show_claim_mistakes,
    show_permission_required,
    show_permission,
    show_permission_mistakes,
    show_permitted,
    show_role_choice,
    show_what_waits,
    show_alert,
    show_subject,
    show_subject_mistake,
    show_nobody,
    show_statement,
    *PAGES_OF_PLANNING,
]


@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_axe_finds_nothing_and_nothing_scrolls_sideways_at_320_pixels(examined, site, show):
    arrive(examined, site, show)

    found = Axe().run(examined, options=RULES).response["violations"]
    examined.set_viewport_size(NARROW)

    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert examined.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_text_at_twice_the_size_loses_nothing(examined, site):
    arrive(examined, site, show_record)
    examined.add_style_tag(content="html { font-size: 200% !important }")

    assert examined.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
    clipped = """[...document.querySelectorAll('main *')].filter(each =>
        getComputedStyle(each).overflow === 'hidden' && each.scrollWidth > each.clientWidth
        && !each.classList.contains('unseen')).length"""
    assert examined.evaluate(clipped) == 0


@pytest.mark.parametrize(
    ("show", "controls"),
    [
        (show_find, "button, input:not([type=hidden])"),
        (show_mistakes, ".error-summary a"),
        (show_reason, "button, textarea, input:not([type=hidden])"),
        (show_emergency, "button, .ways a"),
        (show_claim, "button, textarea, input:not([type=hidden])"),
        (show_permission, "button, textarea, input:not([type=hidden])"),
        (show_role_choice, "button, input:not([type=hidden])"),
        (show_alert, "button"),
        (show_request, "button, input:not([type=hidden])"),
    ],
    ids=[
        "forms",
        "error summary",
        "reason",
        "emergency",
        "claim",
        "permission",
        "role choice",
        "alert",
        "request",
    ],
)
def test_every_control_is_large_enough_to_touch(examined, site, show, controls):
    arrive(examined, site, show)
    examined.set_viewport_size(NARROW)

    found = [each.bounding_box() for each in examined.locator(controls).all()]

    assert len(found) > 1
    assert [box for box in found if min(box["width"], box["height"]) < SMALLEST_TARGET] == []
