"""Show planners' pages, of one release that was asked for, approved and made within the running service."""

from tests.browser.conftest import BASE, Site, sign_in
from tests.population.http.world import furnished
from tests.web.planning import published

_PATHS: dict[int, str] = {}


def published_once(site: Site) -> str:
    """Give the address of a published release."""
    if id(site) not in _PATHS:
        _PATHS[id(site)] = site.do(_published(site))
    return _PATHS[id(site)]


async def _published(site: Site) -> str:
    return await published(await furnished(site.stack, site.folder))


def show_planning(page, site, user="csp-analyst", path=""):
    page.context.clear_cookies()
    released = published_once(site)
    sign_in(page, user)
    page.goto(BASE + (path or released))


def show_catalogue(page, site):
    show_planning(page, site, path="/planning")


def show_dictionary(page, site):
    show_planning(page, site, path="/planning/datasets/linked-activity")


def show_request(page, site):
    show_planning(page, site, path="/planning/datasets/violence/request")


def show_request_mistakes(page, site):
    show_request(page, site)
    page.get_by_role("button", name="Ask for the release").click()


def show_release(page, site):
    show_planning(page, site)


def show_manifest(page, site):
    show_planning(page, site)
    page.get_by_role("link", name="Manifest and files").click()


def show_report(page, site):
    show_planning(page, site)
    page.get_by_role("link", name="Disclosure report").click()


def show_release_to_recall(page, site):
    show_planning(page, site, "caldicott")


def show_recall_mistake(page, site):
    show_release_to_recall(page, site)
    page.get_by_role("button", name="Recall this release").click()


PAGES_OF_PLANNING = [
    show_catalogue,
    show_dictionary,
    show_request,
    show_request_mistakes,
    show_release,
    show_manifest,
    show_report,
    show_release_to_recall,
    show_recall_mistake,
]
