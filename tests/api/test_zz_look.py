import asyncio, threading
import pytest, uvicorn
from pathlib import Path
from playwright.sync_api import sync_playwright
from adapters.simulators.gp_rules import Area, GpRules, ListWarning
from gateway.app import create_app
from tests.api.test_gp_content import *
from tests.browser.conftest import SWITCHES, CHROMIUM, sign_in, BASE
from tests.stack_fixtures import compiled
from axe_playwright_python.sync_playwright import Axe
from tests.browser.test_accessibility import RULES

def test_look(warned_london, compiled, tmp_path):
    started, ready, stop = [], threading.Event(), threading.Event()
    async def serve():
        template = tmp_path / "template.db"
        await prepare_database(template, warned_london, make_key_file(template.with_suffix(".keys")))
        (tmp_path/"x").mkdir()
        async with running_stack(warned_london, template, tmp_path/"x", compiled) as stack:
            server = uvicorn.Server(uvicorn.Config(create_app(stack.services), port=0, lifespan="off", log_level="critical"))
            server.install_signal_handlers = lambda: None
            serving = asyncio.ensure_future(server._serve())
            while not server.started: await asyncio.sleep(0.01)
            started.append((server.servers[0].sockets[0].getsockname()[1], stack)); ready.set()
            await asyncio.to_thread(stop.wait); server.should_exit=True; await serving
    t=threading.Thread(target=asyncio.run,args=(serve(),),daemon=True); t.start(); assert ready.wait(30)
    port, stack = started[0]
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path=str(CHROMIUM), args=[*SWITCHES, f"--host-resolver-rules=MAP gateway.test:80 127.0.0.1:{port}"])
        c=b.new_context(viewport={"width":1100,"height":900}, bypass_csp=True); page=c.new_page()
        sign_in(page,"gp")
        for name in (WARNED, OFF):
            page.goto(f"{BASE}/patient/{stack.patient(name)}")
            page.screenshot(path=f"/tmp/look/{name}.png", full_page=False)
            print(name, page.locator(".warning").all_inner_texts()); print(page.locator(".sources").inner_text())
            print(page.locator(".statement").all_inner_texts())
            if name==WARNED:
                d=page.locator("details.outline"); print("outlines", d.count())
                for i in range(min(2,d.count())): d.nth(i).locator("summary").click()
                d.first.scroll_into_view_if_needed()
                page.screenshot(path="/tmp/look/outline.png")
                print(d.first.inner_text()[:800])
                page.evaluate("document.querySelectorAll('details').forEach(d=>d.open=true)")
                r=Axe().run(page, options={"runOnly":RULES["runOnly"]} ) if False else Axe().run(page)
                print("axe", r.violations_count, [v["id"] for v in r.response["violations"]])
                page.set_viewport_size({"width":320,"height":640})
                print("overflow", page.evaluate("document.documentElement.scrollWidth"))
                page.evaluate("document.querySelectorAll('details').forEach(d=>d.open=false)")
                page.pdf(path="/tmp/look/p.pdf")
        b.close()
    stop.set(); t.join(10)
