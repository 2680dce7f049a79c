"""A real Chromium that visits a real server with the real content."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Error, sync_playwright

from kb.clock import utcnow
from kb.config import ROOT
from kb.factory import build_runtime
from kb.feeds.fetch import Fetcher
from kb.feeds.models import State
from kb.feeds.types import Platform
from tests.apps import create_app
from tests.browser import sharing_world
from tests.browser.pages import ROLE_OF, visit
from tests.browser.room import PHONE
from tests.browser.serving import running
from tests.factories import make_entry, make_lead, make_source
from tests.feeds.test_pictures import drawn
from tests.people import Person
from tests.services import chromium
from tests.services.feedserver import Reply, serve
from tests.services.samples import sites
from tests.services.world import World
from tests.web.in_rooms import Room

PICTURES = {"/fenbridge.example/damp.jpg": Reply(body=drawn("JPEG", (1200, 700)))}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The page holds the promise: one that nobody holds may be collected before it is kept.
RUN_AXE = "async options => (await (window.axeRuns = axe.run(options))).violations"


def pytest_itemcollected(item):
    """Where a browser gave up, it is asked once more; what a test says no to stays a no."""
    item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=Error))


@pytest.fixture(scope="session")
def world():
    """A fetcher to whom the ten sites of the samples are the internet."""
    with serve(sites() | PICTURES) as server:
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
    try:
        with runtime.database.transaction() as session:
            _add_posts(session)
        people, things = sharing_world.build(runtime)
        app = create_app(runtime)
        app.extensions["shared"] = Shared(people, things)
        yield app
    finally:
        for part in (runtime.reader, runtime.painter, runtime.apart, runtime.database):
            part.close()


@dataclass
class Shared:
    """The people by their role, and what to put into the addresses of pages."""

    people: dict
    things: dict


def _add_posts(session):
    posts = make_source(session, name="Fenbridge City scrutiny", platform=Platform.MASTODON)
    films = make_source(
        session, name="Dyffryn Dŵr scrutiny", platform=Platform.YOUTUBE, nation="Wales"
    )
    pictures = [f"https:/{address}" for address in PICTURES]
    damp = make_entry(session, posts, title="How we asked tenants about damp", pictures=pictures)
    make_lead(session, damp)
    since = utcnow() - timedelta(days=4)
    failing = {"state": State.FAILING, "failing_since": since, "failures": 12}
    make_source(session, name="Strathlorne scrutiny", last_error="It does not answer.", **failing)
    gone = {"state": State.PAUSED, "failing_since": since, "failures": 1}
    make_source(session, name="Ravensey scrutiny", reason="It is gone for good.", **gone)
    make_entry(session, films, title="Craffu mewn 90 eiliad: un cwestiwn", language="cy")


@pytest.fixture(scope="session")
def site(visited_app):
    """The address of the running site."""
    with running(visited_app) as address:
        yield address


@pytest.fixture(scope="module")
def chromium_browser():
    """Ended with its module: while it lives, its event loop is this thread's only one."""
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_context(chromium_browser, site):
    """A new browser's first page; options are those of a Playwright browser context.

    `scripts=False` keeps our scripts from arriving. Disabling JavaScript altogether
    (`java_script_enabled=False`) would disable axe too.
    """

    def open_context(*, scripts=True, cookies=(), **options):
        given = {"viewport": {"width": 1280, "height": 900}, "base_url": site} | options
        context = chromium.new_context(chromium_browser, **given)
        if cookies:
            context.add_cookies(cookies)
        page = context.new_page()
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        return page

    return open_context


@pytest.fixture
def new_page(open_context):
    """The same, gone after the test."""
    pages = []

    def new_page(**options):
        pages.append(open_context(**options))
        return pages[-1]

    yield new_page
    for page in pages:
        page.context.close()


@pytest.fixture
def open_page(new_page):
    """Open a path of the site."""

    def open_page(path, **options):
        page = new_page(**options)
        page.goto(path)
        return page

    return open_page


@pytest.fixture(scope="session")
def cookies_of(visited_app, site):
    """Role -> the cookies by which a browser is one of its people's."""
    name, shared = visited_app.config["SESSION_COOKIE_NAME"], visited_app.extensions["shared"]
    signed_in = {
        role: Person(visited_app, user).client.get_cookie(name).value
        for role, user in shared.people.items()
    }
    signed_in["halfway"] = _halfway(visited_app, shared.people["admin"])
    cookies = {role: [{"name": name, "value": v, "url": site}] for role, v in signed_in.items()}
    return cookies | {"visitor": []}


def _halfway(app, user):
    """Somebody who has told their password and not yet the code of their app."""
    said = {"second_step": {"user": user.id, "since": utcnow().isoformat(), "next": ""}}
    return SecureCookieSessionInterface().get_signing_serializer(app).dumps(said)


@pytest.fixture(scope="module")
def people(open_context, cookies_of):
    """Browsers that read on in one page, one of each role and way of looking; what each heard."""
    pages = {}

    def of(role, options):
        key = (role, *sorted(map(str, options.items())))
        if key not in pages:
            page = open_context(cookies=cookies_of[role], **options)
            pages[key] = page, Heard.on(page)
        return pages[key]

    yield of
    for page, _ in pages.values():
        page.context.close()


@pytest.fixture
def open_kind(people, visited_app):
    """Open a page by the name of its kind, as whom it is for; and what was heard meanwhile."""

    def open_kind(name, **options):
        page, heard = people(ROLE_OF[name], options)
        heard.forget()
        visit(page, name, **visited_app.extensions["shared"].things)
        return page, heard

    return open_kind


@dataclass
class Heard:
    """The addresses that a page asks for, and the words that its console says."""

    addresses: list = field(default_factory=list)
    words: list = field(default_factory=list)

    @classmethod
    def on(cls, page):
        heard = cls()
        page.on("request", lambda asked: heard.addresses.append(asked.url))
        page.on("console", lambda message: heard.words.append(message.text))
        page.on("pageerror", lambda error: heard.words.append(str(error)))
        return heard

    def forget(self):
        self.addresses.clear()
        self.words.clear()


@pytest.fixture
def room(app):
    """One that is open, behind a network that a test can close: `room.network`."""
    room = Room(app).open()
    with ExitStack() as room.network:
        room.address = room.network.enter_context(running(app))
        yield room


@pytest.fixture
def open_phone(chromium_browser, room):
    """A new phone on the room's page, which has joined unless told otherwise."""
    contexts = []

    def open_phone(*, joins=True, **options):
        given = {"viewport": PHONE, "base_url": room.address} | options
        context = chromium.new_context(chromium_browser, **given)
        contexts.append(context)
        page = context.new_page()
        page.goto(room.path)
        if joins:
            page.get_by_role("button", name="Join").click()
            page.get_by_role("link", name="Refresh").wait_for()
        return page

    yield open_phone
    for context in contexts:
        context.close()


@pytest.fixture
def phone(open_phone):
    return open_phone()


@pytest.fixture(scope="session")
def axe():
    """Every WCAG 2.2 AA violation that axe finds on a page, in words."""
    source = AXE.read_text(encoding="utf-8")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def axe(page, *, off=()):
        page.evaluate(source)
        options = {
            "runOnly": rules,
            "rules": {rule: {"enabled": False} for rule in off},
            "resultTypes": ["violations"],  # to tell of what is well takes most of its time
        }
        violations = page.evaluate(RUN_AXE, options)
        return [
            f"{violation['id']}: {violation['help']} {node['target']}"
            for violation in violations
            for node in violation["nodes"]
        ]

    return axe
