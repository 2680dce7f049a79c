import json

import feedparser
import pytest
from lxml import etree

from kb.feeds import opml, stories
from kb.feeds.models import State
from tests.factories import NOW, make_entry, make_source

ATOM = "{http://www.w3.org/2005/Atom}"
ODD = "\x00\x0b<b>&\ufffe\U0001f600]]>"


@pytest.fixture
def filled(runtime):
    with runtime.database.transaction() as session:
        welsh = make_source(session, name="Craffu", nation="Wales", language="cy")
        make_entry(
            session,
            welsh,
            title="Damp & <cold>",
            html="<p>We <b>asked</b>.</p>",
            author="Ann",
            language="cy",
        )
        make_entry(session, title="English", html="", text="Plain.", published_at=None)


def atom(browser, query=""):
    response = browser.response(f"/feeds.atom{query}")
    assert response.mimetype == "application/atom+xml"
    return feedparser.parse(response.data)


def test_the_river_is_an_atom_feed(browser, filled):
    feed = atom(browser)

    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "What other councils are saying - Scrutiny Swap"
    assert feed.feed.id == "http://127.0.0.1:8000/feeds.atom"
    english, welsh = feed.entries
    assert welsh.title == "Damp & <cold>"
    assert welsh.link.startswith("http://127.0.0.1:8000/feeds/entries/")
    assert welsh.author == "Craffu: Ann"
    assert welsh.source.title == "Craffu"
    assert welsh.content[0].value == "<p>We <b>asked</b>.</p>"
    assert welsh.content[0].language == "cy"
    assert {link.rel for link in welsh.links} == {"alternate", "via"}
    assert english.content[0].value == "Plain."
    assert "published" not in english


def test_every_filter_is_a_feed(browser, filled):
    feed = atom(browser, "?nation=Wales&nation=Scotland&nation=")
    as_json = browser.response("/feeds.json?nation=Wales").get_json()

    assert [entry.title for entry in feed.entries] == [as_json["items"][0]["title"]]
    assert feed.feed.id == "http://127.0.0.1:8000/feeds.atom?nation=Scotland&nation=Wales"
    assert as_json["home_page_url"] == "http://127.0.0.1:8000/feeds?nation=Wales"
    assert len(as_json["items"]) == 1


@pytest.mark.parametrize("path", ["/feeds.atom", "/feeds.json"])
def test_a_filter_that_there_is_not_is_no_feed_of_everything(browser, filled, path):
    page = browser.get(f"{path}?nation=Wales&council=XXX", expect=404)

    assert "We know no council with the code “XXX”." in page.words


def test_the_feeds_say_who_else_tells_a_story(browser, runtime):
    with runtime.database.transaction() as session:
        first = make_entry(session)
        copy = make_entry(session, make_source(session, name="There"))
        stories.join(session, copy, first)

    (entry,) = atom(browser).entries
    (item,) = browser.response("/feeds.json").get_json()["items"]

    there = f"http://127.0.0.1:8000/feeds/entries/{copy.id}"
    related = [(link.href, link.title) for link in entry.links if link.rel == "related"]
    assert related == [(there, "Also seen at There")]
    assert item["_source"]["also_seen_at"] == [{"name": "There", "url": there}]


def test_one_source_is_a_feed(browser, runtime):
    with runtime.database.transaction() as session:
        entry, _ = make_entry(session, title="theirs"), make_entry(session)

    feed = atom(browser, f"?source={entry.source_id}")
    as_json = browser.response(f"/feeds.json?source={entry.source_id}").get_json()

    assert [item.title for item in feed.entries] == ["theirs"]
    assert [item["title"] for item in as_json["items"]] == ["theirs"]
    assert as_json["home_page_url"].endswith(f"/feeds?source={entry.source_id}")


def test_an_empty_river_is_a_valid_feed(browser):
    feed = atom(browser)
    as_json = browser.response("/feeds.json").get_json()

    assert not feed.bozo
    assert (feed.entries, as_json["items"]) == ([], [])
    assert feed.feed.updated == "1970-01-01T00:00:00Z"


def test_every_element_that_atom_demands_is_there_once(browser, filled):
    root = etree.fromstring(browser.response("/feeds.atom").data)

    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    for entry in root.iter(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert len(entry.findall(f"{ATOM}content")) == 1
    assert len({e.text for e in root.iter(f"{ATOM}id")}) == len([*root.iter(f"{ATOM}id")])


def test_the_river_is_a_json_feed(browser, filled):
    response = browser.response("/feeds.json")
    feed = json.loads(response.data)

    assert response.mimetype == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    english, welsh = feed["items"]
    assert welsh["content_html"] == "<p>We <b>asked</b>.</p>"
    assert welsh["authors"] == [{"name": "Craffu: Ann"}]
    assert welsh["date_published"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert welsh["language"] == "cy"
    assert english["content_text"] == "Plain."
    assert "content_html" not in english
    for item in feed["items"]:
        assert item["id"] == item["url"]


def test_odd_characters_break_no_feed(browser, runtime):
    fields = ("title", "author", "html", "text", "summary", "link", "language")
    with runtime.database.transaction() as session:
        source = make_source(session, name=ODD, site_url=ODD, feed_url=ODD, language=ODD)
        make_entry(session, source, **dict.fromkeys(fields, ODD), categories=[ODD])

    feed = atom(browser)
    as_json = json.loads(browser.response("/feeds.json").data)

    assert not feed.bozo
    assert "\U0001f600" in feed.entries[0].title
    assert "external_url" not in as_json["items"][0]


def test_samples_are_called_samples(browser, runtime):
    with runtime.database.transaction() as session:
        make_entry(session, make_source(session, name="Fenbridge", is_sample=True))

    assert atom(browser).entries[0].author == "Sample: Fenbridge"
    assert browser.response("/feeds.json").get_json()["items"][0]["_source"]["name"] == (
        "Sample: Fenbridge"
    )


def test_a_sample_leads_to_its_feed_on_this_site(browser, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, feed_url="/feeds/samples/craffu.xml", is_sample=True)
        make_entry(session, source)

    (entry,) = atom(browser).entries

    assert entry.source.id == f"{runtime.settings.base_url}/feeds/samples/craffu.xml"


def test_what_is_hidden_is_in_no_feed(browser, runtime):
    with runtime.database.transaction() as session:
        make_entry(session, is_hidden=True)

    assert atom(browser).entries == []


@pytest.mark.parametrize("path", ["/feeds.atom", "/feeds.json", "/feeds/sources.opml"])
def test_who_has_it_already_is_told_so(browser, filled, path):
    first = browser.response(path)

    second = browser.response(path, headers={"If-None-Match": first.headers["ETag"]})

    assert second.status_code == 304
    assert second.data == b""
    assert "Set-Cookie" not in first.headers


def test_the_page_leads_to_the_feeds_of_its_filters(browser, filled):
    page = browser.get("/feeds?nation=Wales")

    links = [
        (link.get("type"), link.get("href")) for link in page.find(".//link[@rel='alternate']")
    ]
    assert links == [
        ("application/atom+xml", "/feeds.atom?nation=Wales"),
        ("application/feed+json", "/feeds.json?nation=Wales"),
    ]


def test_the_sources_are_an_opml_list_that_can_be_taken_in_again(browser, runtime):
    with runtime.database.transaction() as session:
        kept = make_source(session, name="Kept <&>")
        make_source(session, state=State.RETIRED)

    response = browser.response("/feeds/sources.opml")

    assert response.mimetype == "text/x-opml"
    assert "sources.opml" in response.headers["Content-Disposition"]
    (outline,) = opml.read(response.data).outlines
    assert (outline.title, outline.feed_url) == ("Kept <&>", kept.feed_url)
