"""What the rest of the code knows about search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kb.errors import KbError

MAX_TEXT = 200
MAX_PAGE = 500
MAX_PER_PAGE = 100


class IndexDamaged(KbError):
    """The index is missing, broken or of an older shape: `replace` mends it."""


class IndexBusy(KbError):
    """Somebody else is writing to the index; nothing was changed, so try again later."""


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    CHECKED = "checked"
    COPIED = "copied"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One findable thing.

    `key` is stable and unique, such as "practice:kirklees-01". `title`, `summary`
    and `body` are plain text, found and shown; `names` (councils) and `keywords`
    (labels and synonyms of its terms) are found and never shown. `facets` maps a
    facet to term ids. `happened` and `checked` are days (`date.toordinal()`), 0
    where unknown, and are what `Sort.NEWEST` and `Sort.CHECKED` order by, newest
    first. `copied` is how many councils copied it, for `Sort.COPIED`: the most first,
    of equals the newest. `weight` scales the score: below 1 for what is historical.
    `stored` comes back with the hit as it was put in; its values are JSON scalars.
    """

    key: str
    kind: str
    title: str
    summary: str = ""
    body: str = ""
    names: str = ""
    keywords: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    happened: int = 0
    checked: int = 0
    copied: int = 0
    weight: float = 1.0
    stored: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a person asks.

    `text` is as typed: words, "quoted phrases", -words; the last word also
    matches as a prefix. `filters` maps a facet to terms: any of them inside one
    facet, every facet across; "kind" is a facet too. `count` names the facets to
    count. A `verbatim` query is not mended. `like` is the code of the council whose like
    come first; engines leave that to kb.finding.alike.
    """

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    count: tuple[str, ...] = ()
    sort: Sort = Sort.BEST
    page: int = 1
    per_page: int = 20
    verbatim: bool = False
    like: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One result. `snippet` is HTML: escaped text with <mark> around what matched."""

    key: str
    kind: str
    title: str
    snippet: str
    score: float
    stored: Mapping[str, str | int | None]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of an answer.

    `counts` gives, for each facet asked for, how many documents match the text
    and every filter but that facet's own, by term. `searched` is the text that
    was searched in place of what was typed, where typing errors were mended.
    `relaxed` says that not every word could be matched, so the best of them were.
    """

    hits: tuple[Hit, ...]
    total: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    searched: str = ""
    relaxed: bool = False


class SearchEngine(Protocol):
    """An index that can always be rebuilt from the database.

    Engines own no truth: losing one costs a rebuild and nothing else. Every
    engine passes tests/search/test_engines.py; that file is the contract. Every
    method but `replace` raises IndexDamaged where the index cannot be trusted.
    """

    def put(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those with the same key."""

    def remove(self, keys: Iterable[str]) -> None:
        """Forget these keys; unknown ones are not an error."""

    def search(self, query: Query) -> Page:
        """Answer any text a person may type; never raise because of it."""

    def suggest(self, prefix: str, *, limit: int = 8) -> tuple[str, ...]:
        """Titles that hold a word beginning with each word typed; best first."""

    def count(self) -> int:
        """How many documents it holds."""

    def replace(self, documents: Iterable[Document]) -> int:
        """Hold these documents and no others; return how many.

        Readers see the old index until the new one is whole.
        """
