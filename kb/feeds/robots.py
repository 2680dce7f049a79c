"""Remembers which pages a site asks programs to leave alone."""

from collections import OrderedDict
from urllib.robotparser import RobotFileParser

NAME = "ScrutinySwap"
KEPT_S = 24 * 3600.0
MOST_SITES = 1000


class Rules:
    """The robots.txt files that we have read, each for a day."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, tuple[float, RobotFileParser]] = OrderedDict()

    def knows(self, site: str, now: float) -> bool:
        """Do we have the wishes of this site?"""
        known = self._sites.get(site)
        return known is not None and known[0] > now

    def learn(self, site: str, text: str, now: float) -> None:
        """Remember the site's robots.txt; "" where it has none."""
        parser = RobotFileParser()
        parser.parse(text.lstrip("\ufeff").splitlines())
        self._sites[site] = (now + KEPT_S, parser)
        self._sites.move_to_end(site)
        while len(self._sites) > MOST_SITES:
            self._sites.popitem(last=False)

    def may_read(self, site: str, url: str) -> bool:
        """May we read this page, as far as we know the site's wishes?"""
        known = self._sites.get(site)
        return known is None or known[1].can_fetch(NAME, url)
