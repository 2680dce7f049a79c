"""One part of an index, as arrays that never change once they are read."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.search.engine import Document
from kb.search.scoring import Floats, Ints, Postings

KEPT_BYTES_PER_DOCUMENT = 1500
KEPT_BYTES_AT_LEAST = 2**20

NUMBERS = np.dtype(
    [
        ("length", "u1"),
        ("title_length", "<u2"),
        ("weight", "<f4"),
        ("happened", "<i4"),
        ("checked", "<i4"),
        ("copied", "<i4"),
        ("rank", "<i4"),
    ]
)


@dataclass(frozen=True, eq=False)
class FacetColumn:
    """Which documents have which terms of one facet: a pair for each."""

    terms: tuple[str, ...]
    docs: Ints
    ordinals: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """A sorted list of words and how many documents hold each."""

    words: list[str]
    counts: list[int]

    def beginning_with(self, prefix: str) -> slice:
        first = bisect_left(self.words, prefix)
        return slice(first, bisect_left(self.words, prefix + "\U0010ffff", first))

    @cached_property
    def by_length(self) -> Mapping[int, list[str]]:
        """The words of each length."""
        found: dict[int, list[str]] = {}
        for each in self.words:
            found.setdefault(len(each), []).append(each)
        return found

    def count(self, word: str) -> int:
        """How many documents hold a word that is among these."""
        return self.counts[bisect_left(self.words, word)]


class PostingsCache:
    """Postings read once and kept, the least used ones let go when they grow too big."""

    def __init__(self, read: Callable[[str], Postings | None], documents: int) -> None:
        self._read = read
        self._limit = KEPT_BYTES_AT_LEAST + KEPT_BYTES_PER_DOCUMENT * documents
        self._kept: OrderedDict[str, Postings | None] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(self, stem: str) -> Postings | None:
        with self._lock:
            if stem in self._kept:
                self._kept.move_to_end(stem)
                return self._kept[stem]
            found = self._kept[stem] = self._read(stem)
            self.size += _cost(found)
            while self.size > self._limit and len(self._kept) > 1:
                self.size -= _cost(self._kept.popitem(last=False)[1])
            return found


def _cost(postings: Postings | None) -> int:
    return 200 + (postings.size if postings else 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Segment:
    """What is known of one segment; deleted documents are still in it.

    `numbers` has a row for each document, of the kind NUMBERS. `postings` are by
    the stems of the text, `titles` by the words of the titles as they are spelled.
    """

    id: str
    keys: list[str]
    numbers: NDArray[Any]
    lengths: Floats
    vocabulary: Words
    title_words: Words
    facets: Mapping[str, FacetColumn]
    postings: PostingsCache
    titles: PostingsCache
    document: Callable[[int], Document]

    @property
    def size(self) -> int:
        return len(self.keys)

    @cached_property
    def weights(self) -> Floats:
        return self.numbers["weight"].astype(np.float64)

    @cached_property
    def ranks(self) -> Ints:
        return self.numbers["rank"].astype(np.int64)

    @cached_property
    def numbers_by_key(self) -> Mapping[str, int]:
        """Where the last document of each key is."""
        return {key: at for at, key in enumerate(self.keys)}
