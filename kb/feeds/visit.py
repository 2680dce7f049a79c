"""One visit to one address: every hop checked, every byte counted."""

import asyncio
from dataclasses import dataclass, replace
from math import inf
from time import monotonic, time
from urllib.parse import quote, urljoin

import aiohttp
from yarl import URL

from kb.feeds import answers
from kb.feeds.errors import FetchError, Refused
from kb.feeds.guard import Guard
from kb.feeds.politeness import Politeness
from kb.feeds.robots import Rules
from kb.feeds.types import Answer, Fetched, NotModified, Validators
from kb.feeds.unpack import Unpacker

MOST_REDIRECTS = 5
MOST_BYTES = 10 * 1024 * 1024
MOST_ROBOTS_BYTES = 500 * 1024
LONGEST_QUEUE_S = 60.0
REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}
LISTS = {"link": ", ", "cache-control": ", ", "x-robots-tag": "\n"}
ROBOTS_PATH = "/robots.txt"
NO_VALIDATORS = Validators()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What we ask for, apart from where. A page that `minds_robots` may be off limits.

    `time_limit_s` is for what is worth less of a wait than a feed is.
    """

    accept: str
    validators: Validators = NO_VALIDATORS
    most_bytes: int = MOST_BYTES
    minds_robots: bool = False
    time_limit_s: float = inf


@dataclass(frozen=True, kw_only=True)
class _Redirect:
    target: str
    is_permanent: bool


def place(url: URL) -> str:
    """The site that an address belongs to, as "host:port"."""
    host = url.raw_host or ""
    return f"[{host}]:{url.port}" if ":" in host else f"{host}:{url.port}"


class Visitor:
    """Asks for one address after another in one loop."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        guard: Guard,
        politeness: Politeness,
        rules: Rules,
        time_limit_s: float,
    ) -> None:
        self._session = session
        self._guard = guard
        self._politeness = politeness
        self._rules = rules
        self._time_limit_s = time_limit_s

    async def visit(self, url: URL, ask: Ask, *, is_last: bool = False) -> Answer:
        """Go to this checked address, and on to wherever it sends us.

        A visit that `is_last` keeps no connection open for another one. Waiting for a turn
        does not count as time. Raises FetchError, and whatever else the network has.
        """
        moved_to, still_permanent = "", True
        seen, headers = {url}, _headers(ask, is_last)
        async with asyncio.timeout(min(ask.time_limit_s, self._time_limit_s)) as limit:
            for _ in range(MOST_REDIRECTS + 1):
                step = await self._step(url, ask, headers, limit)
                if isinstance(step, Fetched):
                    return replace(step, moved_to=moved_to) if moved_to else step
                if isinstance(step, NotModified):
                    return step
                url = self._next(step, seen)
                still_permanent = still_permanent and step.is_permanent
                moved_to = str(url) if still_permanent else moved_to
        raise FetchError(
            f"Too many redirects: the site sends us on more than {MOST_REDIRECTS} times."
        )

    def _next(self, step: _Redirect, seen: set[URL]) -> URL:
        url = self._guard.check(step.target)
        if url in seen:
            raise FetchError(
                "Too many redirects: the site sends us in a circle; it may insist on cookies."
            )
        seen.add(url)
        return url

    async def _step(
        self, url: URL, ask: Ask, headers: dict[str, str], limit: asyncio.Timeout
    ) -> Fetched | NotModified | _Redirect:
        if ask.minds_robots:
            await self._mind_robots(url)
        name = place(url)
        await self._turn(name, limit)
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                _end_when_hung_up(response)
                return await self._take(response, url, ask)
        except aiohttp.ClientConnectorError as error:
            if hint := answers.only_http(str(url), error):
                raise hint from error
            raise
        finally:
            self._politeness.leave(name)

    async def _turn(self, name: str, limit: asyncio.Timeout) -> None:
        """Wait until it is our turn at this site, while the time limit stands still."""
        if away_s := self._politeness.away_s(name, monotonic()):
            raise FetchError(
                "The site has asked us to stay away for a while.",
                status=429,
                retry_after_s=int(away_s) + 1,
            )
        wait = self._politeness.claim(name, monotonic())
        if not wait:
            return
        clock = asyncio.get_running_loop().time
        left_s = (limit.when() or clock()) - clock()
        give_up_at = monotonic() + LONGEST_QUEUE_S
        limit.reschedule(None)
        while wait:
            if monotonic() + wait > give_up_at:
                raise FetchError("We are asking this site for too much already; later, then.")
            await asyncio.sleep(wait)
            wait = self._politeness.claim(name, monotonic())
        limit.reschedule(clock() + left_s)

    async def _take(
        self, response: aiohttp.ClientResponse, url: URL, ask: Ask
    ) -> Fetched | NotModified | _Redirect:
        status = response.status
        if status in REDIRECTS:
            return _redirect(response, url)
        headers = _heard(response)
        if status == 304:
            return _not_modified(url, ask, headers)
        if status not in {200, 203}:
            error = answers.refusal(status, headers, time())
            if error.retry_after_s:
                self._politeness.stay_away(place(url), error.retry_after_s, monotonic())
            raise error
        unpacker = Unpacker(headers.get("content-encoding", ""), ask.most_bytes)
        async for data in response.content.iter_any():
            unpacker.feed(data)
        content = unpacker.finish()
        if not content:
            raise FetchError("The answer is empty.", status=status)
        return Fetched(
            url=str(url),
            content=content,
            content_type=headers.get("content-type", ""),
            validators=answers.validators(headers),
            max_age_s=answers.max_age_s(headers, time()),
            retry_after_s=answers.retry_after_s(headers, time()),
            headers=headers,
        )

    async def _mind_robots(self, url: URL) -> None:
        name = place(url)
        if not self._rules.knows(f"{url.scheme}://{name}", monotonic()):
            text = await self._robots_txt(url)
            self._rules.learn(f"{url.scheme}://{name}", text, monotonic())
        if not self._rules.may_read(f"{url.scheme}://{name}", str(url)):
            raise Refused("The site asks programs not to read this page, so we do not.")

    async def _robots_txt(self, url: URL) -> str:
        """What the site asks programs for; a site that gives no answer has asked nothing."""
        ask = Ask(accept="text/plain, */*;q=0.5", most_bytes=MOST_ROBOTS_BYTES)
        try:
            answer = await self.visit(url.origin().with_path(ROBOTS_PATH), ask)
        except (FetchError, TimeoutError, aiohttp.ClientError, OSError, ValueError):
            return ""
        return answer.content.decode("utf-8", "replace") if isinstance(answer, Fetched) else ""


def _headers(ask: Ask, is_last: bool) -> dict[str, str]:
    headers = {"Accept": ask.accept}
    if is_last:
        headers["Connection"] = "close"
    if ask.validators.etag:
        headers["If-None-Match"] = ask.validators.etag
    if ask.validators.last_modified:
        headers["If-Modified-Since"] = ask.validators.last_modified
    return headers


def _end_when_hung_up(response: aiohttp.ClientResponse) -> None:
    """Let reading fail as soon as the connection is closed in the middle.

    Where an answer is not in chunks as it says, aiohttp hangs up but tells no reader.
    """
    content, connection = response.content, response.connection
    if connection is None or connection.protocol is None:  # the answer is complete
        return

    def end(closed: asyncio.Future[None] | None) -> None:
        if closed is not None and not closed.cancelled():
            closed.exception()
        if not content.is_eof() and content.exception() is None:
            content.set_exception(aiohttp.ClientPayloadError("hung up in the middle"))

    closed = connection.protocol.closed
    if closed is None:
        end(None)
    else:
        closed.add_done_callback(end)


def _heard(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers; of those that may come twice and are lists, all that they say."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        name, value = name.lower(), _readable(value)
        if name in headers and name in LISTS:
            value = f"{headers[name]}{LISTS[name]}{value}"
        headers[name] = value
    return headers


def _readable(value: str) -> str:
    """The text of a header; bytes that are no UTF-8 become U+FFFD."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _redirect(response: aiohttp.ClientResponse, url: URL) -> _Redirect:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError("The site sends us on, but not where to.", status=response.status)
    if any("\ud800" <= letter <= "\udfff" for letter in location):
        location = quote(location, safe=":/?#[]@!$&'()*+,;=%", errors="surrogateescape")
    try:
        target = urljoin(str(url), location)
    except ValueError as error:
        raise FetchError("The site sends us on to an address that is broken.") from error
    return _Redirect(target=target, is_permanent=REDIRECTS[response.status])


def _not_modified(url: URL, ask: Ask, headers: dict[str, str]) -> NotModified:
    if ask.validators == NO_VALIDATORS:
        raise FetchError(
            "The site says that nothing has changed, but we have nothing yet.", status=304
        )
    return NotModified(url=str(url), max_age_s=answers.max_age_s(headers, time()))
