"""Clean feeds with one line, for tests of what comes after cleaning."""

from hashlib import sha256

from kb.feeds.types import CleanEntry, CleanFeed
from tests.factories import NOW


def entry(n, *, guid=None, link=None, title=None, text=None, **values):
    """The n-th thing that a source says; say only what the test is about."""
    title = f"Post {n}" if title is None else title
    text = f"What the committee heard at meeting {n}." if text is None else text
    link = f"https://blog.example/posts/{n}" if link is None else link
    digest = sha256(f"{title}\0{text}".encode()).hexdigest()
    defaults = {
        "keys": (f"guid-{n}" if guid is None else guid, link, digest),
        "hash": digest,
        "title": title,
        "link": link,
        "html": f"<p>{text}</p>",
        "text": text,
        "summary": text[:300],
        "published_at": NOW,
    }
    return CleanEntry(**defaults | values)


def feed(*entries):
    return CleanFeed(title="A blog", link="https://blog.example/", entries=tuple(entries))
