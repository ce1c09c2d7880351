"""WCAG 2.2 AA as far as a machine can tell: axe-core's rules, reflow, and text that grows."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from adapters.simulators.faults import FaultKind
from tests.browser.conftest import BASE, DESKTOP, NARROW

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


PAGES = [
    show_start,
    show_find,
    show_mistakes,
    show_found,
    show_record,
    show_conflict,
    show_gap,
    show_refusal,
]


@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_axe_finds_nothing_and_nothing_scrolls_sideways_at_320_pixels(examined, site, show):
    show(examined, site)

    found = Axe().run(examined, options=RULES).response["violations"]
    examined.set_viewport_size(NARROW)

    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert examined.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_text_at_twice_the_size_loses_nothing(examined, site):
    show_record(examined, site)
    examined.add_style_tag(content="html { font-size: 200% !important }")

    assert examined.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
    clipped = """[...document.querySelectorAll('main *')].filter(each =>
        getComputedStyle(each).overflow === 'hidden' && each.scrollWidth > each.clientWidth
        && !each.classList.contains('unseen')).length"""
    assert examined.evaluate(clipped) == 0


@pytest.mark.parametrize(
    ("show", "controls"),
    [(show_find, "button, input:not([type=hidden])"), (show_mistakes, ".error-summary a")],
    ids=["forms", "error summary"],
)
def test_every_control_is_large_enough_to_touch(examined, site, show, controls):
    show(examined, site)
    examined.set_viewport_size(NARROW)

    found = [each.bounding_box() for each in examined.locator(controls).all()]

    assert len(found) > 1
    assert [box for box in found if min(box["width"], box["height"]) < SMALLEST_TARGET] == []
