"""The ten sites of samples.py as if they were the internet."""

import dataclasses
from urllib.parse import urlsplit


class World:
    """A fetcher to whom each host is a folder of one local server; else the real thing.

    What it answers carries the addresses that were asked for. It is no way around the
    guard: what it is given must itself be allowed to ask that server.
    """

    def __init__(self, fetcher, server):
        self._fetcher = fetcher
        self._server = server

    def fetch(self, url, *given, **options):
        return self._outside(self._fetcher.fetch(self.inside(url), *given, **options))

    def page(self, url, *given, **options):
        return self._outside(self._fetcher.page(self.inside(url), *given, **options))

    def picture(self, url, *given, **options):
        return self._outside(self._fetcher.picture(self.inside(url), *given, **options))

    def fetch_many(self, requests, done):
        asked = {request.key: request for request in requests}
        inside = [dataclasses.replace(r, url=self.inside(r.url)) for r in asked.values()]
        self._fetcher.fetch_many(
            inside, lambda request, answer: done(asked[request.key], self._outside(answer))
        )

    def close(self):
        self._fetcher.close()

    def inside(self, url):
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return self._server.url(f"/{parts.netloc}{parts.path or '/'}{query}")

    def _outside(self, answer):
        if isinstance(answer, Exception):
            return answer
        ours = self._server.url("/")
        names = {"url": answer.url, "moved_to": getattr(answer, "moved_to", "")}
        outside = {k: v.replace(ours, "https://") for k, v in names.items() if v.startswith(ours)}
        return dataclasses.replace(answer, **outside)
