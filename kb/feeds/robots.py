"""Remembers which pages a site asks programs to leave alone, and reads what a page asks itself."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

NAME = "ScrutinySwap"
KEPT_S = 24 * 3600.0
MOST_SITES = 1000
_LEFT_ALONE = {"noindex", "none", "noai"}
_AGENT = re.compile(r"\s*([A-Za-z*][\w.*-]*)\s*:(.*)", re.DOTALL)
_NO_AGENTS = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    allows: bool


class Rules:
    """The robots.txt files that we have read, each for a day."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, tuple[float, tuple[_Rule, ...]]] = OrderedDict()

    def knows(self, site: str, now: float) -> bool:
        """Do we have the wishes of this site?"""
        known = self._sites.get(site)
        return known is not None and known[0] > now

    def learn(self, site: str, text: str, now: float) -> None:
        """Remember the site's robots.txt; "" where it has none."""
        self._sites[site] = (now + KEPT_S, _for_us(text))
        self._sites.move_to_end(site)
        while len(self._sites) > MOST_SITES:
            self._sites.popitem(last=False)

    def may_read(self, site: str, url: str) -> bool:
        """May we read this page, as far as we know the site's wishes?

        Of the rules that fit, the longest counts; of two alike, the one that allows.
        """
        parts = urlsplit(url)
        path = unquote(parts.path or "/") + (f"?{unquote(parts.query)}" if parts.query else "")
        _, rules = self._sites.get(site, (0.0, ()))
        fitting = [(len(rule.pattern), rule.allows) for rule in rules if _fits(rule.pattern, path)]
        return max(fitting, default=(0, True))[1]


def asks_to_be_left(said: str) -> bool:
    """Does a page ask not to be taken in? `said` is its robots meta or X-Robots-Tag headers.

    What it asks of one program by name does not concern the others.
    """
    for line in said.splitlines():
        agent = ""
        for word in line.split(","):
            named = _AGENT.match(word)
            if named and named[1].lower() not in _NO_AGENTS:
                agent, word = named[1].lower(), named[2]
            if word.strip().lower() in _LEFT_ALONE and agent in {"", "*", NAME.lower()}:
                return True
    return False


def _for_us(text: str) -> tuple[_Rule, ...]:
    """The rules for us by name; where there are none, those for everybody."""
    groups: dict[str, list[_Rule]] = {}
    agents: list[str] = []
    is_heading = False
    for name, value in _lines(text):
        if name == "user-agent":
            agents = [*agents, _product(value)] if is_heading else [_product(value)]
            groups.setdefault(agents[-1], [])
        elif name in {"allow", "disallow"}:
            rule = _Rule(unquote(value), name == "allow")
            for agent in agents if value else ():
                groups[agent].append(rule)
        is_heading = name == "user-agent" or (is_heading and name not in {"allow", "disallow"})
    return tuple(groups.get(NAME.lower(), groups.get("*", ())))


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _product(agent: str) -> str:
    return agent.partition("/")[0].strip().lower()


def _fits(pattern: str, path: str) -> bool:
    """Does the path begin like that? "*" is anything, "$" at its end the end of the path."""
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first) or not rest:
        return path == first if is_whole else path.startswith(first)
    last = rest.pop() if is_whole else ""
    at, end = len(first), len(path) - len(last)
    for piece in rest:
        found = path.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end and path.endswith(last)
