"""What others may send, by mistake or by malice. Each goes through the real stages to the end."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from kb.feeds.errors import FetchError, ParseError
from tests.factories import NOW
from tests.services.feedserver import Reply
from tests.services.feedtexts import (
    HTML_TYPE,
    JSON_TYPE,
    RSS_SPACES,
    RSS_TYPE,
    Post,
    atom,
    json_feed,
    page,
    posts,
    rss,
)

SCRIPT = "<script>alert(1)</script>"
ATTACKS = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">press</a>',
    '<a href="java&#10;script:alert(1)">press</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<math><mtext></form><form><mglyph><style></math><img src onerror="alert(1)">',
    '<form action="https://evil.example"><input name="password"></form>',
    '<p style="background:url(javascript:alert(1))">styled</p>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<a href="data:text/html,<script>alert(1)</script>">press</a>',
]
ACTIVE = [
    *("<script", "onerror", "onload", "javascript:", "<iframe", "<object", "<form", "<input"),
    *("<svg", "<math", "style=", "<style", "<meta", "<base", "data:", "<img", "srcdoc"),
]
BAD_LINKS = [
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"),
    *("file:///etc/passwd", "blob:https://x/1", " javascript:alert(1)"),
]
PRIVATE = [
    *(
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://0/",
        "http://2130706433/",
        "http://10.0.0.1/",
    ),
    *("http://169.254.169.254/latest/", "http://100.64.0.1/", "http://[64:ff9b::7f00:1]/"),
    *("http://[2002:7f00:1::]/", "http://[::ffff:127.0.0.1]/", "http://224.0.0.1/"),
    *("http://localhost/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://a@10.0.0.1/"),
]


def document(*items, doctype=""):
    """An RSS document around raw XML."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<rss version="2.0" {RSS_SPACES}>'
    return f"{start}<channel><title>T</title>{''.join(items)}</channel></rss>".encode()


def item(title="A title", rest="", text="Some words."):
    return f"<item><title>{title}</title><description>{text}</description>{rest}</item>"


def active(entries):
    """What in their HTML could do more than be read."""
    html = [entry.html.lower() for entry in entries]
    return [(sign, text) for text in html for sign in ACTIVE if sign in text]


def test_an_entity_bomb_costs_that_feed_and_no_other(follower):
    lines = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    bomb = f'<!DOCTYPE rss [<!ENTITY a0 "boom">{"".join(lines)}]>'

    with suppress(ParseError):
        follower.hears(document(item("Bomb", text="&a11;"), doctype=bomb))
    assert all(len(entry.html) < 100_000 for entry in follower.entries)
    assert follower.hears(rss(posts(2))).new == 2


@pytest.mark.parametrize("address", ["file:///etc/passwd", "{}/secret"])
def test_nothing_outside_the_document_is_read(follower, web, address):
    web.routes["/secret"] = Reply(body=b"root:x:0:0")
    kind = f'SYSTEM "{address.format(web.url(""))}"'
    doctype = f"<!DOCTYPE rss {kind} [<!ENTITY x {kind}><!ENTITY % y {kind}> %y;]>"

    with suppress(ParseError):
        follower.hears(document(item("Words", text="before &x; after"), doctype=doctype))

    assert web.hits("/secret") == 0
    assert not any("root:" in entry.html for entry in follower.entries)


@pytest.mark.parametrize(
    "text",
    [
        "&lt;div&gt;" * 50_000 + "deep",
        "&lt;i " + "x=1 " * 50_000 + "&gt;many",
        f"&lt;i title='{'x' * 1_000_000}'&gt;wide",
        "&lt;" * 100_000,
        "&amp;" * 100_000,
        "&lt;!--" * 30_000,
        "<b>" * 100_000 + "deep",
    ],
    ids=["divs", "attributes", "attribute", "lt", "amp", "comments", "elements"],
)
def test_what_is_too_much_costs_one_entry_at_most(follower, text):
    with suppress(ParseError):
        follower.hears(document(item("Good"), item("Too much", text=text)))

    assert follower.hears(rss(posts(1))).new == 1


def test_a_long_author_does_not_hold_the_worker_up(follower):
    author = f"<author>a@{'a.' * 16_000}!</author>"

    follower.hears(document(item(rest=author)))

    assert len(follower.entry.author) <= 500


def test_an_impossible_character_costs_itself_alone(follower):
    references = ["&#0;", "&#xD800;", "&#x110000;", "&#xFFFF;", "&#8;"]
    bad = [item(f"Before {r}after {n}&nbsp;") for n, r in enumerate(references)]

    follower.hears(document(*bad, item("Last")))

    assert follower.titles[-1] == "Last"
    assert all(t.startswith("Before") and "after" in t for t in follower.titles[:-1])
    assert len(follower.titles) == len(references) + 1


def test_control_characters_are_left_out(follower):
    follower.hears(document(item("A\x00B\x01C\x0bD", text="text\x00 and\x1f more")))

    assert follower.entry.title in {"ABCD", "A B C D", "AB C D"}
    assert not any(ord(c) < 32 and c not in "\n\t" for c in follower.entry.text)


def test_one_bad_byte_costs_that_byte_alone(follower):
    text = "Café £5m and a long way to go " * 40
    body = document(item("Café", text=text)).replace(b"long", b"l\xffong", 1)

    follower.hears(body)

    assert follower.entry.title == "Café"
    assert "Café £5m" in follower.entry.text
    assert "Ã" not in follower.entry.text


@pytest.mark.parametrize("byte", [b"\xff", b"\xc3", b"\x93", b"\xe2\x82"])
def test_one_bad_byte_in_one_entry_leaves_the_letters_of_the_others(follower, byte):
    words = "Llŷr a Siân – “cyllideb” £5m, 日本語 и русский"
    good = [item(f"{words} {n}", text=words) for n in range(6)]
    body = document(*good, item("Bad BYTE")).replace(b"BYTE", byte)

    follower.hears(body, content_type="text/xml; charset=iso-8859-1")

    assert {f"{words} {n}" for n in range(6)} < set(follower.titles)
    assert len(follower.titles) == 7


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "application/rss+xml; charset=iso-8859-1"),
        ("cp1252", "application/rss+xml; charset=utf-8"),
        ("utf-8", "text/xml"),
        ("utf-16", "application/rss+xml"),
        ("utf-8-sig", "application/rss+xml; charset=utf-7"),
        ("utf-8", "text/html"),
        ("utf-8", "image/png"),
    ],
)
def test_a_wrong_charset_or_type_is_seen_through(follower, encoding, content_type):
    body = document(item("Café “quoted”")).decode().encode(encoding)

    follower.hears(body, content_type)

    assert follower.entry.title == "Café “quoted”"


def test_a_truncated_document_gives_its_whole_entries(follower):
    body = document(item("One"), item("Two"), item("Three"))

    follower.hears(body[: body.index(b"Three") + 2])

    assert follower.titles[:2] == ["One", "Two"]


@pytest.mark.parametrize(
    "junk",
    ["\n\n{}", "<br /><b>Warning</b>: a line of PHP in {}", "{}<!-- a comment --> and more"],
)
def test_words_around_the_document_do_no_harm(follower, junk):
    follower.hears(junk.replace("{}", rss(posts(2)).decode()).encode())

    assert len(follower.entries) == 2


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (page("Sign in"), HTML_TYPE, "page"),
        (page("Not a feed"), RSS_TYPE, "page"),
        (b"", RSS_TYPE, ""),
        (b"%PDF-1.7 \xff\xfe\x00", RSS_TYPE, "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", RSS_TYPE, "feed"),
        (b'{"error": "rate limited"}', "application/json", "JSON Feed"),
        (b"<urlset><url><loc>https://x.example/</loc></url></urlset>", "text/xml", "feed"),
        (b'<opml version="2.0"><body><outline xmlUrl="x"/></body></opml>', "text/xml", "OPML"),
        (b"[" * 50_000, JSON_TYPE, "feed"),
    ],
    ids=["html", "disguised", "empty", "pdf", "png", "error", "sitemap", "opml", "deep-json"],
)
def test_what_is_no_feed_is_said_to_be_none(follower, body, content_type, words):
    follower.hears(rss(posts(1)))

    with pytest.raises((ParseError, FetchError)) as told:
        follower.hears(body, content_type)

    assert words in str(told.value)
    assert len(follower.entries) == 1


@pytest.mark.parametrize(
    "date", ["Thu, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 100_000, "no"]
)
def test_a_date_that_cannot_be_is_the_day_that_we_saw_it(follower, date):
    follower.hears(document(item(rest=f"<pubDate>{date}</pubDate>")))

    assert follower.entry.sort_at == NOW


def test_an_entry_that_can_be_told_by_nothing_is_kept_once_for_each_time(follower):
    follower.hears(document("<item/>", item("Words"), "<item/>"))

    again = follower.hears(document(item("Words"), "<item/>", "<item/>"))

    assert (again.new, again.changed) == (0, 0)
    assert len(follower.entries) == 3


def test_an_entry_without_id_or_date_or_letters_costs_no_other(follower):
    bad = [
        item("No id", rest="<link>https://blog.example/1</link>"),
        item("No date", rest="<guid>2</guid><pubDate>31/31/2026 at 99</pubDate>"),
        item("Half &#xD800; a letter", rest="<guid>3</guid>"),
        item("Half a title", rest="<guid></guid><link></link><pubDate/>"),
    ]
    good = [item(f"Good {n}", rest=f"<guid>good-{n}</guid>") for n in range(5)]

    follower.hears(document(*bad, *good))

    assert len(follower.entries) == len(bad) + len(good)
    assert follower.hears(document(*good, *bad)).new == 0


def test_active_content_is_taken_out_and_words_stay(follower):
    attacks = [
        replace(post, html=f"<p>First words</p>{attack}<p>Last words</p>")
        for post, attack in zip(posts(len(ATTACKS)), ATTACKS, strict=True)
    ]

    follower.hears(rss(attacks))

    assert len(follower.entries) == len(ATTACKS)
    assert active(follower.entries) == []
    assert all("First words" in entry.text for entry in follower.entries)


@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_every_other_field_is_text(follower, write):
    attacked = [
        replace(post, title=f"T {a}", author=a, categories=(a,), guid=f"{post.guid}{a}")
        for post, a in zip(posts(len(ATTACKS)), ATTACKS, strict=True)
    ]

    follower.hears(write(attacked, title=ATTACKS[0]))

    assert len(follower.entries) == len(ATTACKS)
    assert active(follower.entries) == []
    assert all(entry.link.startswith("https://blog.example/") for entry in follower.entries)


def test_a_link_that_is_no_web_address_is_left_out(follower):
    bad = [
        replace(
            post,
            link=link,
            html=f'<p>Words <a href="{link}">there</a></p>',
            extra=f'<enclosure url="{link}" type="audio/mpeg" length="1"/>',
        )
        for post, link in zip(posts(len(BAD_LINKS)), BAD_LINKS, strict=True)
    ]

    follower.hears(rss(bad))

    seen = {(e.link, len(e.enclosures), "href" in e.html, e.text) for e in follower.entries}
    assert seen == {("", 0, False, "Words there")}


def test_json_of_wrong_types_gives_what_can_be_read(follower):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": 7,
        "items": [
            {"id": 1, "title": ["a"], "content_html": f"<p>kept</p>{SCRIPT}", "tags": "x"},
            None,
            5,
            {"id": None, "content_text": "\ud800 alone", "authors": {"name": 3}},
        ],
    }

    follower.hears(json.dumps(feed).encode(), JSON_TYPE)

    assert follower.entries[0].text.strip() == "kept"
    assert active(follower.entries) == []


def test_what_looks_like_a_template_is_shown_as_it_is(follower):
    follower.hears(
        rss([Post(title="{{ 7*7 }} ${7*7}", link="https://x.example/", html="<p>=1</p>")])
    )

    assert follower.entry.title == "{{ 7*7 }} ${7*7}"
