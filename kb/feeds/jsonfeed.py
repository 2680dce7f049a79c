"""Reads JSON Feed 1.0 and 1.1, taking what can be read and passing over the rest."""

import html
import json
from datetime import datetime
from typing import Any

from kb.feeds import dates
from kb.feeds.errors import ParseError
from kb.feeds.types import Enclosure, ParsedEntry, ParsedFeed

Thing = dict[str, Any]
MAX_ENTRIES = 2_000


def read(text: str, *, now: datetime) -> ParsedFeed:
    """Raises ParseError."""
    feed = _loaded(text)
    items = feed.get("items")
    if not isinstance(items, list) or not (
        _words(feed.get("version")) or _words(feed.get("title"))
    ):
        raise ParseError("This is JSON, but it is not a JSON Feed.")
    entries = [_entry(item, now) for item in items if isinstance(item, dict)]
    problems = ["Some items of this feed are not readable."] if len(entries) < len(items) else []
    if len(entries) > MAX_ENTRIES:
        problems.append(f"The feed is very long; its first {MAX_ENTRIES} entries were read.")
    return ParsedFeed(
        title=html.escape(_words(feed.get("title")), quote=False),
        link=_words(feed.get("home_page_url")),
        language=_words(feed.get("language")),
        entries=tuple(entries[:MAX_ENTRIES]),
        problems=tuple(problems),
    )


def _loaded(text: str) -> Thing:
    try:
        feed, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip("\ufeff \t\r\n"))
    except RecursionError as error:
        raise ParseError("This JSON is nested too deeply to be a feed.") from error
    except ValueError as error:
        raise ParseError("This looks like JSON but cannot be read.") from error
    if not isinstance(feed, dict):
        raise ParseError("This is JSON, but it is not a JSON Feed.")
    return feed


def _entry(item: Thing, now: datetime) -> ParsedEntry:
    return ParsedEntry(
        guid=_words(item.get("id")),
        title=html.escape(_words(item.get("title")), quote=False),
        link=_words(item.get("url")) or _words(item.get("external_url")),
        html=_body(item),
        author=html.escape(", ".join(_authors(item)), quote=False),
        language=_words(item.get("language")),
        published_at=dates.read(_words(item.get("date_published")), now=now),
        updated_at=dates.read(_words(item.get("date_modified")), now=now),
        categories=tuple(filter(None, map(_words, _list(item.get("tags"))))),
        enclosures=tuple(_enclosures(item)),
    )


def _body(item: Thing) -> str:
    if body := _words(item.get("content_html")):
        return body
    text = _words(item.get("content_text")) or _words(item.get("summary"))
    return html.escape(text, quote=False).replace("\n", "<br>")


def _authors(item: Thing) -> list[str]:
    authors = _list(item.get("authors")) or [item.get("author")]
    names = [_words(a.get("name")) if isinstance(a, dict) else _words(a) for a in authors]
    return [name for name in names if name]


def _enclosures(item: Thing) -> list[Enclosure]:
    found = [
        Enclosure(
            url=_words(attached.get("url")),
            type=_words(attached.get("mime_type")),
            title=_words(attached.get("title")),
        )
        for attached in _list(item.get("attachments"))
        if isinstance(attached, dict)
    ]
    pictures = [_words(item.get("image")), _words(item.get("banner_image"))]
    found += [Enclosure(url=url, type="image/*") for url in pictures if url]
    return [enclosure for enclosure in found if enclosure.url]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _words(value: object) -> str:
    """Text as it is, a whole number as its digits, anything else as nothing.

    Lone surrogates and characters that no database keeps are dropped.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else value
    text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else ""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
