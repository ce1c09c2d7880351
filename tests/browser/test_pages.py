import re

import pytest
from playwright.sync_api import expect

from adapters.simulators.faults import FaultKind
from tests.browser.conftest import BASE, sign_in

pytestmark = pytest.mark.browser


def test_a_clinician_signs_in_finds_a_person_and_reads_the_record_without_scripts(page, site):
    sign_in(page, "ed-consultant")
    page.get_by_label("NHS number").fill(site.london.people["everything"].grouped)
    page.get_by_role("button", name="Find by number").click()
    expect(page.get_by_role("heading", name="1 person found")).to_be_visible()

    page.get_by_role("listitem").get_by_role("link").click()

    expect(page.get_by_role("region", name="Person")).to_contain_text(
        site.london.people["everything"].grouped
    )
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == [
        "Where this view comes from",
        "Alerts",
        "Sources differ",
        "Allergies and adverse reactions",
        "Problems and diagnoses",
        "Medicines",
        "Encounters",
    ]


def test_a_clinician_signs_out_and_the_way_back_is_closed(page, site):
    sign_in(page, "ed-consultant")
    page.goto(site.record_of("everything"))

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    page.goto(site.record_of("everything"))
    assert page.url == f"{BASE}/"


def test_neither_address_nor_title_names_a_person(reader, site):
    number = site.london.people["everything"]
    person = site.london.cohort.people[number]
    seen = []
    reader.goto(f"{BASE}/find")
    reader.on("framenavigated", lambda frame: seen.append(frame.url))

    reader.get_by_label("NHS number").fill(number.grouped)
    reader.get_by_role("button", name="Find by number").click()
    seen.append(reader.title())
    reader.get_by_role("listitem").get_by_role("link").click()
    seen.append(reader.title())

    assert not [each for each in seen if number.digits in each or person.family_name in each]


def test_a_mistake_is_led_to_from_the_summary(reader):
    reader.goto(f"{BASE}/find")
    reader.get_by_label("Family name").fill("Ng")
    reader.get_by_role("button", name="Find by name").click()

    reader.get_by_role("link", name=re.compile("Enter a date of birth")).click()

    assert reader.title().startswith("Error: ")
    expect(reader.get_by_label("Day")).to_be_focused()
    expect(reader.get_by_label("Family name")).to_have_value("Ng")


def test_a_conflict_leads_to_both_its_witnesses(reader, site):
    reader.goto(site.record_of("no-known-allergy-conflict"))
    conflicts = reader.get_by_role("region", name="Sources differ")

    assert conflicts.get_by_role("link").count() == 2
    conflicts.get_by_role("link").last.click()

    expect(reader.locator(".line:target")).to_be_in_viewport()


def test_a_gap_is_told_at_the_top_in_each_section_and_on_paper(reader, site):
    site.london.faults["gp"].set(FaultKind.ERROR_500)
    reader.goto(site.record_of("retracted"))
    reader.emulate_media(media="print")

    expect(reader.get_by_role("alert")).to_contain_text("This view is incomplete")
    warning = reader.get_by_role("region", name="Allergies").locator(".warning")
    expect(warning).to_contain_text("do not read this page as ‘no known allergies’")
    expect(reader.locator(".warning:visible")).to_have_count(5)
    expect(reader.get_by_text("A printed copy is out of date")).to_be_visible()
    expect(reader.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(reader.locator(".banner")).to_be_visible()


def test_the_keyboard_alone_is_enough(reader, site):
    reader.goto(f"{BASE}/find")
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name="Skip to main content")).to_be_focused()
    expect(reader.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    reader.keyboard.press("Enter")
    reader.keyboard.press("Tab")
    expect(reader.get_by_label("NHS number")).to_be_focused()
    reader.keyboard.type(site.london.people["everything"].digits)
    reader.keyboard.press("Enter")

    expect(reader.get_by_role("heading", name="1 person found")).to_be_visible()


@pytest.mark.parametrize("name", ["everything", "no-known-allergy-conflict"])
def test_nothing_that_has_focus_is_hidden_behind_the_banner(reader, site, name):
    reader.goto(site.record_of(name))
    links = reader.locator("main a")

    for each in range(links.count()):
        links.nth(each).focus()
        top = links.nth(each).bounding_box()["y"]
        banner = reader.locator(".banner").bounding_box()
        assert top >= banner["y"] + banner["height"] or top < banner["y"]
