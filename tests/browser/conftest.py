"""Debian's Chromium against the whole service on loopback; skipped with a reason where there is none."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import create_app
from gateway.wiring import Services
from tests.london import PASSWORD, London
from tests.stack import Stack, running_stack
from tests.stack_fixtures import compiled, london, template

__all__ = ["compiled", "london", "template"]

T = TypeVar("T")

CHROMIUM = Path("/usr/bin/chromium")
BASE = "http://gateway.test"
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}


@dataclass
class Site:
    """The service as it runs, and the port that it is reached at under its own name."""

    london: London
    port: int
    stack: Stack
    serves: list[ASGIApp]
    loop: asyncio.AbstractEventLoop
    folder: Path

    def record_of(self, name: str) -> str:
        return f"{BASE}/patient/{self.stack.patient(name)}"

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something within the running service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.serves[-1](scope, receive, send)

    @contextmanager
    def serving(self, services: Services) -> Iterator[None]:
        """Serve other services at the same address for a while."""
        self.serves.append(self.stack.access.of(create_app(services)))
        yield
        self.serves.pop()


@pytest.fixture(scope="session")
def site(london, template, compiled, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    started, ready, stop = [], threading.Event(), threading.Event()

    async def serve():
        deadlines = dict.fromkeys(("gp", "hospital", "ambulance"), 1.0)
        async with running_stack(london, template, folder, compiled, deadlines=deadlines) as stack:
            apps = [stack.access.of(create_app(stack.services))]
            site = Site(london, 0, stack, apps, asyncio.get_running_loop(), folder)
            config = uvicorn.Config(
                site.answer, port=0, lifespan="off", log_level="critical", interface="asgi3"
            )
            server = uvicorn.Server(config)
            server.install_signal_handlers = lambda: None
            serving = asyncio.ensure_future(server._serve())
            while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
                await asyncio.sleep(0.01)
            site.port = server.servers[0].sockets[0].getsockname()[1]
            started.append(site)
            ready.set()
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(20), "The service did not start."
    yield started[0]
    stop.set()
    thread.join(10)


@pytest.fixture(scope="module")
def browser(site) -> Iterator[Browser]:
    # Not for the session: while it is open its event loop counts as running, and no other test could have one.
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian package chromium).")
    resolver = f"--host-resolver-rules=MAP gateway.test:80 127.0.0.1:{site.port}"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=[*SWITCHES, resolver]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def signed_in(browser) -> StorageState:
    """Sign a clinician in once; tests that only look at pages share the session."""
    context = browser.new_context()
    sign_in(context.new_page(), "ed-consultant")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def context(browser, site) -> Iterator[BrowserContext]:
    """Give a browser with no cookies and no JavaScript: the pages must do without."""
    opened = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    yield opened
    opened.close()
    site.london.clear_faults()


@pytest.fixture
def page(context) -> Page:
    return context.new_page()


@pytest.fixture
def reader(browser, site, signed_in) -> Iterator[Page]:
    """Give a page without JavaScript to a clinician who is signed in."""
    context = browser.new_context(
        viewport=DESKTOP, java_script_enabled=False, storage_state=signed_in
    )
    yield context.new_page()
    context.close()
    site.london.clear_faults()


@pytest.fixture
def examined(browser, site, signed_in) -> Iterator[Page]:
    """Give the same with a script of the tests' own put in, to look at pages from inside."""
    context = browser.new_context(viewport=DESKTOP, bypass_csp=True, storage_state=signed_in)
    yield context.new_page()
    context.close()
    site.london.clear_faults()


def sign_in(page: Page, user: str) -> None:
    page.goto(BASE)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("User").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
