"""A source that a test follows as the site does: fetch, read, store."""

from datetime import timedelta

from sqlalchemy import select

from kb.feeds.fetch import Fetcher
from kb.feeds.models import Entry
from kb.feeds.store import store
from tests.factories import NOW, make_source
from tests.services.feedserver import Reply
from tests.services.feedtexts import RSS_TYPE


class Follower:
    """Follows one address as the site does: fetch, read, store."""

    def __init__(self, session, web, reader):
        self._session = session
        self._web = web
        self._reader = reader
        self._fetcher = Fetcher(contact="somebody@example.org", allow=frozenset({web.address}))
        self.source = make_source(session, feed_url=web.url("/feed"))
        self._rounds = 0

    def hears(self, body=b"", content_type=RSS_TYPE, **reply):
        """What one more refresh stores when the server answers that; a day after the last."""
        headers = {"Content-Type": content_type, **reply.pop("headers", {})}
        self._web.routes["/feed"] = Reply(body=body, headers=headers, **reply)
        now = NOW + timedelta(days=self._rounds)
        self._rounds += 1
        fetched = self._fetcher.fetch(self._web.url("/feed"))
        feed = self._reader.read(fetched, now=now)
        return store(self._session, self.source, feed, now=now)

    @property
    def entries(self):
        """Newest first, as their feed lists them."""
        of_ours = select(Entry).where(Entry.source_id == self.source.id)
        return list(self._session.scalars(of_ours.order_by(Entry.id.desc())))

    @property
    def entry(self):
        (only,) = self.entries
        return only

    @property
    def titles(self):
        return [entry.title for entry in self.entries]

    def close(self):
        self._fetcher.close()
