"""The river, and every filter of it, for feed readers; the sources as a list for them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from lxml import etree

from kb.errors import NotFound
from kb.feeds import listing, opml, river, stories
from kb.feeds.models import Entry, Source
from kb.web.context import db_session, public, runtime
from kb.web.feeds import address, words_now
from kb.web.outside import outside

bp = Blueprint("syndication", __name__)

ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
TITLE = "What other councils are saying"
BEGINNING = "1970-01-01T00:00:00Z"
AlsoSeen = Mapping[int, Sequence[Entry]]
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@bp.get("/feeds.atom")
@public
def atom() -> ResponseReturnValue:
    filters, entries, also_seen = _asked()
    here, page = _here(filters, "syndication.atom"), _here(filters, "feeds.index")
    return _answer(_atom(entries, also_seen, here=here, page=page), "application/atom+xml")


@bp.get("/feeds.json")
@public
def json_feed() -> ResponseReturnValue:
    filters, entries, also_seen = _asked()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{TITLE} - {runtime().settings.site_name}",
        "home_page_url": _here(filters, "feeds.index"),
        "feed_url": _here(filters, "syndication.json_feed"),
        "language": "en-GB",
        "items": [_item(entry, also_seen.get(entry.id, [])) for entry in entries],
    }
    text = json.dumps(feed, ensure_ascii=False)
    return _answer(text.encode("utf-8", "replace"), "application/feed+json")


@bp.get("/feeds/sources.opml")
@public
def sources_opml() -> ResponseReturnValue:
    """Every source that is not over, for another reader to take in."""
    response = _answer(opml.write(listing.shared(db_session())), "text/x-opml")
    response.headers["Content-Disposition"] = "attachment; filename=sources.opml"
    return response


def _asked() -> tuple[river.Filters, list[Entry], AlsoSeen]:
    """Raises NotFound for a filter that there is not, or a reader would follow everything."""
    session = db_session()
    words, args = words_now(session), request.args.to_dict(flat=False)
    if unknown := river.unknown(args, words):
        raise NotFound(unknown[0])
    filters = river.read(args, words)
    entries = river.page(session, filters, limit=ENTRIES)
    return filters, entries, stories.also_seen_of(session, entries)


def _here(filters: river.Filters, endpoint: str) -> str:
    return runtime().settings.base_url + address(filters, endpoint=endpoint)


def _atom(entries: Sequence[Entry], also_seen: AlsoSeen, *, here: str, page: str) -> bytes:
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    feed.set(f"{{{XML}}}lang", "en-GB")
    _add(feed, "id", here)
    _add(feed, "title", f"{TITLE} - {runtime().settings.site_name}")
    _add(feed, "updated", _moment(max(map(_updated, entries))) if entries else BEGINNING)
    _add(feed, "link", rel="self", type="application/atom+xml", href=here)
    _add(feed, "link", rel="alternate", type="text/html", href=page)
    for entry in entries:
        _add_entry(feed, entry, also_seen.get(entry.id, []))
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8"))


def _add_entry(feed: etree._Element, entry: Entry, others: Sequence[Entry]) -> None:
    source, ours = entry.source, _page(entry)
    item = etree.SubElement(feed, f"{{{ATOM}}}entry")
    if entry.language or source.language:
        item.set(f"{{{XML}}}lang", _plain(entry.language or source.language))
    _add(item, "id", ours)
    _add(item, "title", entry.title or "Untitled")
    _add(item, "updated", _moment(_updated(entry)))
    if entry.published_at:
        _add(item, "published", _moment(entry.published_at))
    _add(_add(item, "author"), "name", _author(entry))
    _add(item, "link", rel="alternate", type="text/html", href=ours)
    if outside(entry.link):
        _add(item, "link", rel="via", href=outside(entry.link))
    for other in others:
        seen = f"Also seen at {_named(other)}"
        _add(item, "link", rel="related", type="text/html", href=_page(other), title=seen)
    _add(item, "content", entry.html or entry.text, type="html" if entry.html else "text")
    origin = _add(item, "source")
    _add(origin, "id", _feed_of(source))
    _add(origin, "title", _named(entry))
    _add(origin, "updated", _moment(_updated(entry)))
    for url, relation in ((source.site_url, "alternate"), (_feed_of(source), "self")):
        if outside(url):
            _add(origin, "link", rel=relation, href=outside(url))


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    for key, value in attributes.items():
        element.set(key, _plain(value))
    element.text = _plain(text) or None
    return element


def _item(entry: Entry, others: Sequence[Entry]) -> dict[str, object]:
    content = {"content_html": entry.html} if entry.html else {"content_text": entry.text}
    item: dict[str, object] = {
        "id": _page(entry),
        "url": _page(entry),
        "external_url": outside(entry.link),
        "title": entry.title,
        "summary": entry.summary,
        "date_published": _moment(entry.published_at or entry.seen_at),
        "date_modified": _moment(_updated(entry)),
        "authors": [{"name": _author(entry)}],
        "tags": entry.categories,
        "language": entry.language or entry.source.language,
        "_source": {
            "name": _named(entry),
            "url": outside(entry.source.site_url),
            "also_seen_at": [{"name": _named(each), "url": _page(each)} for each in others],
        },
    }
    return {name: value for name, value in item.items() if value} | content


def _author(entry: Entry) -> str:
    """The source comes first; whoever wrote it is named where the source does."""
    return f"{_named(entry)}: {entry.author}" if entry.author else _named(entry)


def _named(entry: Entry) -> str:
    return f"Sample: {entry.source.name}" if entry.source.is_sample else entry.source.name


def _feed_of(source: Source) -> str:
    """Samples are on this very site, and their addresses say no host."""
    return runtime().settings.base_url * source.is_sample + source.feed_url


def _page(entry: Entry) -> str:
    return runtime().settings.base_url + url_for("feeds.show", entry_id=entry.id)


def _updated(entry: Entry) -> datetime:
    return entry.changed_at or entry.sort_at


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _plain(text: str) -> str:
    """Without the characters that no XML may hold."""
    return _NOT_XML.sub("", text)


def _answer(content: bytes, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
