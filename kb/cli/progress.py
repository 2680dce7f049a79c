"""Progress bars on stderr; none where stderr is not a terminal."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NoReturn, TypeVar

from tqdm import tqdm

from kb.runtime import Runtime
from kb.search.engine import Document, Page, Query, SearchEngine

T = TypeVar("T")


@contextmanager
def bar(label: str, *, unit: str, total: int | None = None) -> Iterator["Bar"]:
    """A bar that is moved by `update`."""
    with tqdm(total=total, desc=label, unit=unit, disable=None, leave=False) as moving:
        yield Bar(moving)


@contextmanager
def watched_index(runtime: Runtime, *, total: int) -> Iterator[Runtime]:
    """The same runtime, with a bar that moves with every document that the index takes."""
    with bar("Indexing", unit=" documents", total=total) as moving:
        yield replace(runtime, search=_Watched(runtime.search, moving))


class Bar:
    def __init__(self, moving: "tqdm[NoReturn]") -> None:
        self._moving = moving

    def update(self, steps: int = 1) -> None:
        self._moving.update(steps)

    def watch(self, items: Iterable[T]) -> Iterator[T]:
        """The same items; the bar moves with each."""
        for item in items:
            yield item
            self.update()


class _Watched:
    """An engine that says which documents it takes."""

    def __init__(self, engine: SearchEngine, moving: Bar) -> None:
        self._engine = engine
        self._bar = moving

    def put(self, documents: Iterable[Document]) -> None:
        self._engine.put(self._bar.watch(documents))

    def remove(self, keys: Iterable[str]) -> None:
        self._engine.remove(keys)

    def search(self, query: Query) -> Page:
        return self._engine.search(query)

    def suggest(self, prefix: str, *, limit: int = 8) -> tuple[str, ...]:
        return self._engine.suggest(prefix, limit=limit)

    def count(self) -> int:
        return self._engine.count()

    def replace(self, documents: Iterable[Document]) -> int:
        return self._engine.replace(self._bar.watch(documents))
