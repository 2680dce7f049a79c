"""Ten sources of ten platforms: pasted, followed, read, searched, filtered, made leads of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from kb import jobs
from kb.clock import utcnow
from tests.apps import create_app
from tests.browser.pages import visit
from tests.browser.serving import running
from tests.services.samples import SAMPLES
from tests.web.editors import Editor

FROM_PASTE = "**/feeds/sources/candidates"


@pytest.fixture
def swap(runtime, world):
    """An empty site to whom the ten platforms are the internet."""
    return replace(runtime, fetcher=world)


@pytest.fixture
def page(swap, new_page):
    """The first page of an editor who has signed in."""
    app = create_app(swap)
    name = app.config["SESSION_COOKIE_NAME"]
    signed_in = Editor(app).client.get_cookie(name).value
    with running(app) as address:
        cookie = {"name": name, "value": signed_in, "url": address}
        page = new_page(base_url=address, cookies=[cookie])
        yield page
        page.context.close()


def test_ten_sources_become_posts_that_are_read_found_and_made_leads(page, swap):
    for sample in SAMPLES:
        paste(page, sample)
        choose(page, sample)
    work(swap)

    for sample in SAMPLES:
        narrow_the_river(page, sample)
        read(page, sample)
        make_a_lead(page, sample)
        find(page, sample)

    page.goto("/feeds/leads")
    assert page.locator(".leadrow").count() == len(SAMPLES)
    for sample in SAMPLES:
        assert page.get_by_text(f"Look into the {sample.words}.").count() == 1
    page.goto("/feeds/sources")
    assert page.locator("tbody tr", has_text="Working").count() == len(SAMPLES)


def paste(page, sample):
    page.goto("/feeds/sources/new")
    page.fill("#address", sample.pasted)
    page.get_by_role("button", name="Find the feed").click()
    page.wait_for_url(FROM_PASTE)


def choose(page, sample):
    """The feed is shown with its newest posts, and stored only now."""
    address = page.get_by_text(sample.feed_url, exact=True)
    candidate = page.locator(".candidate").filter(has=address)
    assert 1 <= candidate.locator("li").count() <= 3
    candidate.get_by_role("radio").check()
    page.get_by_role("button", name="Follow this source").click()
    page.wait_for_url("**/feeds/sources/*")
    assert page.locator(".said").inner_text().startswith("We follow ")


def work(swap):
    """What the worker does by itself. Playwright's loop is this thread's only one."""
    with ThreadPoolExecutor(1) as other_thread:
        report = other_thread.submit(jobs.refresh_sources, swap, now=utcnow(), limit=20).result()
        other_thread.submit(jobs.update_index, swap).result()
    assert (report.sources, report.failed) == (len(SAMPLES), 0)


def narrow_the_river(page, sample):
    page.goto("/feeds")
    page.locator(f"input[name=platform][value={sample.platform.value}]").check()
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url(f"**/feeds?platform={sample.platform.value}")
    posts = page.locator(".post")
    assert posts.count() == posts.filter(has_text=sample.platform.label).count() > 0


def read(page, sample):
    page.locator(".post", has_text=sample.words).locator("h3 a").first.click()
    page.wait_for_url("**/feeds/entries/*")
    assert sample.words in page.locator("main").inner_text()


def make_a_lead(page, sample):
    page.fill("#why", f"Look into the {sample.words}.")
    page.get_by_role("button", name="Turn into a lead").click()
    page.locator(".said", has_text="is now a lead").wait_for()


def find(page, sample):
    entry = page.url.removesuffix("#lead").rpartition("/")[2]
    page.fill("#hq", sample.words)
    page.press("#hq", "Enter")
    page.wait_for_url("**/search?**")
    assert page.locator(f".hits a[href='/feeds/entries/{entry}']").count() > 0


def test_pictures_come_through_this_site_alone(new_page, site):
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    visit(page, "entry with pictures")
    picture = page.locator(".picture img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.picture img').naturalWidth > 0")

    assert picture.evaluate("e => e.naturalWidth") == 800
    assert [url for url in asked if not url.startswith(site)] == []


def test_an_editor_imports_a_list_and_finds_it_switched_off(page):
    visit(page, "what a list holds")
    assert page.get_by_text("Line 3: the address of “A note”").count() == 1

    page.get_by_role("button", name="Put it on our list").click()
    page.wait_for_url("**/feeds/sources?state=off")

    assert page.locator("tbody tr", has_text="Fenbridge scrutiny").count() == 1
