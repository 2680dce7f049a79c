"""What a running installation is made of; built by kb.factory, passed around whole."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kb.config import Settings
from kb.db.database import Database
from kb.feeds.fetch import Fetcher
from kb.feeds.reading import Reader
from kb.search.engine import SearchEngine


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """`mend_soon` tells the worker that the search index was found damaged.

    Neither `fetcher` nor `reader` starts a loop or a process before it is first used.
    """

    settings: Settings
    database: Database
    search: SearchEngine
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(contact=""))
    reader: Reader = field(default_factory=Reader)
    mend_soon: Callable[[], None] = lambda: None
