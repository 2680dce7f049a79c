"""One refresh of a source with one line: what was answered, and what it said."""

from dataclasses import replace

from kb.feeds import refresh
from kb.feeds.types import Fetched
from tests.factories import NOW
from tests.feeds.said import entry, feed

MIDDLE = 0.5
SAID = (entry(1),)


def answer(content=b"a feed", **values):
    return Fetched(url="https://x.example/feed", content=content, **values)


def refreshed(session, source, answer, *, said=SAID, now=NOW, **values):
    def read(_):
        if isinstance(said, Exception):
            raise said
        return replace(feed(*said), **values)

    return refresh.refresh(session, source, answer, read=read, now=now, chance=lambda: MIDDLE)
