"""A real Chromium that visits a real server with the real content."""

from threading import Thread

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from kb.config import ROOT
from tests.services import chromium

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def site(seeded_app):
    """The address of the running site."""
    server = make_server("127.0.0.1", 0, seeded_app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium_browser():
    """Ended with its module: while it lives, its event loop is this thread's only one."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium_browser, site):
    """Open a path of the site; options are those of a Playwright browser context.

    `scripts=False` keeps our scripts from arriving. Disabling JavaScript altogether
    (`java_script_enabled=False`) would disable axe too.
    """
    contexts = []

    def open_page(path, *, scripts=True, **options):
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = chromium_browser.new_context(base_url=site, **options)
        contexts.append(context)
        page = context.new_page()
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """Every WCAG 2.2 AA violation that axe finds on a page, in words."""
    source = AXE.read_text(encoding="utf-8")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def axe(page, *, off=()):
        page.evaluate(source)
        options = {"runOnly": rules, "rules": {rule: {"enabled": False} for rule in off}}
        found = page.evaluate("options => axe.run(options)", options)
        return [
            f"{violation['id']}: {violation['help']} {node['target']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return axe
