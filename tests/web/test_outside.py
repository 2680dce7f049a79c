import pytest

from kb.feeds.types import Platform
from tests.factories import NOW, make_entry, make_lead, make_source

BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TEXTS = ("title", "author", "summary", "text", "language")


def store(runtime, make, **values):
    with runtime.database.transaction() as session:
        return make(session, **values)


def test_summer_days_are_counted_by_the_clocks_of_the_councils(browser, runtime):
    late = NOW.replace(month=7, hour=23, minute=30)
    store(runtime, make_entry, published_at=late)

    page = browser.get("/feeds")

    assert "Friday 24 July 2026" in page.words
    assert "12:30am" in page.words


def test_links_to_the_outside_say_so_and_vouch_for_nothing(browser, runtime):
    file = {"url": "https://cdn.example.net/a.pdf", "type": "application/pdf", "title": "Agenda"}
    video = {"url": "https://v.example.net/v.mp4", "type": "video/mp4", "title": ""}
    entry = store(
        runtime,
        make_entry,
        link="https://example.org/1",
        enclosures=[file, video],
        pictures=["https://cdn.example.net/1.jpg", "https://cdn.example.net/2.jpg"],
    )

    page = browser.get(f"/feeds/entries/{entry.id}")

    outside = [a for a in page.find(".//main//a") if a.get("href").startswith("http")]
    assert {a.get("href") for a in outside} == {
        "https://example.org/1",
        "https://cdn.example.net/a.pdf",
        "https://v.example.net/v.mp4",
        "https://cdn.example.net/1.jpg",
        "https://cdn.example.net/2.jpg",
    }
    assert {a.get("rel") for a in outside} == {"nofollow ugc noopener"}
    assert "Leaves this site for v.example.net" in page.words
    assert all(img.get("src").startswith("/feeds/pictures/") for img in page.find(".//main//img"))


def test_a_video_of_youtube_is_a_link_that_says_that_it_leaves(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, platform=Platform.YOUTUBE)
        player = {
            "url": "https://www.youtube.com/v/1?version=3",
            "type": "application/x-shockwave-flash",
        }
        link = "https://www.youtube.com/watch?v=1"
        entry = make_entry(session, source, link=link, enclosures=[player])

    page = browser.get(f"/feeds/entries/{entry.id}")

    assert "Watch on YouTubeLeaves this site for youtube.com" in page.words
    assert "Files that belong to it" not in page.words
    assert not page.find(".//iframe")
    assert not page.find(".//main//img")


@pytest.mark.parametrize("name", TEXTS)
def test_no_field_of_an_entry_is_obeyed(browser, runtime, name):
    values = {name: BAD} | ({"html": ""} if name == "text" else {})
    entry = store(runtime, make_entry, **values)

    for path in ("/feeds", f"/feeds/entries/{entry.id}", "/"):
        page = browser.get(path)

        assert "<script>alert" not in page.text
        assert "<img" not in page.text


def test_no_list_of_an_entry_and_no_field_of_its_source_is_obeyed(browser, runtime):
    with runtime.database.transaction() as session:
        fields = ("name", "organisation", "nation", "kind", "language", "note", "reason")
        source = make_source(session, **dict.fromkeys(fields, BAD), last_error=BAD)
        entry = make_entry(
            session,
            source,
            categories=[BAD],
            purposes=[BAD],
            themes=[BAD],
            pictures=[BAD],
            enclosures=[{"url": BAD, "type": BAD, "title": BAD}],
        )
        make_lead(session, entry=entry, why=BAD)

    for path in (
        *("/feeds", f"/feeds/entries/{entry.id}", "/feeds/leads", "/"),
        *("/feeds/sources", f"/feeds/sources/{source.id}"),
    ):
        page = browser.get(path)

        assert "<script>alert" not in page.text
        assert "<img" not in page.text


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:x"),
        *(
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.example",
            "/feeds",
            "http://",
            "ftp://x",
        ),
        *("http://[::1", "vbscript:x", "\x01javascript:alert(1)"),
    ],
)
def test_only_addresses_of_the_web_become_links(browser, runtime, url):
    with runtime.database.transaction() as session:
        source = make_source(session, site_url=url, feed_url=url)
        enclosure = {"url": url, "type": "video/mp4", "title": "x"}
        entry = make_entry(session, source, link=url, enclosures=[enclosure], pictures=[url])

    for path in (f"/feeds/entries/{entry.id}", f"/feeds/sources/{source.id}"):
        hrefs = {a.get("href") for a in browser.get(path).find(".//a")}

        assert all(href.startswith(("/", "#", "https://www.nat")) for href in hrefs)
        assert url not in hrefs - {"/feeds"}


def test_samples_are_labelled_everywhere(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, is_sample=True)
        entry = make_entry(session, source)

    for path in ("/feeds", f"/feeds/entries/{entry.id}", "/feeds/sources", "/"):
        assert "Sample" in browser.get(path).words


def test_a_text_in_another_language_is_marked_as_such(browser, runtime):
    welsh = store(runtime, make_entry, title="Craffu", language="cy")
    odd = store(runtime, make_entry, language="x y")

    assert browser.get(f"/feeds/entries/{welsh.id}").find(".//h1[@lang='cy']")
    assert not browser.get(f"/feeds/entries/{odd.id}").find(".//h1[@lang]")
