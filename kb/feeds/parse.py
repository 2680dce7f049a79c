"""From text to entries: RSS and Atom by feedparser, JSON Feed by a reader of our own."""

import html
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]

from kb.feeds import dates, jsonfeed, quick
from kb.feeds.errors import ParseError
from kb.feeds.types import Enclosure, ParsedEntry, ParsedFeed

MAX_ENTRIES = 2_000
LONGEST_NUMBER = 6  # digits; what is longer means nothing
_HOUR_S = 3600
_PERIODS_S = {
    "hourly": _HOUR_S,
    "daily": 24 * _HOUR_S,
    "weekly": 7 * 24 * _HOUR_S,
    "monthly": 30 * 24 * _HOUR_S,
    "yearly": 365 * 24 * _HOUR_S,
}
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)(?=[\s>/])", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>", re.IGNORECASE)
_START = re.compile(r"<(?:!doctype\s+)?([A-Za-z][\w.:-]*)", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_EDGE = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
_WHOLE_ID = re.compile(r"</(?:[\w.-]{1,40}:)?(?:guid|id)\s*>", re.IGNORECASE)
_NOT_FEEDS = (
    ("%PDF", "This is a PDF, not a feed."),
    ("\ufffdPNG", "This is a picture, not a feed."),
    ("\u2030PNG", "This is a picture, not a feed."),
    ("GIF8", "This is a picture, not a feed."),
    ("BEGIN:VCALENDAR", "This is a calendar, not a feed."),
)
_ROOTS = {
    "html": "This is a web page, not a feed.",
    "opml": "This is a list of feeds (OPML): import it instead.",
}
_PASSWORD = re.compile(r"<input\s[^<>]*type=[\"']?password", re.IGNORECASE)
_HTML = {"text/html", "application/xhtml+xml"}


quick.install()


def parse(text: str, *, url: str, now: datetime) -> ParsedFeed:
    """Read a feed as well as it can be read.

    Raises ParseError, in words that say what it is instead.
    """
    text = text.strip()
    if not text:
        raise ParseError("The answer was empty.")
    if text[0] in "{[":
        return jsonfeed.read(text, now=now)
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8")
    root = _ROOT.search(text)
    parsed = _parsed(_from_root(text, root.start()) if root else text)
    if not parsed.entries and not parsed.get("version"):
        raise ParseError(_what_it_is(text))
    is_cut = bool(parsed.bozo) and _is_cut(text)
    entries = [_entry(entry, now) for entry in parsed.entries[:MAX_ENTRIES]]
    half = _half(text) if is_cut and len(parsed.entries) <= MAX_ENTRIES else ""
    if half and not _WHOLE_ID.search(half):
        entries[-1:] = [replace(entry, guid="") for entry in entries[-1:]]
    return ParsedFeed(
        title=_markup(parsed.feed, "title"),
        link=_words(parsed.feed.get("link")),
        language=_words(parsed.feed.get("language")),
        entries=tuple(entries),
        problems=tuple(_problems(parsed, is_cut=is_cut)),
        is_cut=is_cut,
        is_half=bool(half),
        every_s=_every_s(parsed.feed),
    )


def _from_root(text: str, start: int) -> str:
    """The document without what was printed before it, if it was anything but XML's own."""
    head = _DECLARATION.sub("", text[:start], count=1)
    return text if not head.strip() else text[start:]


def _parsed(text: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8")),
            response_headers=_HEADERS,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except RecursionError as error:
        raise ParseError("This feed is nested too deeply to be read.") from error
    except MemoryError:
        raise
    except Exception as error:  # feedparser raises whatever its patterns trip over
        raise ParseError("This feed is too broken to be read.") from error


def _what_it_is(text: str) -> str:
    for start, sentence in _NOT_FEEDS:
        if text.startswith(start):
            return sentence
    first = _START.search(text)
    root = first.group(1).lower() if first else ""
    if "<html" in text[:5000].lower():
        root = "html"
    if root == "html" and _PASSWORD.search(text):
        return "This is a page to sign in, not a feed."
    if root in _ROOTS:
        return _ROOTS[root]
    if text.startswith("<?xml") or (root and text.startswith("<")):
        return "This XML file is not a feed."
    return "This is not a feed."


def _is_cut(text: str) -> bool:
    """Is the end missing of what is not well-formed?"""
    if text.rfind("<![CDATA[") > text.rfind("]]>"):
        return True
    return not (_CLOSED.search(text[-2_000:]) or _CLOSED.search(text))


def _half(text: str) -> str:
    """The entry within which a cut text stops, as far as it is sure what it is; "" for none."""
    opened = text.rfind("<![CDATA[")
    end = opened if opened > text.rfind("]]>") else len(text)
    edges = [*_EDGE.finditer(text, 0, end)]
    return "" if not edges or edges[-1][1] else text[edges[-1].start() : end]


def _every_s(feed: Any) -> int:
    """How rarely the feed asks to be read; 0 where it says nothing that makes sense."""
    times = _number(feed.get("sy_updatefrequency")) or 1
    period_s = _PERIODS_S.get(_words(feed.get("sy_updateperiod")).lower(), 0)
    return max(_number(feed.get("ttl")) * 60, period_s // times)


def _number(value: object) -> int:
    text = _words(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0


def _problems(parsed: Any, *, is_cut: bool) -> Iterable[str]:
    if is_cut:
        yield "The feed stops in the middle; what came before was kept."
    elif parsed.bozo:
        yield "The feed is not well-formed; it was read as well as it could be."
    if len(parsed.entries) > MAX_ENTRIES:
        yield f"The feed is very long; its first {MAX_ENTRIES} entries were read."


def _entry(entry: Any, now: datetime) -> ParsedEntry:
    body, detail = _body(entry)
    title = _detail(entry, "title")
    return ParsedEntry(
        guid=_words(entry.get("id")),
        title=_markup(entry, "title"),
        link=_link(entry),
        base=_words(detail.get("base") or title.get("base")),
        html=body,
        author=html.escape(_words(entry.get("author")), quote=False),
        language=_words(detail.get("language") or title.get("language")),
        published_at=_time(entry, "published", now) or _time(entry, "created", now),
        updated_at=_time(entry, "updated", now),
        categories=tuple(_categories(entry)),
        enclosures=tuple(_enclosures(entry)),
    )


def _body(entry: Any) -> tuple[str, Mapping[str, Any]]:
    """The fullest text, as HTML, and what the feed says about it."""
    given = [item for item in dict.get(entry, "content", ()) if item.get("value")]
    if given:
        best = max(given, key=lambda item: (item.get("type") in _HTML, len(item["value"])))
        return _as_html(best["value"], best), best
    return _markup(entry, "summary"), _detail(entry, "summary")


def _markup(thing: Any, name: str) -> str:
    return _as_html(_words(dict.get(thing, name)), _detail(thing, name))


def _detail(thing: Any, name: str) -> Mapping[str, Any]:
    detail = dict.get(thing, f"{name}_detail")
    return detail if isinstance(detail, Mapping) else {}


def _as_html(value: str, detail: Mapping[str, Any]) -> str:
    if detail.get("type", "text/html") in _HTML:
        return value
    return html.escape(value, quote=False).replace("\n", "<br>")


def _link(entry: Any) -> str:
    """Where to read it; an id that only might be an address counts if it looks like one."""
    link = _words(entry.get("link"))
    if entry.get("guidislink") and not link.lower().startswith(("http:", "https:", "/")):
        return ""
    if link:
        return link
    links = [given for given in dict.get(entry, "links", ()) if given.get("href")]
    fit = [given for given in links if given.get("rel", "alternate") == "alternate"]
    return _words(fit[0]["href"]) if fit else ""


def _time(entry: Any, name: str, now: datetime) -> datetime | None:
    text = _words(dict.get(entry, name))
    return dates.read(text, dict.get(entry, f"{name}_parsed"), now=now) if text else None


def _categories(entry: Any) -> Iterable[str]:
    for tag in dict.get(entry, "tags", ()):
        if words := _words(tag.get("label")) or _words(tag.get("term")):
            yield words


def _enclosures(entry: Any) -> Iterable[Enclosure]:
    given = [link for link in dict.get(entry, "links", ()) if link.get("rel") == "enclosure"]
    for one in [*given, *dict.get(entry, "media_content", ())]:
        if url := _words(one.get("href") or one.get("url")):
            title = _words(one.get("title")) or _words(one.get(quick.SHOWN))
            yield Enclosure(url=url, type=_words(one.get("type")), title=title)


def _words(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
