"""Feeds are read as well as they can be, and what is no feed is called by its name."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds import parse as parsing
from kb.feeds.decode import decode
from kb.feeds.errors import ParseError
from kb.feeds.parse import parse
from kb.feeds.types import Enclosure
from tests.factories import NOW

URL = "https://a.example/feed"
ITEM = "<item><title>{0}</title><link>https://a.example/{0}</link><guid>g{0}</guid></item>"


def rss(*items, channel=""):
    return f'<rss version="2.0"><channel><title>T</title>{channel}{"".join(items)}</channel></rss>'


def atom(inside, attributes=""):
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>T</title>{inside}</feed>'


def read(text):
    return parse(decode(text.encode(), ""), url=URL, now=NOW)


def titles(feed):
    return [entry.title for entry in feed.entries]


def test_an_rss_item_is_read_whole():
    feed = read(
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>'
        "<link>https://a.example/</link><language>cy</language><item><title>One</title>"
        '<link>https://a.example/1</link><guid isPermaLink="false">id 1</guid>'
        "<pubDate>Tue, 2 Jun 2026 10:00:00 BST</pubDate><dc:creator>Ann &amp; Bob</dc:creator>"
        "<category>Scrutiny</category><description>short</description>"
        "<content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
        '<enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>'
        "</item></channel></rss>"
    )
    (entry,) = feed.entries
    assert (feed.title, feed.link, feed.language) == ("News", "https://a.example/", "cy")
    assert (entry.guid, entry.title, entry.link) == ("id 1", "One", "https://a.example/1")
    assert (entry.html, entry.author) == ("<p>Long</p>", "Ann &amp; Bob")
    assert entry.published_at == datetime(2026, 6, 2, 9, tzinfo=UTC)
    assert entry.categories == ("Scrutiny",)
    assert entry.enclosures == (Enclosure(url="https://a.example/a.mp3", type="audio/mpeg"),)
    assert feed.problems == ()


@pytest.mark.parametrize("end", ["", "<item>"])  # as both of feedparser's readers read it
def test_what_pictures_show_is_said_of_them_and_not_of_the_post(end):
    pictures = "".join(
        f'<media:content url="https://a.example/{name}.png" type="image/png" medium="image">'
        '<media:rating scheme="urn:simple">nonadult</media:rating>'
        f'<media:description type="plain">{name} on a map</media:description></media:content>'
        for name in ("Damp", "Mould")
    )
    post = f"<item><description>&lt;p&gt;Our report&lt;/p&gt;</description>{pictures}</item>"
    feed = read(
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>'
        f"{post}{end}</channel></rss>"
    )
    assert feed.entries[0].html == "<p>Our report</p>"
    assert feed.entries[0].enclosures == tuple(
        Enclosure(url=f"https://a.example/{name}.png", type="image/png", title=f"{name} on a map")
        for name in ("Damp", "Mould")
    )


def test_what_is_said_of_a_film_is_the_text_of_its_entry():
    feed = read(
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>'
        '<item><media:content url="https://a.example/v" type="video/mp4">'
        "<media:description>Part 1</media:description></media:content></item></channel></rss>"
    )
    (entry,) = feed.entries
    assert entry.html == "Part 1"
    assert entry.enclosures == (Enclosure(url="https://a.example/v", type="video/mp4"),)


def test_an_atom_entry_is_read_with_its_base():
    feed = read(
        atom(
            '<entry xml:base="y/"><id>tag:1</id><title type="html">a &amp;amp; b</title>'
            '<link href="z"/><published>2026-11-01T10:00:00Z</published>'
            "<updated>2026-11-02T10:00:00Z</updated>"
            '<content type="text">1 &lt; 2</content></entry>',
            ' xml:base="https://b.example/x/"',
        )
    )
    (entry,) = feed.entries
    assert (entry.title, entry.link) == ("a &amp; b", "https://b.example/x/y/z")
    assert (entry.base, entry.html) == ("https://b.example/x/y/", "1 &lt; 2")
    assert (entry.published_at.day, entry.updated_at.day) == (1, 2)


def test_json_feed_is_read_whatever_it_is_called():
    feed = read('{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}')
    assert [entry.guid for entry in feed.entries] == ["1"]


def test_an_id_that_is_no_address_is_no_link():
    feed = read(rss("<item><title>a</title><guid>post-1</guid></item>"))
    assert (feed.entries[0].guid, feed.entries[0].link) == ("post-1", "")
    feed = read(rss("<item><title>a</title><guid>https://a.example/1</guid></item>"))
    assert feed.entries[0].link == "https://a.example/1"


@pytest.mark.parametrize(
    "text",
    [
        "\n\n  " + rss(ITEM.format(1)),
        "<br />\n<b>Warning</b>: failed in <b>x.php</b><br />\n" + rss(ITEM.format(1)),
        rss(ITEM.format(1)) + "<!-- cached --><script>x()</script>",
        rss("<?x y?>" * 1000, ITEM.format(1)),
        rss("<title>A</b></title>", ITEM.format(1)),
        rss(ITEM.format(1), "<item><title>2</title><description><![CDATA[never closed"),
        "<rss version='2.0'><channel>" + ITEM.format(1) + "<item><title>half",
        rss("<item><title>a</title><dc:creator>Ann</dc:creator></item>", ITEM.format(1)),
    ],
)
def test_a_broken_feed_keeps_its_entries(text):
    assert "1" in titles(read(text))


def test_a_feed_that_stops_in_the_middle_says_so():
    feed = read("<rss version='2.0'><channel>" + ITEM.format(1) + "<item><title>half")
    assert feed.problems == ("The feed stops in the middle; what came before was kept.",)
    assert feed.is_cut
    feed = read(rss("<item><title>A</b></title></item>"))
    assert "not well-formed" in feed.problems[0]
    assert not feed.is_cut


@pytest.mark.parametrize(
    ("end", "is_half"),
    [
        *(("", False), ("<ite", False), ("<!-- <link", False)),
        *(("<item>", True), ("<Item a='b'><title>2</title", True), ("<item><x:item/>", True)),
        ("<item><guid>g", True),
    ],
)
def test_it_is_known_whether_the_last_entry_is_whole(end, is_half):
    feed = read("<rss version='2.0'><channel>" + ITEM.format(1) + end)
    assert feed.is_cut
    assert feed.is_half == is_half
    assert [entry.guid for entry in feed.entries] == ["g1", ""][: 1 + is_half]


def test_an_id_of_half_an_entry_is_told_only_where_it_is_whole():
    feed = read("<rss version='2.0'><channel><item><guid>g1</guid><title>On")
    assert (feed.is_half, feed.entries[0].guid) == (True, "g1")


def test_words_that_are_never_closed_stop_in_the_middle():
    feed = read(rss(ITEM.format(1), "<item><title>2</title><description><![CDATA[ and on</item>"))
    assert feed.is_cut
    assert feed.is_half
    assert titles(feed)[0] == "1"


def test_junk_after_the_end_cuts_nothing():
    assert not read(rss(ITEM.format(1)) + "<p>and a page" * 500).is_cut


SPACE = "http://purl.org/rss/1.0/modules/syndication/"


@pytest.mark.parametrize(
    ("hints", "seconds"),
    [
        ("", 0),
        ("<ttl>90</ttl>", 5400),
        ("<ttl>-5</ttl>", 0),
        ("<ttl>soon</ttl>", 0),
        (f"<ttl>{'9' * 30}</ttl>", 0),
        (f"<s:updatePeriod xmlns:s='{SPACE}'>daily</s:updatePeriod>", 86_400),
        (
            f"<s:updatePeriod xmlns:s='{SPACE}'> hourly </s:updatePeriod>"
            f"<s:updateFrequency xmlns:s='{SPACE}'>2</s:updateFrequency>",
            1800,
        ),
        (
            f"<ttl>0</ttl><s:updatePeriod xmlns:s='{SPACE}'>daily</s:updatePeriod>"
            f"<s:updateFrequency xmlns:s='{SPACE}'>0</s:updateFrequency>",
            86_400,
        ),
    ],
)
def test_a_feed_may_say_how_rarely_to_ask(hints, seconds):
    assert read(rss(hints, ITEM.format(1))).every_s == seconds


def test_a_feed_without_entries_is_a_feed():
    assert read(rss()).entries == ()


def test_lone_ampersands_and_names_of_html_are_read():
    feed = read(
        rss("<item><title>Q&A &eacute;</title><link>http://x.example/?a=1&b=2</link></item>")
    )
    assert (feed.entries[0].title, feed.entries[0].link) == (
        "Q&amp;A é",
        "http://x.example/?a=1&b=2",
    )


def test_entities_of_its_own_do_not_unfold():
    bomb = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1 or chr(32)};" * 9}">' for n in range(1, 12)
    )
    feed = read(f'<?xml version="1.0"?><!DOCTYPE rss [{bomb}]>' + rss(ITEM.format("&a11;")))
    assert titles(feed) == ["&amp;a11;"]


def test_deep_nesting_does_no_harm():
    feed = read(rss(ITEM.format(1), "<item>" + "<a>" * 5000 + "</a>" * 5000 + "</item>"))
    assert titles(feed)[0] == "1"


def test_a_very_long_feed_is_cut():
    feed = read(rss(*(ITEM.format(n) for n in range(parsing.MAX_ENTRIES + 1))))
    assert len(feed.entries) == parsing.MAX_ENTRIES
    assert "very long" in feed.problems[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The answer was empty."),
        ("<!doctype html><html><title>x</title></html>", "This is a web page, not a feed."),
        ('<?xml version="1.0"?><urlset><url/></urlset>', "This XML file is not a feed."),
        ('<opml version="2.0"><body/></opml>', "This is a list of feeds"),
        ("%PDF-1.7 x", "This is a PDF, not a feed."),
        ("GIF89a", "This is a picture"),
        ("BEGIN:VCALENDAR", "This is a calendar"),
        ("<html><form><input type='password'></form>", "This is a page to sign in"),
        ("hello", "This is not a feed."),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(text, sentence):
    with pytest.raises(ParseError, match=sentence):
        read(text)


def test_a_picture_sent_as_a_feed_is_called_a_picture():
    with pytest.raises(ParseError, match="picture"):
        parse(decode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ""), url=URL, now=NOW)


PIECES = st.lists(
    st.sampled_from(
        [
            *("<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<feed>", "&#x"),
            *(
                "<entry>",
                "<content type='xhtml'>",
                "<![CDATA[",
                "]]>",
                "<author>",
                "a@b.c",
                "&lt;",
            ),
            *(
                "<link>",
                "</link>",
                "<guid>",
                "http://[",
                "<!DOCTYPE",
                "&#xD800;",
                "<pubDate>",
                "9",
            ),
            *("<svg>", "<image>", "<description>", "</description>", "<media:content url='x'>"),
            *("<content type='x' mode='base64'>", "</content>", "<itunes:image href='a'/>", "\0"),
        ]
    )
    | st.text(max_size=3),
    max_size=30,
)


@given(PIECES.map("".join))
def test_only_a_parse_error_comes_out_of_any_markup(text):
    with suppress(ParseError):
        parse(decode(text.encode("utf-8", "replace"), ""), url=URL, now=NOW)


@given(st.binary(max_size=300))
def test_only_a_parse_error_comes_out_of_any_bytes(content):
    with suppress(ParseError):
        parse(decode(content, ""), url=URL, now=NOW)
