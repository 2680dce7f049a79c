"""Small feeds and pages, written for tests."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.services.feedserver import Reply

NEWEST = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
RSS_TYPE = "application/rss+xml; charset=utf-8"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
RSS_SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/"'
)
ATOM_SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One thing that somebody said. `extra` is raw XML for what one platform adds."""

    title: str
    link: str
    html: str
    guid: str = ""
    at: datetime | None = NEWEST
    author: str = ""
    categories: tuple[str, ...] = ()
    extra: str = ""


def posts(number, *, site="https://blog.example", first=0):
    """Some posts of that site, newest first."""
    return [
        Post(
            title=f"Post {n}",
            link=f"{site}/posts/{n}",
            guid=f"{site}/?p={n}",
            html=f"<p>What the committee heard at meeting {n}.</p>",
            at=NEWEST - timedelta(days=n),
        )
        for n in range(first, first + number)
    ]


def rss(items, *, title="A blog", link="https://blog.example/", language="en-GB"):
    body = "".join(_rss_item(post) for post in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {RSS_SPACES}><channel>'
        f"<title>{escape(title)}</title><link>{escape(link)}</link>"
        f"<description>{escape(title)}</description><language>{language}</language>"
        f"{body}</channel></rss>"
    ).encode()


def atom(entries, *, title="A blog", link="https://blog.example/"):
    body = "".join(_atom_entry(post) for post in entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed {ATOM_SPACES}>'
        f"<id>{escape(link)}</id><title>{escape(title)}</title>"
        f'<updated>{NEWEST.isoformat()}</updated><link rel="alternate" href="{escape(link)}"/>'
        f"{body}</feed>"
    ).encode()


def json_feed(items, *, title="A blog", link="https://blog.example/"):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": link}
    return json.dumps(feed | {"items": [_json_item(post) for post in items]}).encode()


def page(title, *, head="", body="<p>Words for people.</p>"):
    """A home page; `head` takes its links and metas."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>"
    ).encode()


def feed_link(href, *, type="application/rss+xml", title="Posts"):
    return f'<link rel="alternate" type="{type}" title="{escape(title)}" href="{escape(href)}">'


def generator(name):
    return f'<meta name="generator" content="{name}">'


def as_rss(items, **given):
    return Reply(body=rss(items, **given), headers={"Content-Type": RSS_TYPE})


def as_atom(entries, **given):
    return Reply(body=atom(entries, **given), headers={"Content-Type": ATOM_TYPE})


def as_json(items, **given):
    return Reply(body=json_feed(items, **given), headers={"Content-Type": JSON_TYPE})


def as_page(title, headers=None, **given):
    return Reply(body=page(title, **given), headers={"Content-Type": HTML_TYPE, **(headers or {})})


def _rss_item(post):
    guid = f'<guid isPermaLink="false">{escape(post.guid)}</guid>' if post.guid else ""
    date = f"<pubDate>{format_datetime(post.at)}</pubDate>" if post.at else ""
    title = f"<title>{escape(post.title)}</title>" if post.title else ""
    author = f"<dc:creator>{escape(post.author)}</dc:creator>" if post.author else ""
    categories = "".join(f"<category>{escape(c)}</category>" for c in post.categories)
    return (
        f"<item>{title}<link>{escape(post.link)}</link>{guid}{date}{author}{categories}"
        f"<description>{escape(post.html)}</description>{post.extra}</item>"
    )


def _atom_entry(post):
    date = post.at.isoformat() if post.at else ""
    dates = f"<published>{date}</published><updated>{date}</updated>" if date else ""
    author = f"<author><name>{escape(post.author)}</name></author>" if post.author else ""
    categories = "".join(f'<category term="{escape(c)}"/>' for c in post.categories)
    content = f'<content type="html">{escape(post.html)}</content>' if post.html else ""
    return (
        f"<entry><id>{escape(post.guid or post.link)}</id><title>{escape(post.title)}</title>"
        f'<link rel="alternate" href="{escape(post.link)}"/>{dates}{author}{categories}'
        f"{content}{post.extra}</entry>"
    )


def _json_item(post):
    item = {"id": post.guid or post.link, "url": post.link, "content_html": post.html}
    if post.title:
        item["title"] = post.title
    if post.at:
        item["date_published"] = post.at.isoformat()
    if post.author:
        item["authors"] = [{"name": post.author}]
    return item | ({"tags": list(post.categories)} if post.categories else {})
