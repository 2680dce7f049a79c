import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds import discovery

SITE = "https://site.example/news/page"
RSS = 'type="application/rss+xml"'


def read(head="", body="", *, url=SITE, **given):
    text = f"<!doctype html><html lang='en-GB'><head>{head}</head><body>{body}</body></html>"
    return discovery.read(text.encode(), url=url, **given)


def links(head="", body="", **given):
    return [link.url for link in read(head, body, **given).links]


@pytest.mark.parametrize(
    "link",
    [
        f'<link rel="alternate" {RSS} href="/feed">',
        '<link rel="alternate" type="application/atom+xml" href="/feed">',
        '<link rel="alternate" type="application/feed+json" href="/feed">',
        '<LINK REL="ALTERNATE" TYPE="application/RSS+XML" HREF="/feed">',
        f'<link rel="home alternate" {RSS} href="/feed">',
        "<link rel=alternate type=application/rss+xml href=/feed>",
        f'<link rel="alternate" {RSS} href=" ../feed ">',
        f'<base href="https://site.example/"><link rel="alternate" {RSS} href="feed">',
        '<link rel="alternate" href="/feed">',
        '<link rel="alternate" type="text/xml; charset=utf-8" href="/feed">',
        '<link rel="feed" href="/feed">',
        f'<link rel="alternate" hreflang="cy" {RSS} href="/feed">',
    ],
)
def test_a_page_names_its_feed_in_many_ways(link):
    assert links(link) == ["https://site.example/feed"]


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed">',
        '<link rel="alternate" hreflang="cy" href="/cy/">',
        '<link rel="alternate" href="android-app://x/http/y">',
        '<link rel="amphtml" href="/amp">',
        '<link rel="alternate stylesheet" href="/dark.css">',
        f'<link rel="alternate" {RSS} href="javascript:alert(1)">',
        f'<link rel="alternate" {RSS} href="http://[bad">',
        f'<!-- <link rel="alternate" {RSS} href="/old"> -->',
        f'<script>var s=\'<link rel="alternate" {RSS} href="/old">\';</script>',
    ],
)
def test_what_only_looks_like_a_feed_is_left(head):
    assert links(head) == []


def test_links_come_in_the_order_of_the_page_and_once():
    head = "".join(
        f'<link rel="alternate" {RSS} href="/{name}" title="{name}">' for name in "abca"
    )

    page = read(head, f'<link rel="alternate" {RSS} href="/d">')

    assert [link.url[-1] for link in page.links] == ["a", "b", "c", "d"]


def test_readers_comments_are_told_from_posts():
    page = read(
        f'<link rel="alternate" {RSS} title="Site Comments Feed" href="/a">'
        f'<link rel="alternate" {RSS} title="Sylwadau" href="/b">'
        f'<link rel="alternate" {RSS} href="/comments/feed/">'
        f'<link rel="alternate" {RSS} title="Site Feed" href="/c">'
    )

    assert [link.comments for link in page.links] == [True, True, True, False]


def test_the_link_header_names_feeds_too():
    headers = {
        "link": '</style.css>; rel=preload, </feed,1>; rel="alternate"; '
        'type="application/rss+xml"; title="News, and more", </cy>; rel=alternate; hreflang=cy'
    }

    assert links(headers=headers) == ["https://site.example/feed,1"]
    assert discovery.read(b"", url=SITE, headers=headers).links[0].title == "News, and more"


def test_plain_links_are_kept_apart_and_few():
    body = "".join(f'<a href="/feed/{n}">x</a>' for n in range(9))
    body += '<a href="/all">RSS feed</a><a href="/comments/feed">c</a>'

    assert len(read(body=body).anchors) == discovery.MOST_ANCHORS
    assert len(read(body=body, url="https://site.example/rss-feeds").anchors) == 10
    assert read(body=body).links == ()


def test_a_link_may_only_be_called_a_feed():
    assert read(body='<a href="/all">RSS <b>feed</b></a>').anchors[0].url.endswith("/all")


def test_a_page_may_send_its_readers_on():
    page = read('<meta http-equiv="Refresh" content="0; URL=\'/en/\'">')

    assert page.refresh == "https://site.example/en/"
    assert read('<meta http-equiv="refresh" content="5">').refresh == ""


def test_title_and_language_are_read():
    page = read("<title>\n A  site </title>")

    assert (page.title, page.language) == ("A site", "en")


def test_a_page_is_read_with_its_own_letters():
    html = "<html><head><title>Caf\xe9</title></head></html>".encode("latin-1")

    page = discovery.read(html, url=SITE, content_type="text/html; charset=iso-8859-1")
    odd = discovery.read(html, url=SITE, content_type="text/html; charset=klingon")

    assert page.title == "Café"
    assert odd.title.startswith("Caf")


def test_only_the_first_megabyte_counts():
    link = f'<link rel="alternate" {RSS} href="/feed">'
    filling = "<p>" + "x " * discovery.READ_BYTES

    assert links(link, filling) == ["https://site.example/feed"]
    assert links(body=filling + link) == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(content):
    page = discovery.read(content, url=SITE)

    assert page.url == SITE


def test_guesses_begin_at_the_root_and_go_on_beside_the_page():
    guesses = discovery.guesses("https://site.example/news/today?x=1")

    assert guesses[0] == "https://site.example/atom.xml"
    assert "https://site.example/news/rss.xml" in guesses
    assert len(guesses) == len(set(guesses)) <= 20


@pytest.mark.parametrize(
    ("answered", "is_same"),
    [
        ("https://site.example/feed/", True),
        ("https://www.site.example/feed", True),
        ("https://site.example/", False),
        ("https://site.example/feed?from=guess", False),
    ],
)
def test_an_answer_from_elsewhere_is_noticed(answered, is_same):
    assert discovery.is_same_place("http://site.example/feed", answered) is is_same


@pytest.mark.parametrize(
    ("content", "is_page"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", True),
        (b"<!-- x --><html lang='en'>", True),
        (b"<?xml version='1.0'?><rss>", False),
        (b"{}", False),
    ],
)
def test_pages_are_told_from_feeds(content, is_page):
    assert discovery.is_page(content) is is_page


def test_feeds_of_comments_are_known_by_their_titles():
    assert discovery.is_about_comments("Comments on: A post")
    assert discovery.is_about_comments("Sylwadau ar: Rhywbeth")
    assert not discovery.is_about_comments("Our comments")


@pytest.mark.parametrize(
    ("head", "headers", "is_closed"),
    [
        ("<meta name=robots content=noindex>", {}, True),
        ("<meta NAME='ROBOTS' CONTENT='nofollow, NOINDEX'>", {}, True),
        ("<meta name=scrutinyswap content=none>", {}, True),
        ("", {"X-Robots-Tag": "noai"}, True),
        ("<title>x</title>", {"x-robots-tag": "noarchive\nnoindex"}, True),
        ("<title>x</title>", {"X-Robots-Tag": "otherbot: noindex"}, False),
        ("<meta name=googlebot content=noindex>", {}, False),
        ("<meta name=robots><meta content=noindex>", {}, False),
        ("<meta name=robots content='index, nofollow'>", {}, False),
        ("<!-- <meta name=robots content=noindex> -->", {}, False),
    ],
)
def test_a_page_may_ask_programs_to_leave_it_alone(head, headers, is_closed):
    assert read(head, headers=headers).is_closed is is_closed
