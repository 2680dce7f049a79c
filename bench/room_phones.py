"""Many phones in one room: `python -m bench.room_phones PORT CODE OPTIONS`, OPTIONS being JSON.

Each is one participant with a connection of its own and does what room.js does: it joins,
asks every two seconds with jitter whether anything is new, fetches its part of the page when
something is, answers after a while of thinking, and sends again with back-off and jitter
whatever was not acknowledged. A few readers browse pages meanwhile. Prints JSON, one object
a line: `joined`, then `round` as soon as all have answered it, and `done` with everything at
the end, which is when the room is closed or time is up.
"""

import asyncio
import html
import json
import random
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

POLL_S, LONGEST_S, PATIENCE_S, TICK_S = 2.0, 30.0, 10.0, 0.05
FIELD = re.compile(
    r'<(?:input|button)\b[^>]*?\bname="(?P<name>[^"]*)"[^>]*?\bvalue="(?P<value>[^"]*)"'
)
SCREEN = re.compile(r'<div class="screen"[^>]*\bdata-round="([^"]*)"[^>]*\bdata-change="([^"]*)"')
FORM = re.compile(r'<form\b[^>]*\baction="([^"]*/answers)"[^>]*>(.*?)</form>', re.DOTALL)
JOIN = re.compile(r'<form\b[^>]*\baction="([^"]*)"')
READ = (
    "/",
    "/search?q=young+people",
    "/tip-cards",
    "/case-studies",
    "/councils",
    "/search?q=topics",
)
GONE = {404, 410}


@dataclass(frozen=True, kw_only=True)
class Options:
    people: int
    join_s: float = 10.0
    think_s: tuple[float, float] = (1.0, 6.0)
    changes_mind: float = 0.1
    readers: int = 3
    lasts_s: float = 600.0
    seed: int = 1


@dataclass
class Heard:
    """What all have seen: milliseconds by kind of request, and what went wrong how often."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    joined: int = 0


class Later(Exception):
    """Not answered, or not now."""


class Browser:
    """One connection, kept open; cookies by hand, because a jar costs more than the request."""

    def __init__(self, port: int, heard: Heard) -> None:
        self.session = aiohttp.ClientSession(
            f"http://127.0.0.1:{port}",
            connector=aiohttp.TCPConnector(limit=1, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            headers={"Accept-Encoding": "gzip"},
        )
        self.heard = heard
        self.cookie = ""

    async def ask(self, kind: str, method: str, path: str, **options: Any) -> tuple[int, str, Any]:
        """(status, body, headers); raises Later where room.js would try again."""
        headers = options.pop("headers", {}) | ({"Cookie": self.cookie} if self.cookie else {})
        started = time.perf_counter()
        try:
            async with self.session.request(
                method, path, headers=headers, allow_redirects=False, **options
            ) as answer:
                body = await answer.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.heard.again[f"{kind}: {type(error).__name__}"] += 1
            raise Later from error
        self.heard.times[kind].append((time.perf_counter() - started) * 1000)
        self.heard.sizes[kind] += len(body)
        if answer.status >= 500 or answer.status == 429:
            self.heard.wrong[f"{kind}: {answer.status}"] += 1
            raise Later
        for cookie in answer.cookies.values():
            self.cookie = f"{cookie.key}={cookie.value}"
        return answer.status, body, answer.headers


class Phone:
    def __init__(self, port: int, code: str, options: Options, heard: Heard, told: "Told") -> None:
        self._browser = Browser(port, heard)
        self._here = f"/j/{code}"
        self._options = options
        self._heard = heard
        self._told = told
        self._chance = random.Random(random.getrandbits(64))
        self._change = self._known = -1  # what the page shows, and what there is to show
        self._etag = ""
        self._seen = ""
        self._is_over = False
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._options.join_s))
        try:
            await self._join()
            await self._poll()
        finally:
            for task in self._sending:
                task.cancel()
            await self._browser.session.close()

    async def _join(self) -> None:
        """The page with the button, the button, and the page that it leads to."""
        _, body, _ = await self._until(lambda: self._browser.ask("enter", "GET", self._here))
        action = _first(JOIN, body)
        await self._until(lambda: self._browser.ask("join", "POST", action))
        _, body, _ = await self._until(lambda: self._browser.ask("page", "GET", self._here))
        self._heard.acknowledged[self._token()] = {}
        self._heard.joined += 1
        self._told.joined()
        self._look_at(body)

    def _token(self) -> str:
        return self._browser.cookie.partition("=")[2]

    async def _poll(self) -> None:
        failures = 0
        await asyncio.sleep(POLL_S * self._chance.uniform(0.25, 0.75))
        while not self._is_over:
            try:
                await self._ask_what_is_new()
                failures = 0
            except Later:
                failures += 1
            await asyncio.sleep(
                self._back_off(POLL_S, failures)
                if failures
                else POLL_S * self._chance.uniform(0.75, 1.25)
            )

    async def _ask_what_is_new(self) -> None:
        headers = {"If-None-Match": self._etag} if self._etag else {}
        status, body, told = await self._browser.ask(
            "poll", "GET", f"{self._here}/state", headers=headers
        )
        self._is_over = status in GONE
        if status == 200:
            self._etag = told.get("ETag", "")
            self._known = int(json.loads(body)["change"])
        if self._change < self._known and not self._is_over:
            await self._show()

    async def _show(self) -> None:
        status, body, _ = await self._browser.ask("part", "GET", f"{self._here}?part=1")
        self._is_over = self._is_over or status in GONE
        if status == 200:
            self._look_at(body)

    def _look_at(self, body: str) -> None:
        """A question not seen before is thought about, then answered."""
        screen = SCREEN.search(body)
        form = FORM.search(body)
        if screen is None:
            self._heard.wrong["a page without a screen"] += 1
            return
        self._change = int(screen[2] or 0)
        if form is not None and screen[1] and screen[1] != self._seen:
            self._seen = screen[1]
            task = asyncio.create_task(self._think_and_answer(screen[1], form[1], form[2]))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _think_and_answer(self, round_id: str, action: str, form: str) -> None:
        fields = [(m["name"], html.unescape(m["value"])) for m in FIELD.finditer(form)]
        hidden = [(name, value) for name, value in fields if name not in {"room", "chosen"}]
        choices = [value for name, value in fields if name == "chosen"]
        await asyncio.sleep(self._chance.uniform(*self._options.think_s))
        await self._answer(round_id, action, hidden, self._chance.choice(choices))
        if self._chance.random() < self._options.changes_mind:
            await self._answer(round_id, action, hidden, self._chance.choice(choices))
        self._told.answered(round_id)

    async def _answer(
        self, round_id: str, action: str, hidden: list[tuple[str, str]], chosen: str
    ) -> None:
        data = aiohttp.FormData([*hidden, ("chosen", chosen)])
        headers = {"X-Room": self._token()}
        status, body, _ = await self._until(
            lambda: self._browser.ask("vote", "POST", action, data=data(), headers=headers)
        )
        if status != 200:
            self._heard.wrong[f"vote: {status} {body[:80]}"] += 1
            return
        self._heard.acknowledged[self._token()][round_id] = [chosen]
        self._heard.answered[round_id] += 1
        try:
            await self._show()
        except Later:
            self._known = self._change + 1  # the next poll shows it

    async def _until(
        self, ask: Callable[[], Awaitable[tuple[int, str, Any]]]
    ) -> tuple[int, str, Any]:
        failures = 0
        while True:
            try:
                return await ask()
            except Later:
                await asyncio.sleep(self._back_off(1.0, failures))
                failures += 1

    def _back_off(self, first: float, failures: int) -> float:
        return min(LONGEST_S, first * 2**failures) * self._chance.uniform(0.5, 1.5)


class Told:
    """Tells whoever started us how far all are."""

    def __init__(self, people: int) -> None:
        self._people = people
        self._started = time.perf_counter()
        self._joined = 0
        self._answered: Counter[str] = Counter()

    def joined(self) -> None:
        self._joined += 1
        if self._joined == self._people:
            _say(joined=self._joined, within_s=time.perf_counter() - self._started)

    def answered(self, round_id: str) -> None:
        self._answered[round_id] += 1
        if self._answered[round_id] == self._people:
            _say(round=round_id, answered=self._people)


async def read(port: int, heard: Heard) -> None:
    """Somebody who browses, and a yardstick beside them."""
    browser, chance = Browser(port, heard), random.Random(random.getrandbits(64))
    try:
        while True:
            for kind, path in (("reading", chance.choice(READ)), ("healthz", "/healthz")):
                try:
                    await browser.ask(kind, "GET", path)
                except Later:
                    await asyncio.sleep(1)
            await asyncio.sleep(chance.uniform(0.3, 1.0))
    finally:
        await browser.session.close()


async def watch(heard: Heard) -> None:
    """How late this process itself comes to what is due: it shares the machine with the site."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(TICK_S)
        heard.times["late"].append((time.perf_counter() - started - TICK_S) * 1000)


async def main(port: int, code: str, options: Options) -> None:
    random.seed(options.seed)
    heard, told = Heard(), Told(options.people)
    readers = [asyncio.create_task(read(port, heard)) for _ in range(options.readers)]
    readers.append(asyncio.create_task(watch(heard)))
    phones = [
        asyncio.create_task(Phone(port, code, options, heard, told).run())
        for _ in range(options.people)
    ]
    _, late = await asyncio.wait(phones, timeout=options.lasts_s)
    for task in [*late, *readers]:
        task.cancel()
    ended = await asyncio.gather(*phones, *readers, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            heard.wrong[f"a phone ended: {error!r}"] += 1
    if late:
        heard.wrong["not told that the room is closed"] = len(late)
    _say(done=True, cpu_s=time.process_time(), **vars(heard))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"no {pattern.pattern} in {text[:200]!r}")
    return html.unescape(found[1])


def _say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    given = json.loads(sys.argv[3])
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], Options(**given)))
