"""Reads a web page for what it says of feeds: the links that it names, and where else to look."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser

from kb.feeds.robots import NAME, asks_to_be_left

READ_BYTES = 1_000_000  # of a page; feeds are named near its start
MOST_ANCHORS = 4
MOST_ANCHORS_OF_A_LIST = 50
_FEED_TYPE = re.compile(
    r"^(?:application/(?:x\.)?(?:rss|atom|rdf|feed)\+(?:xml|json)|(?:text|application)/xml"
    r"|application/(?:rss|atom|json)|text/rss)\s*(?:;|$)",
    re.IGNORECASE,
)
_NOT_A_FEED = re.compile(r"/wp-json/|/oembed|/xmlrpc|/osd\.xml|sitemap[\w-]*\.xml", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|\bsylwadau?\b", re.IGNORECASE)
_COMMENTS_PATH = re.compile(r"/comments?(?:/|$)", re.IGNORECASE)
_LIKE_A_FEED = re.compile(r"feed|rss|atom|\.xml", re.IGNORECASE)
_CALLED_A_FEED = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_IS_A_LIST = re.compile(r"rss|feeds", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*\d*\.?\d*\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]+)", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^>]*)>((?:\s*;\s*[\w-]+\*?\s*=?\s*(?:\"[^\"]*\"|[^\s;,]*))*)")
_PARAMETER = re.compile(r";\s*([\w-]+)\*?\s*=\s*(?:\"([^\"]*)\"|([^\s;,]*))")
_GUESSES = (
    *("atom.xml", "feed.atom", "feed.xml", "feed", "index.rss", "index.xml"),
    *("rss.xml", "rss", "rss/feed.xml"),
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A feed that a page names; `comments` says that it seems to hold what readers wrote."""

    url: str
    title: str = ""
    comments: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page says. `links` are in its own order; `text` is the HTML that was looked at.

    `is_closed` where it asks programs to leave it alone.
    """

    url: str
    title: str = ""
    language: str = ""
    links: tuple[Link, ...] = ()
    anchors: tuple[Link, ...] = ()
    refresh: str = ""
    text: str = ""
    is_closed: bool = False


def is_page(content: bytes) -> bool:
    """Does this look like HTML and not like a feed?"""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start


def is_list(content: bytes) -> bool:
    """Does this look like a list of feeds, as readers exchange them?"""
    return bool(re.search(rb"<opml[\s>]", content[:1024], re.IGNORECASE))


def read(
    content: bytes, *, url: str, content_type: str = "", headers: Mapping[str, str] | None = None
) -> Page:
    """What the page says; nothing where it is no HTML. Only its first megabyte counts."""
    start = content[:READ_BYTES]
    tree = _tree(start, content_type)
    linked = tuple(_linked_in(headers or {}, url))
    is_closed = asks_to_be_left(_said_in(headers or {}, "x-robots-tag", "\n"))
    if tree is None:
        return Page(url=url, links=linked, is_closed=is_closed)
    base = _base(tree, url)
    named = _once([*_links(tree, base), *linked])
    return Page(
        url=url,
        title=" ".join("".join(tree.xpath("string((//title)[1])")).split())[:200],
        language=(tree.get("lang") or "").lower()[:2],
        links=tuple(named),
        anchors=tuple(_anchors(tree, base, url)),
        refresh=_refresh(tree, base),
        text=start.decode("latin-1"),
        is_closed=is_closed or any(map(asks_to_be_left, _wishes(tree))),
    )


def guesses(url: str) -> list[str]:
    """Where feeds often are: at the root of the site, then beside the page."""
    folder = urlsplit(url).path.rpartition("/")[0]
    places = ["/"] if not folder else ["/", f"{folder}/"]
    return [urljoin(url, f"{place}{name}") for place in places for name in _GUESSES]


def is_same_place(asked: str, answered: str) -> bool:
    """Did the answer come from where it was asked for, give or take www, https and a slash?"""
    return _place(asked) == _place(answered)


def is_about_comments(title: str) -> bool:
    """Is that the title of a feed of what readers wrote below a post?"""
    return bool(re.match(r"(?:comments? (?:on|for)\b|sylwadau (?:ar|am)\b)", title.strip(), re.I))


def _tree(content: bytes, content_type: str) -> HtmlElement | None:
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    try:
        parser = HTMLParser(encoding=charset[1] if charset else None)
    except LookupError:
        parser = HTMLParser()
    try:
        return lxml_html.document_fromstring(content, parser=parser)
    except (LxmlError, ParserError, ValueError):
        return None


def _base(tree: HtmlElement, url: str) -> str:
    for element in tree.xpath("//base[@href]"):
        return _join(url, element.get("href", "")) or url
    return url


def _links(tree: HtmlElement, base: str) -> Iterator[Link]:
    for element in tree.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        if not {"alternate", "feed"} & set(rel) or "stylesheet" in rel:
            continue
        kind = element.get("type") or ""
        if kind and not _FEED_TYPE.match(kind):
            continue
        if not kind and element.get("hreflang"):  # the same page in another language
            continue
        if link := _link(element.get("href") or "", base, element.get("title") or ""):
            yield link


def _linked_in(headers: Mapping[str, str], url: str) -> Iterator[Link]:
    """What the Link header names."""
    for found in _LINK_HEADER.finditer(_said_in(headers, "link", ", ")):
        words = {name.lower(): a or b for name, a, b in _PARAMETER.findall(found[2])}
        kind = words.get("type", "")
        if "alternate" in words.get("rel", "").lower().split() and _FEED_TYPE.match(kind):
            link = _link(found[1], url, words.get("title", ""))
            if link:
                yield link


def _said_in(headers: Mapping[str, str], wanted: str, between: str) -> str:
    return between.join(value for name, value in headers.items() if name.lower() == wanted)


def _wishes(tree: HtmlElement) -> Iterator[str]:
    """What the page asks of all programs, and of us by name."""
    for element in tree.iter("meta"):
        if (element.get("name") or "").strip().lower() in {"robots", NAME.lower()}:
            yield element.get("content") or ""


def _anchors(tree: HtmlElement, base: str, url: str) -> list[Link]:
    """Plain links that look like feeds; many only on a page that is itself a list of feeds."""
    most = MOST_ANCHORS_OF_A_LIST if _IS_A_LIST.search(urlsplit(url).path) else MOST_ANCHORS
    found = []
    for element in tree.iter("a"):
        href, words = element.get("href") or "", " ".join("".join(element.itertext()).split())
        if _LIKE_A_FEED.search(href) or _CALLED_A_FEED.search(words[:80]):
            link = _link(href, base, words)
            if link and not link.comments:
                found.append(link)
    return [link for link in _once(found) if link.url != url][:most]


def _link(href: str, base: str, title: str) -> Link | None:
    url = _join(base, href)
    if not url or _NOT_A_FEED.search(url):
        return None
    comments = bool(_COMMENTS.search(title) or _COMMENTS_PATH.search(urlsplit(url).path))
    return Link(url=url, title=title.strip()[:200], comments=comments)


def _refresh(tree: HtmlElement, base: str) -> str:
    for element in tree.iter("meta"):
        if (element.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.match(element.get("content") or "")
            if found:
                return _join(base, found[1].strip())
    return ""


def _join(base: str, href: str) -> str:
    """The whole address, "" where that is no address of the web."""
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return parts._replace(fragment="").geturl()


def _once(links: Iterable[Link]) -> list[Link]:
    kept: dict[str, Link] = {}
    for link in links:
        kept.setdefault(link.url, link)
    return list(kept.values())


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    return host, parts.path.rstrip("/"), parts.query
