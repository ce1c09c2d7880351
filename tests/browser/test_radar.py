"""What a privacy officer meets at the screen of the radar: a hit with its reasons, an outcome, and how often it was right."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import delete

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.staff_register import KnownAbout, StaffKeeping
from gateway.audit.log import AuditLog
from gateway.patient.radar import Radar
from gateway.store.engine import open_store
from gateway.store.tables import privacy_alert, radar_hit
from gateway.wiring import now
from tests.browser.conftest import DESKTOP, NARROW, sign_in
from tests.browser.test_accessibility import RULES
from tests.browser.test_privacy_review import waiting

pytestmark = pytest.mark.browser


@pytest.fixture
def own_record(site):
    """Let the radar know that the consultant is the person whom everybody opens."""
    services = site.stack.services
    with services.store.writes.begin() as connection:
        connection.execute(delete(radar_hit))
        connection.execute(delete(privacy_alert))
    known = KnownAbout(
        "RRV", DEMO_USERS["ed-consultant"].user_id, site.london.people["everything"], None, ""
    )
    on_the_database(site, lambda _store, log: keeping(site, log).keep([known], "test"))


def keeping(site, log):
    return StaffKeeping(log, now, site.stack.services.records.access.registry.key)


def on_the_database(site, act):
    """Do something as a command would: with a store and an audit of its own, in another thread than the browser's."""

    async def done():
        store = open_store(site.stack.services.settings.database_url)
        log = AuditLog(store, now)
        try:
            return await act(store, log)
        finally:
            await log.aclose()
            store.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, done()).result()


def sweep(site):
    return on_the_database(site, lambda store, log: Radar(store, log, now, uuid4).sweep())


@pytest.fixture
def officer(own_record, reader, site, browser):
    """Give the officer's page after the consultant has looked at her own record and the radar at the audit."""
    reader.goto(site.record_of("everything"))
    assert sweep(site) >= 1
    context = browser.new_context(viewport=DESKTOP, bypass_csp=True)
    page = context.new_page()
    sign_in(page, "privacy-officer")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def hit(page):
    return waiting(page).get_by_role("listitem").filter(has_text="own record")


def test_a_hit_is_shown_with_its_reasons_and_settled(officer):
    expect(hit(officer)).to_contain_text("Access that looks like snooping")
    expect(hit(officer)).to_contain_text("Devi Raman, ED consultant")
    hit(officer).get_by_role("link", name="Review").click()
    expect(officer.get_by_text("It is their own record.")).to_be_visible()
    officer.get_by_role("button", name="Not justified", exact=True).click()

    rates = officer.get_by_role("region", name="How often the radar was right")
    rule = rates.get_by_role("listitem").filter(has_text="Their own record")
    expect(rule).to_contain_text("0 of 1 (0%)")


def test_axe_finds_nothing_on_the_pages_of_a_hit(officer):
    for step in (lambda: None, hit(officer).get_by_role("link", name="Review").click):
        step()
        officer.wait_for_load_state("networkidle")
        found = Axe().run(officer, options=RULES).response["violations"]
        officer.set_viewport_size(NARROW)

        assert [each["id"] for each in found] == []
        assert officer.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
