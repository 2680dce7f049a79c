"""One round of visits in one asyncio loop: many sites at once, one visitor at each."""

import asyncio
import heapq
import ssl
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any

import aiohttp
from yarl import URL

from kb.feeds.answers import failure
from kb.feeds.errors import FetchError
from kb.feeds.guard import CheckedResolver, Guard
from kb.feeds.politeness import Politeness
from kb.feeds.robots import Rules
from kb.feeds.types import Answer, Request
from kb.feeds.unpack import CODINGS
from kb.feeds.visit import Ask, Visitor, place

AT_ONCE = 50
LOOKUPS_AT_ONCE = 20
KEEP_ALIVE_S = 3.0
CONNECT_LIMIT_S = 12.0
HANDSHAKE_LIMIT_S = 8.0
GATHER_S = 0.02
MANY_RESULTS = 50
FEW_WAITING, MOST_WAITING = 100, 200

Result = tuple[Request, Answer | Exception]


class StoppableClock(asyncio.SelectorEventLoop):
    """A loop whose clock can stand still, so that no time limit runs while we are away.

    Whoever does not begin to speak TLS within `handshake_s` is taken to speak none.
    """

    def __init__(self, handshake_s: float = HANDSHAKE_LIMIT_S) -> None:
        self._away_s = 0.0
        self._handshake_s = handshake_s
        super().__init__()
        self.set_default_executor(ThreadPoolExecutor(LOOKUPS_AT_ONCE, "lookup"))

    def time(self) -> float:
        return super().time() - self._away_s

    async def create_connection(self, *args: Any, **options: Any) -> Any:
        if options.get("ssl"):
            options.setdefault("ssl_handshake_timeout", self._handshake_s)
        return await super().create_connection(*args, **options)

    def stood_still(self, seconds: float) -> None:
        """Forget the time that passed while the loop did not run."""
        self._away_s += seconds


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What every round of one Fetcher shares."""

    user_agent: str
    guard: Guard
    politeness: Politeness
    rules: Rules
    trust: ssl.SSLContext | None
    time_limit_s: float


class Round:
    """Visits everything that was asked for; `some` gives what has come since, [] at the end.

    Requests queue up by site. A worker takes the site whose turn comes first, so a slow or
    a crowded site keeps none of the others waiting. Of what was asked for a part is taken
    at first; `refill` takes more.
    """

    def __init__(self, manners: Manners, asks: Iterable[tuple[Request, Ask]]) -> None:
        self._manners = manners
        self._results: list[Result] = []
        self._broken: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()
        self._asks = iter(asks)
        self._queues: dict[str, deque[tuple[Request, URL, Ask]]] = {}  # in line, or visited now
        self._line: list[tuple[float, str]] = []
        self._waiting = 0
        self._loop = asyncio.get_running_loop()
        self._workers: set[asyncio.Task[None]] = set()
        self.refill()
        self._session = _session(manners)
        self._visitor = Visitor(
            session=self._session,
            guard=manners.guard,
            politeness=manners.politeness,
            rules=manners.rules,
            time_limit_s=manners.time_limit_s,
        )

    def refill(self) -> None:
        """Take more of what was asked for where few wait, and see that somebody goes there."""
        if self._waiting < FEW_WAITING:
            self._queue_up(islice(self._asks, MOST_WAITING - self._waiting))
        for _ in range(min(AT_ONCE - len(self._workers), len(self._line))):
            worker = self._loop.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._over)
        if self._results:
            self._news.set()

    async def some(self) -> list[Result]:
        while self._workers:
            await self._news.wait()
            self._news.clear()
            if self._results:
                break
        for worker in self._broken:
            worker.result()
        results, self._results = self._results, []
        return results

    async def close(self) -> None:
        """Hang up everywhere."""
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await self._session.close()

    def _queue_up(self, asks: Iterable[tuple[Request, Ask]]) -> None:
        for request, ask in asks:
            try:
                url = self._manners.guard.check(request.url)
            except FetchError as error:
                self._results.append((request, error))
                continue
            name = place(url)
            if name not in self._queues:
                self._queues[name] = deque()
                heapq.heappush(self._line, (0.0, name))
            self._queues[name].append((request, url, ask))
            self._waiting += 1

    async def _work(self) -> None:
        while self._line:
            ready_at, name = heapq.heappop(self._line)
            if (early := ready_at - monotonic()) > 0:
                await asyncio.sleep(early)
            if wait := self._manners.politeness.wait(name, monotonic()):
                heapq.heappush(self._line, (monotonic() + wait, name))
                continue
            queue = self._queues[name]
            request, url, ask = queue.popleft()
            self._waiting -= 1
            answer = await self._answer(url, ask, is_last=not queue)
            self._tell(request, answer)
            if queue:
                heapq.heappush(self._line, (monotonic(), name))
            else:
                del self._queues[name]

    async def _answer(self, url: URL, ask: Ask, *, is_last: bool) -> Answer | Exception:
        try:
            return await self._visitor.visit(url, ask, is_last=is_last)
        except Exception as error:  # whatever one site brings about must not stop the others
            return failure(error)

    def _tell(self, request: Request, answer: Answer | Exception) -> None:
        """Results are handed over a few at a time, which is cheaper than one by one."""
        self._results.append((request, answer))
        if len(self._results) >= MANY_RESULTS:
            self._news.set()
        elif len(self._results) == 1:
            asyncio.get_running_loop().call_later(GATHER_S, self._news.set)

    def _over(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled() and worker.exception():
            self._broken.append(worker)
        self._news.set()


def _session(manners: Manners) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(manners.guard),
        use_dns_cache=False,
        ssl=manners.trust or True,
        limit=0,
        keepalive_timeout=KEEP_ALIVE_S,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": manners.user_agent, "Accept-Encoding": CODINGS},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_LIMIT_S),
        auto_decompress=False,
    )
