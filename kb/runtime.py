"""What a running installation is made of; built by kb.factory, passed around whole."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kb.config import Settings
from kb.db.database import Database
from kb.feeds.fetch import Fetcher
from kb.feeds.pictures import Painter
from kb.feeds.reading import Reader
from kb.files.apart import Apart
from kb.mail.types import Sender
from kb.search.engine import SearchEngine


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """`mend_soon` tells the worker that the search index was found damaged.

    None of `fetcher`, `reader`, `painter` and `apart` starts a loop or a process before it is
    first used.
    """

    settings: Settings
    database: Database
    search: SearchEngine
    mail: Sender
    fetcher: Fetcher = field(default_factory=lambda: Fetcher(contact=""))
    reader: Reader = field(default_factory=Reader)
    painter: Painter = field(default_factory=Painter)
    apart: Apart = field(default_factory=Apart)
    mend_soon: Callable[[], None] = lambda: None
