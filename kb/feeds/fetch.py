"""Asks the outside world: guarded, polite, bounded, and without ever taking a cookie."""

import re
import ssl
from collections.abc import Callable, Iterable
from time import monotonic

from kb.feeds.errors import FetchError
from kb.feeds.guard import Guard, Lookup, system_lookup
from kb.feeds.politeness import Politeness
from kb.feeds.robots import NAME, Rules
from kb.feeds.round import HANDSHAKE_LIMIT_S, Manners, Round, StoppableClock
from kb.feeds.types import Answer, Fetched, Request, Validators
from kb.feeds.visit import NO_VALIDATORS, Ask

VERSION = "1.0"
TIME_LIMIT_S = 30.0
PICTURE_LIMIT_S = 8.0
LOOK_LIMIT_S = 8.0
MOST_PICTURE_BYTES = 5 * 1024 * 1024
ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
ACCEPT_PICTURE = "image/webp, image/png, image/jpeg, image/gif;q=0.8, image/*;q=0.5"

Done = Callable[[Request, Answer | Exception], None]


class Fetcher:
    """Every way in which this site asks another one goes through here.

    `contact` tells other sites who we are: a web or e-mail address. `allow` names places
    ("host:port") that are ours to visit although they are not public. Threads may share
    it: each call runs a loop of its own in the thread that calls, and politeness counts
    for all of them together.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow: frozenset[str] = frozenset(),
        lookup: Lookup = system_lookup,
        trust: ssl.SSLContext | None = None,
        politeness: Politeness | None = None,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        allow = frozenset(place.strip().lower() for place in allow)
        self._manners = Manners(
            user_agent=_user_agent(contact),
            guard=Guard(allow=allow, lookup=lookup),
            politeness=politeness or Politeness(free=allow),
            rules=Rules(),
            trust=trust,
            time_limit_s=time_limit_s,
        )

    def fetch(self, url: str, validators: Validators = NO_VALIDATORS) -> Answer:
        """Ask for one feed. Raises FetchError, and Refused for where we will not go."""
        return self._one(url, _feed(validators))

    def fetch_many(self, requests: Iterable[Request], done: Done) -> None:
        """Ask for many feeds at once, calling `done` in this thread as each answer comes.

        Requests are taken as there is room for them, between two calls. Time limits stand
        still while `done` works; what it raises ends everything.
        """
        self._many(((request, _feed(request.validators)) for request in requests), done)

    def page(self, url: str) -> Fetched:
        """Ask for a web page, unless its site asks programs not to. Raises FetchError."""
        return self._full(url, Ask(accept=ACCEPT_PAGE, minds_robots=True))

    def look(self, requests: Iterable[Request], done: Done) -> None:
        """Ask many pages at once whether they answer; none is waited for long."""
        ask = Ask(accept=ACCEPT_PAGE, minds_robots=True, time_limit_s=LOOK_LIMIT_S)
        self._many(((request, ask) for request in requests), done)

    def picture(self, url: str) -> Fetched:
        """Ask for a picture of at most 5 MB; what it really is remains to be seen."""
        ask = Ask(
            accept=ACCEPT_PICTURE, most_bytes=MOST_PICTURE_BYTES, time_limit_s=PICTURE_LIMIT_S
        )
        return self._full(url, ask)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _full(self, url: str, ask: Ask) -> Fetched:
        answer = self._one(url, ask)
        if isinstance(answer, Fetched):
            return answer
        raise FetchError("The site gave no full answer.")

    def _one(self, url: str, ask: Ask) -> Answer:
        answers: list[Answer | Exception] = []
        self._many([(Request(key=0, url=url), ask)], lambda _, answer: answers.append(answer))
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]

    def _many(self, asks: Iterable[tuple[Request, Ask]], done: Done) -> None:
        loop = StoppableClock(min(HANDSHAKE_LIMIT_S, self._manners.time_limit_s / 3))
        try:
            round_ = loop.run_until_complete(_start(self._manners, asks))
            try:
                while results := loop.run_until_complete(round_.some()):
                    left_at = monotonic()
                    for request, answer in results:
                        done(request, answer)
                    round_.refill()
                    loop.stood_still(monotonic() - left_at)
            finally:
                loop.run_until_complete(round_.close())
        finally:
            loop.close()


async def _start(manners: Manners, asks: Iterable[tuple[Request, Ask]]) -> Round:
    return Round(manners, asks)


def _feed(validators: Validators) -> Ask:
    return Ask(accept=ACCEPT_FEED, validators=validators)


def _user_agent(contact: str) -> str:
    """Who we are, in one line that fits a header whatever the contact is."""
    contact = re.sub(r"[^\x21-\x7e]+|[()]", "", contact)
    return f"{NAME}/{VERSION} (+{contact})" if contact else f"{NAME}/{VERSION}"
