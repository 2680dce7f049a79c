"""JSON Feed is read as far as it can be."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds import jsonfeed
from kb.feeds.errors import ParseError
from kb.feeds.types import Enclosure
from tests.factories import NOW

VERSION = "https://jsonfeed.org/version/1.1"


def read(**values):
    return jsonfeed.read(json.dumps({"version": VERSION, "title": "t"} | values), now=NOW)


def test_an_item_is_read_whole():
    item = {
        "id": "1",
        "url": "https://a.example/1",
        "title": "Q&A <now>",
        "content_html": "<p>Hello</p>",
        "authors": [{"name": "Ann"}, {"name": "Bob"}],
        "language": "cy",
        "date_published": "2026-11-01T10:00:00Z",
        "tags": ["Scrutiny", 5, None],
        "image": "https://a.example/i.png",
        "attachments": [{"url": "https://a.example/a.mp3", "mime_type": "audio/mpeg"}],
    }
    feed = read(title="News", home_page_url="https://a.example/", language="en", items=[item])
    (entry,) = feed.entries
    assert (feed.title, feed.link, feed.language) == ("News", "https://a.example/", "en")
    assert (entry.guid, entry.title, entry.link) == ("1", "Q&amp;A &lt;now&gt;", item["url"])
    assert (entry.html, entry.author, entry.language) == ("<p>Hello</p>", "Ann, Bob", "cy")
    assert entry.published_at == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert entry.categories == ("Scrutiny", "5")
    assert entry.enclosures == (
        Enclosure(url="https://a.example/a.mp3", type="audio/mpeg"),
        Enclosure(url="https://a.example/i.png", type="image/*"),
    )


def test_plain_text_is_escaped():
    assert read(items=[{"content_text": "a < b\nc"}]).entries[0].html == "a &lt; b<br>c"


def test_numbers_are_ids_and_truths_are_none():
    items = [{"id": 1}, {"id": 1.0}, {"id": 2.5}, {"id": True}, {"id": None}]
    assert [entry.guid for entry in read(items=items).entries] == ["1", "1", "2.5", "", ""]


def test_wrong_types_cost_only_themselves():
    items = [{"id": 1, "url": ["x"], "authors": "Ann", "attachments": {"url": 1}}, None, "x"]
    feed = read(title={"a": 1}, items=items)
    assert [(entry.guid, entry.link, entry.author) for entry in feed.entries] == [("1", "", "Ann")]
    assert feed.problems == ("Some items of this feed are not readable.",)


def test_half_characters_and_nothing_characters_are_dropped():
    text = f'{{"version":"{VERSION}","items":[{{"title":"a\\ud800b\\u0000c"}}]}}'
    assert jsonfeed.read(text, now=NOW).entries[0].title == "abc"


def test_what_follows_the_feed_does_not_matter():
    assert jsonfeed.read(f'\ufeff{{"version":"{VERSION}","items":[]}} x', now=NOW).entries == ()


def test_a_very_long_feed_is_cut():
    feed = read(items=[{"id": n} for n in range(jsonfeed.MAX_ENTRIES + 1)])
    assert len(feed.entries) == jsonfeed.MAX_ENTRIES
    assert "very long" in feed.problems[0]


@pytest.mark.parametrize(
    "text", ['{"error":"rate limited"}', "[]", "{", "[" * 100_000, '{"items": 5, "title": "t"}']
)
def test_other_json_is_no_feed(text):
    with pytest.raises(ParseError, match="JSON"):
        jsonfeed.read(text, now=NOW)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [*("id", "url", "title", "content_html", "authors", "author", "tags", "attachments")]
)


@given(st.lists(st.dictionaries(NAMES, ANYTHING, max_size=4) | ANYTHING, max_size=3))
def test_any_items_are_read(items):
    read(items=items)
