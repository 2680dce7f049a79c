"""Looks into what somebody pastes as the site does, at a server of the test's own."""

from functools import partial

from kb.feeds.fetch import Fetcher
from kb.feeds.resolve import resolve
from tests.factories import NOW
from tests.services.feedtexts import as_rss, posts
from tests.services.world import World


class Asker:
    """One fetcher that may ask this server and nothing else that is not public."""

    def __init__(self, web, reader, **given):
        self._web = web
        allow = frozenset({web.address})
        self.fetcher = Fetcher(contact="tests@example.org", allow=allow, **given)
        self.read = partial(reader.read, now=NOW)

    def find(self, pasted):
        """What is behind that; a path is one of this server."""
        pasted = self._web.url(pasted) if pasted.startswith("/") else pasted
        return self._find(self.fetcher, pasted)

    def find_in_world(self, pasted):
        """The same where this server plays the internet: /host/path."""
        return self._find(World(self.fetcher, self._web), pasted)

    def paths(self, pasted):
        """Where the feeds are that are offered, without the server."""
        return [c.url.removeprefix(self._web.url("")) for c in self.find(pasted).candidates]

    def _find(self, fetcher, pasted):
        return resolve(pasted, fetch=fetcher.fetch, page=fetcher.page, read=self.read)


def blog(title="A blog", first=0):
    """A feed of two posts; those of another `first` are others."""
    return as_rss(posts(2, first=first), title=title)
