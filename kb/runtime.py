"""What a running installation is made of; built by kb.factory, passed around whole."""

from collections.abc import Callable
from dataclasses import dataclass

from kb.config import Settings
from kb.db.database import Database
from kb.search.engine import SearchEngine


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """`mend_soon` tells the worker that the search index was found damaged."""

    settings: Settings
    database: Database
    search: SearchEngine
    mend_soon: Callable[[], None] = lambda: None
