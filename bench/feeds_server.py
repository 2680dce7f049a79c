"""Serves many feeds on many addresses of the loopback: `python -m bench.feeds_server SITES`.

Prints its port. /feeds/7.xml is a feed of twenty entries and 38 kB with an ETag of its
version; /publish?every=10 gives every tenth feed a new entry. Each address stands for a site
of its own, as feeds have in life: nobody should ask one site for a thousand things at once.
"""

import asyncio
import random
import resource
import sys
from collections import Counter
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

ENTRIES, ENTRY_BYTES = 20, 1_240
NEWEST = 1_793_491_200
DAY_S = 86_400
WORDS = (
    "the committee asked residents about buses parks budgets housing care schools and heard "
    "evidence from officers who answered questions on plans reports savings visits minutes"
).split()
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Feed @@</title>
<link>http://%s/feeds/@@/</link><description>Made up</description>
"""
ITEM = """<item><title>%s @@-%d</title><link>http://%s/feeds/@@/%d</link>
<guid isPermaLink="false">feed-@@-entry-%d</guid><pubDate>%s</pubDate><dc:creator>Officer %d
</dc:creator><category>Scrutiny</category><description>%s</description>
<content:encoded><![CDATA[%s]]></content:encoded></item>
"""


def address(number: int) -> str:
    """The address of one site: 127.1.0.1 and on."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Feeds:
    """What the feeds say at the moment."""

    def __init__(self) -> None:
        self.added: Counter[int] = Counter()
        chance = random.Random(42)
        self._rows = [_words(chance) for _ in range(ENTRIES)]

    def publish(self, every: int, feeds: int) -> None:
        self.added.update(range(0, feeds, every))

    def etag(self, number: int) -> str:
        return f'"feed-{number}-{self.added[number]}"'

    def body(self, number: int, host: str) -> bytes:
        added = self.added[number]
        kept = reversed(range(added, ENTRIES + added))
        rows = (self._item(n, host) for n in kept)
        text = HEAD % host + "".join(rows) + "</channel></rss>"
        return text.replace("@@", str(number)).encode()

    def _item(self, n: int, host: str) -> str:
        title, summary, body = self._rows[n % ENTRIES]
        date = formatdate(NEWEST - (ENTRIES - n) * DAY_S, usegmt=True)
        return ITEM % (title, n, host, n, n, date, n % 7, summary, body)


class Connection(asyncio.Protocol):
    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._answer(head.decode("latin-1").split("\r\n"))

    def _answer(self, lines: list[str]) -> None:
        parts = urlsplit(lines[0].split()[1])
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        if parts.path == "/publish":
            query = parse_qs(parts.query)
            self._feeds.publish(int(query["every"][0]), int(query["feeds"][0]))
            self._send("200 OK", "", b"published")
        elif parts.path.startswith("/feeds/") and parts.path.endswith(".xml"):
            self._feed(int(parts.path[7:-4]), headers)
        else:
            self._send("404 Not Found", "", b"")

    def _feed(self, number: int, headers: dict[str, str]) -> None:
        etag = self._feeds.etag(number)
        if headers.get("if-none-match") == etag:
            self._send("304 Not Modified", f"ETag: {etag}\r\n")
            return
        body = self._feeds.body(number, headers.get("host", "127.0.0.1"))
        kind = "Content-Type: application/rss+xml; charset=utf-8\r\n"
        self._send("200 OK", f"ETag: {etag}\r\n{kind}", body)

    def _send(self, status: str, headers: str, body: bytes | None = None) -> None:
        length = f"Content-Length: {len(body)}\r\n" if body is not None else ""
        self._transport.write(
            f"HTTP/1.1 {status}\r\n{headers}{length}\r\n".encode("latin-1") + (body or b"")
        )


def _words(chance: random.Random) -> tuple[str, str, str]:
    """A title, a summary and a body of the size of a short post."""
    body = ""
    while len(body) < ENTRY_BYTES:
        link = f'<a href="/feeds/@@/more/{len(body)}">read &amp; more</a>'
        body += f"<p>{_sentence(chance, 28)} {link}</p>"
    return _sentence(chance, 7), _sentence(chance, 30), body


def _sentence(chance: random.Random, length: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(length)).capitalize() + "."


async def main(sites: int) -> None:
    feeds = Feeds()
    hosts = [address(number) for number in range(sites)]
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Connection(feeds), hosts[0], 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    if hosts[1:]:
        await loop.create_server(lambda: Connection(feeds), hosts[1:], port)
    print(port, flush=True)
    await loop.connect_read_pipe(_Owner, sys.stdin)
    await asyncio.Event().wait()


class _Owner(asyncio.Protocol):
    """The process that started this one; when it goes, so do we."""

    def connection_lost(self, _: Exception | None) -> None:
        sys.exit()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main(int(sys.argv[1])))
