"""A real Chromium that visits a real server with the real content."""

import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from kb.config import ROOT
from kb.factory import build_runtime, create_app
from kb.feeds.fetch import Fetcher
from kb.feeds.types import Platform
from tests.browser.pages import EDITING, visit
from tests.browser.serving import running
from tests.factories import make_entry, make_lead, make_source
from tests.services import chromium
from tests.services.feedserver import serve
from tests.services.samples import sites
from tests.services.world import World
from tests.web.editors import Editor

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def world():
    """A fetcher to whom the ten sites of the samples are the internet."""
    with serve(sites()) as server:
        fetcher = Fetcher(contact="a@example.org", allow=frozenset({server.address}))
        yield World(fetcher, server)
        fetcher.close()


@pytest.fixture(scope="session")
def visited_app(seeded_runtime, world, tmp_path_factory):
    """The real content, and some posts of every look."""
    folder = tmp_path_factory.mktemp("visited") / "data"
    shutil.copytree(seeded_runtime.settings.data_dir, folder)
    settings = replace(seeded_runtime.settings, data_dir=folder, database_url="")
    runtime = replace(build_runtime(settings), fetcher=world)
    with runtime.database.transaction() as session:
        _add_posts(session)
    yield create_app(runtime=runtime)
    runtime.reader.close()
    runtime.database.close()


def _add_posts(session):
    posts = make_source(session, name="Fenbridge City scrutiny", platform=Platform.MASTODON)
    films = make_source(
        session, name="Dyffryn Dŵr scrutiny", platform=Platform.YOUTUBE, nation="Wales"
    )
    make_lead(session, make_entry(session, posts, title="How we asked tenants about damp"))
    make_entry(session, films, title="Craffu mewn 90 eiliad: un cwestiwn", language="cy")


@pytest.fixture(scope="session")
def site(visited_app):
    """The address of the running site."""
    with running(visited_app) as address:
        yield address


@pytest.fixture(scope="session")
def editors_cookie(visited_app, site):
    """What makes a browser an editor's, as Playwright wants it."""
    name = visited_app.config["SESSION_COOKIE_NAME"]
    cookie = Editor(visited_app).client.get_cookie(name)
    return {"name": name, "value": cookie.value, "url": site}


@pytest.fixture(scope="module")
def chromium_browser():
    """Ended with its module: while it lives, its event loop is this thread's only one."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium_browser, site):
    """A new browser's first page; options are those of a Playwright browser context.

    `scripts=False` keeps our scripts from arriving. Disabling JavaScript altogether
    (`java_script_enabled=False`) would disable axe too.
    """
    contexts = []

    def new_page(*, scripts=True, cookies=(), **options):
        given = {"viewport": {"width": 1280, "height": 900}, "base_url": site} | options
        context = chromium_browser.new_context(**given)
        contexts.append(context)
        if cookies:
            context.add_cookies(cookies)
        page = context.new_page()
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        return page

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_page):
    """Open a path of the site."""

    def open_page(path, **options):
        page = new_page(**options)
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def open_kind(new_page, editors_cookie):
    """Open a kind of page by its name, as an editor where only they see it.

    `on` says what to call for each event of the page.
    """

    def open_kind(name, *, on=None, **options):
        page = new_page(cookies=[editors_cookie] if name in EDITING else [], **options)
        for event, told in (on or {}).items():
            page.on(event, told)
        visit(page, name)
        return page

    return open_kind


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
