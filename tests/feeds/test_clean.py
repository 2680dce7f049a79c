"""Entries become safe to show, plain to read and lasting in their identity."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds.clean import MAX_ALT, MAX_HTML, clean, plain
from kb.feeds.types import Enclosure, Illustration, ParsedEntry, ParsedFeed
from tests.factories import NOW

URL = "https://a.example/news/feed"


def cleaned(*entries, url=URL):
    return clean(ParsedFeed(entries=entries), url=url).entries


def one(url=URL, **values):
    (entry,) = cleaned(ParsedEntry(**{"title": "t"} | values), url=url)
    return entry


def keys(**values):
    return one(**values).keys


def test_the_words_stay_and_what_acts_goes():
    entry = one(
        html='<h2 onclick="x()">Budget</h2><p style="x">Q&amp;A <b>now</b></p><script>x()</script>'
        '<iframe src="https://e.example"></iframe><form><input value="x">Go</form>'
    )
    assert entry.html == "<h2>Budget</h2><p>Q&amp;A <b>now</b></p>Go"
    assert entry.text == "Budget\nQ&A now\nGo"


def test_pictures_are_taken_out_and_remembered():
    entry = one(html='<p>a<img src="/i.png" onerror="x()"><img src="data:image/png,x"></p>')
    pictures = (Illustration(url="https://a.example/i.png"),)
    assert (entry.html, entry.pictures) == ("<p>a</p>", pictures)


@pytest.mark.parametrize(
    ("written", "alt"),
    [
        ("A chart &amp; a <b>map</b> of damp", "A chart & a map of damp"),
        ("  Siart o’r\n ŵyl ", "Siart o’r ŵyl"),
        ("safe \u202egnp.exe\u2066 Bud\u200bget\u200f", "safe gnp.exe Budget"),
        ("&quot;&gt;<img src=/b.png alt=&quot;no", '">'),
        ("<script>x()</script>", ""),
        ("y src=&quot;/c.png&quot;", 'y src="/c.png"'),
        ("x" * 10_000, "x" * (MAX_ALT - 1) + "…"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_a_picture_shows_is_plain_text_that_stays_with_it(written, alt, first):
    both = [f'alt="{written}"', 'src="/a?b=1&amp;c=2"']
    entry = one(html=f"<p><img {' '.join(both if first else both[::-1])}></p><img alt='of none'>")
    assert entry.pictures == (Illustration(url="https://a.example/a?b=1&c=2", alt=alt),)
    assert (entry.html, entry.text) == ("<p></p>", "")


def test_a_picture_that_comes_twice_is_kept_once_with_what_is_said_of_it():
    entry = one(html='<img src="/1"><img src="/2" alt="Two"><img src="/1" alt="One">')
    assert [picture.alt for picture in entry.pictures] == ["One", "Two"]


def test_a_post_of_pictures_alone_is_called_by_what_they_show():
    assert one(title="", html='<img src="/1" alt=""><img src="/2" alt="Damp">').title == "Damp"
    picture = Enclosure(url="/1", type="image/png", title="x" * 1_000)
    assert one(title="", enclosures=(picture,)).title == "x" * 79 + "…"
    assert one(enclosures=(picture,)).enclosures[0].title == picture.title


@pytest.mark.parametrize(
    "markup",
    [
        '<video src="//e.example/v" poster="//e.example/p"><source src="//e.example/v"></video>',
        '<div style="background:url(//e.example/x)">a</div>',
        '<link rel="stylesheet" href="//e.example/x"><meta content="0;url=//e.example">',
        '<picture><source srcset="//e.example/i 2x"><img srcset="//e.example/i"></picture>',
        '<svg><image href="//e.example/x"/></svg><object data="//e.example/o"></object>',
        '<table background="//e.example/x"><tr><td>a</td></tr></table>',
        '<a href="x" ping="//e.example/p">a</a><audio src="//e.example/a"></audio>',
    ],
)
def test_nothing_loads_from_elsewhere(markup):
    assert "e.example" not in one(html=markup).html


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/x", "https://a.example/x"),
        ("/x/../y", "https://a.example/y"),
        ("y?a=1#b", "https://a.example/news/y?a=1#b"),
        ("//b.example/x", "https://b.example/x"),
        ("HTTP://B.example/x", "http://b.example/x"),
        ("http://b.example/a b", "http://b.example/a%20b"),
        ("\n http://b.example/\n x", "http://b.example/%20x"),
        ("http://user:word@b.example:8080/", "http://b.example:8080/"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("https://b.example/<\">'", "https://b.example/%3C%22%3E'"),
        ("http://[::1]/x", "http://[::1]/x"),
        *((bad, "") for bad in ("javascript:x()", "JAVA\nSCRIPT:x()", "data:text/html,x")),
        *((bad, "") for bad in ("vbscript:x", "file:///etc/passwd", "http://", "http://[")),
        *((bad, "") for bad in ("mailto:a@b.example", "http://a:b/", "https://a.example/" * 200)),
        *((bad, "") for bad in ("http://a&b.example/", "http://xn--é.example\x00/", "")),
    ],
)
def test_a_link_is_absolute_and_of_the_web_or_none(address, expected):
    assert one(link=address).link == expected


def test_links_in_the_text_count_from_its_base_or_the_entrys_link():
    markup = '<a href="z">z</a>'
    assert 'href="https://a.example/news/z"' in one(html=markup).html
    assert 'href="https://b.example/p/z"' in one(html=markup, link="https://b.example/p/q").html
    based = one(html=markup, link="https://b.example/p/q", base="https://c.example/")
    assert 'href="https://c.example/z"' in based.html
    assert 'href="https://a.example/news/z"' in one(html=markup, base="javascript:x()//").html


def test_a_link_in_the_text_tells_its_target_nothing():
    markup = one(html='<a href="https://b.example/" rel="opener" target="x">a</a>').html
    assert markup == '<a href="https://b.example/" rel="noopener noreferrer nofollow">a</a>'


def test_a_bad_link_in_the_text_keeps_its_words_and_mail_may_stay():
    assert "href" not in one(html='<a href="javascript:x()">words</a>').html
    assert "words" in one(html='<a href="javascript:x()">words</a>').html
    assert 'href="mailto:a@b.example"' in one(html='<a href="mailto:a@b.example">a</a>').html


def test_enclosures_are_of_the_web_and_each_once():
    given_ = [
        *(Enclosure(url="/a.mp3", type="Audio/MPEG"), Enclosure(url="https://a.example/a.mp3")),
        *(Enclosure(url="javascript:x()"), Enclosure(url="/b", type="<b>", title="<i>B</i>")),
    ]
    assert one(enclosures=tuple(given_)).enclosures == (
        Enclosure(url="https://a.example/a.mp3", type="audio/mpeg"),
        Enclosure(url="https://a.example/b", title="B"),
    )


def test_every_other_field_is_plain_text():
    entry = one(
        title="<b>AT&amp;T</b> &lt;b&gt;",
        author="<script>x()</script>Ann\n &lt;a@b.example&gt;",
        categories=("<i>Budget</i>", "Budget", ""),
        language="en_GB",
    )
    assert (entry.title, entry.author) == ("AT&T <b>", "Ann <a@b.example>")
    assert (entry.categories, entry.language) == (("Budget",), "en-GB")
    assert one(language="<b>").language == ""


def test_hidden_and_turning_characters_go_and_joined_pictures_stay():
    assert plain("safe \u202egnp.exe\u2066 Bud\u200bget\ufeff \x00\x07") == "safe gnp.exe Budget"
    assert plain("Family \U0001f469\u200d\U0001f467") == "Family \U0001f469\u200d\U0001f467"
    assert plain("Cafe\u0301") == "Café"
    assert one(html="<p>a\u202eb</p>").text == "ab"


def test_an_entry_without_title_is_called_by_its_words():
    assert one(title="", html="<p>A short post</p>").title == "A short post"
    assert one(title="", link="https://b.example/x").title == "b.example"
    assert one(title="").title == "Untitled"
    assert len(one(title="word " * 900).title) <= 300


def test_the_summary_ends_with_a_word():
    summary = one(html="<p>" + "scrutiny " * 100 + "</p>").summary
    assert len(summary) <= 300
    assert summary.endswith("scrutiny…")


def test_deep_and_endless_html_keeps_its_words():
    assert one(html="<div>" * 50_000 + "deep" + "</div>" * 50_000).text == "deep"
    assert one(html="<p>" * 90 + "<br>word</p>" * 900).text.count("word") == 900
    assert len(one(html="<p>x</p>" * MAX_HTML).html) <= MAX_HTML


def test_the_published_time_is_the_updated_one_where_there_is_no_other():
    assert one(updated_at=NOW).published_at == NOW
    assert one(published_at=NOW - timedelta(1), updated_at=NOW).published_at < NOW


def test_the_first_key_is_the_guid_then_the_link_then_the_words():
    assert keys(guid="\n g 1 ", link="https://b.example/x")[0] == "g 1"
    assert keys(link="https://b.example/x")[0] == "b.example/x"
    assert len(keys(html="<p>words</p>")[0]) == 40
    assert keys(guid="ABC")[0] != keys(guid="abc")[0]


@pytest.mark.parametrize(
    "link",
    [
        "https://b.example/x?p=1",
        "http://www.b.example/x/?p=1#top",
        "http://b.example:80/x?p=1",
        "https://b.example/x?p=1&utm_source=rss&UTM_Campaign=2&fbclid=abc",
        "https://b.example/x?gclid=5&p=1&mc_cid=7",
    ],
)
def test_the_second_key_is_the_link_without_tracking(link):
    assert keys(guid="g", link=link)[1] == "b.example/x?p=1"


@pytest.mark.parametrize(
    "guid", ["http://b.example/?p=1", "https://b.example/?p=1", "//www.new.example:8080/?p=1"]
)
def test_the_second_key_is_the_guid_without_scheme_and_host_where_there_is_no_link(guid):
    assert keys(guid=guid)[1] == "/?p=1"


@pytest.mark.parametrize(
    ("guid", "key"),
    [
        ("tag:b.example,2026:1", "b.example,2026:1"),
        ("urn:uuid:1-2", "uuid:1-2"),
        ("https://b.example/", "b.example"),
        ("http://[b", "http://[b"),
        ("a 1", "a 1"),
    ],
)
def test_a_guid_that_names_no_page_is_a_key_nevertheless(guid, key):
    assert keys(guid=guid)[1] == key


def test_the_third_key_is_the_title_with_its_date_or_the_text():
    same = keys(published_at=NOW, html="a")[2]
    assert same == keys(published_at=NOW, html="b")[2]
    assert same != keys(published_at=NOW - timedelta(1), html="a")[2]
    assert keys(html="a")[2] != keys(html="b")[2]
    assert keys(title="", published_at=NOW, html="a")[2] == keys(title="", html="a")[2]


def test_no_key_is_longer_than_an_index_takes():
    long = "https://b.example/?" + "a" * 60_000
    assert all(len(key) <= 300 for key in keys(guid=long, link=long))


def test_the_hash_knows_title_and_text_and_no_date():
    entry = one(html="<p>a</p>")
    assert entry.hash == one(html="<div><b>a</b></div>", published_at=NOW, link="/x").hash
    assert entry.hash != one(html="<p>b</p>").hash
    assert entry.hash != one(html="<p>a</p>", title="u").hash


def test_entries_that_share_a_guid_are_told_apart_by_link_in_any_order():
    three = [ParsedEntry(guid="same", title=f"t{n}", link=f"/{n}") for n in range(3)]
    forwards, backwards = cleaned(*three), cleaned(*reversed(three))
    assert len({entry.keys[0] for entry in forwards}) == 3
    assert {entry.keys for entry in forwards} == {entry.keys for entry in backwards}


def test_entries_that_share_a_link_are_told_apart_by_their_words():
    three = [ParsedEntry(title=f"t{n}", link="/") for n in range(3)]
    assert len({entry.keys[0] for entry in cleaned(*three)}) == 3
    assert len({entry.keys[1] for entry in cleaned(*three)}) == 3


def test_entries_with_one_title_and_date_and_no_address_are_told_apart_by_text():
    entry = ParsedEntry(title="Agenda published", published_at=NOW, html="one")
    assert len({found.keys[0] for found in cleaned(entry, replace(entry, html="two"))}) == 2


@pytest.mark.parametrize("given", [{"guid": "g", "link": "/x"}, {"link": "/x"}, {}])
def test_twins_are_two_entries_and_the_first_keeps_the_keys_that_it_has_alone(given):
    entry = ParsedEntry(title="t", **given)
    first, second = cleaned(entry, entry)
    assert first == cleaned(entry)[0]
    assert (first.copy, second.copy) == (1, 2)
    assert not set(first.keys) & set(second.keys)


def test_twins_keep_their_keys_in_any_order_though_their_texts_differ():
    same = {"guid": "g", "title": "t", "link": "/x", "published_at": NOW}
    twins = [ParsedEntry(html=html, **same) for html in ("one", "two", "three")]
    forwards, backwards = cleaned(*twins), cleaned(*reversed(twins))
    assert len({entry.keys for entry in forwards}) == 3
    assert {(e.keys, e.hash) for e in forwards} == {(e.keys, e.hash) for e in backwards}


def test_twins_do_not_discredit_the_guid_of_the_first():
    twin, other = ParsedEntry(guid="g", link="/x"), ParsedEntry(guid="h", link="/y")
    assert [entry.keys[0] for entry in cleaned(twin, other, twin)] == ["g", "h", "g 2"]


def test_the_feed_itself_is_cleaned():
    feed = ParsedFeed(title="<b>News</b>", link="/", language="cy", problems=("A problem.",))
    found = clean(feed, url=URL)
    assert (found.title, found.link, found.language) == ("News", "https://a.example/", "cy")
    assert found.problems == ("A problem.",)


MARKUP = st.lists(
    st.sampled_from(
        [
            *(
                "<a href='",
                "<img src=",
                "' alt='",
                "'>",
                "</a>",
                "javascript:x()",
                "<svg>",
                "<math>",
                "<style>",
            ),
            *("&lt;img&gt;", "<b", ">", "<!--", "-->", "<table>", '" onload="x()', "&#60;", "<p>"),
            *("<script>", "</script>", "<template>", "<noscript>", "\u202e", "<title>", "&quot;"),
        ]
    )
    | st.text(max_size=4),
    max_size=25,
).map("".join)
SAFE = re.compile(
    r"[^<]|<(?:/?[a-z][a-z0-9]*|a href=\"(?:https?:|mailto:)[^\"<>]*\"(?: rel=\"[a-z ]+\")"
    r"|a rel=\"[a-z ]+\")>"
)


@given(MARKUP, st.text(max_size=40) | MARKUP)
def test_any_html_is_made_of_plain_tags_and_links_alone(markup, link):
    entry = one(html=markup, title=markup, link=link, guid=link)
    assert not SAFE.sub("", entry.html)
    assert not re.search("<(?:img|script|svg|math|style|iframe)", entry.html)
    assert entry.title
    assert re.match(r"https?://[^\s<>\"]+\Z|\Z", entry.link)
    repr(entry).encode()
