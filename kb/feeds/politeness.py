"""Takes turns: one visitor at a site at a time, not too often, and not when asked to stay away."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

EVERY_S = 1.0
BURST = 10
MOST_SITES = 20_000
ASK_AGAIN_S = 0.05


@dataclass(slots=True)
class _Site:
    turns: float
    counted_at: float
    is_busy: bool = False
    away_until: float = 0.0


class Politeness:
    """Who may ask which site when; shared by every thread of this process.

    A site has `burst` turns at once and one more `every_s` seconds. Those in `free`, which
    the installation's owner has named, have as many as they like, still one at a time.
    """

    def __init__(
        self,
        *,
        every_s: float = EVERY_S,
        burst: int = BURST,
        free: Iterable[str] = (),
        most_sites: int = MOST_SITES,
    ) -> None:
        self._every_s = every_s
        self._burst = burst
        self._free = frozenset(free)
        self._most_sites = most_sites
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    @property
    def sites(self) -> frozenset[str]:
        """The sites that are remembered."""
        return frozenset(self._sites)

    def claim(self, name: str, now: float) -> float:
        """Take this site's turn: 0.0 if it is ours now, else how long to wait and ask again."""
        with self._lock:
            site = self._site(name, now)
            wait = self._wait(site, name in self._free, now)
            if not wait:
                site.is_busy = True
                site.turns -= 1
            return wait

    def wait(self, name: str, now: float) -> float:
        """How long until its turn might come; takes nothing."""
        with self._lock:
            return self._wait(self._site(name, now), name in self._free, now)

    def leave(self, name: str) -> None:
        """Give the turn back."""
        with self._lock:
            if name in self._sites:
                self._sites[name].is_busy = False

    def stay_away(self, name: str, seconds: float, now: float) -> None:
        """The site wants no visit for that long; its own business where it is free."""
        if name in self._free:
            return
        with self._lock:
            site = self._site(name, now)
            site.away_until = max(site.away_until, now + seconds)

    def away_s(self, name: str, now: float) -> float:
        """How much longer the site wants no visit; 0.0 if it never said so."""
        with self._lock:
            site = self._sites.get(name)
            return max(0.0, site.away_until - now) if site else 0.0

    def _wait(self, site: _Site, is_free: bool, now: float) -> float:
        if site.is_busy:
            return ASK_AGAIN_S
        if is_free:
            return 0.0
        grown = (now - site.counted_at) / self._every_s
        site.turns = min(float(self._burst), site.turns + grown)
        site.counted_at = now
        return 0.0 if site.turns >= 1 else (1 - site.turns) * self._every_s + 0.001

    def _site(self, name: str, now: float) -> _Site:
        site = self._sites.get(name)
        if site is None:
            if len(self._sites) >= self._most_sites:
                self._forget(now)
            site = self._sites[name] = _Site(float(self._burst), now)
        return site

    def _forget(self, now: float) -> None:
        rested = self._every_s * self._burst
        self._sites = {
            name: site
            for name, site in self._sites.items()
            if site.is_busy or site.away_until > now or site.counted_at + rested > now
        }
