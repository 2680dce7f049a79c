"""The arithmetic of search, on arrays: BM25, phrases, and the best of many."""

from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1 = 2.0
B = 0.5  # our documents are of about the same length; 0.75 is a little worse on judged.csv

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Weights = NDArray[np.float32]
Mask = NDArray[np.bool_]

_PLACES = 16  # bits of a position within its document


@dataclass(frozen=True, eq=False)
class Postings:
    """Where one stem stands in one segment: documents in order, how often, and at which places."""

    docs: Ints
    weights: Weights
    positions: NDArray[np.uint16]

    @cached_property
    def ends(self) -> Ints:
        """Where the places of each document end in `positions`."""
        return np.asarray(np.cumsum(self.weights, dtype=np.int32))

    @property
    def size(self) -> int:
        return 2 * self.docs.nbytes + self.weights.nbytes + self.positions.nbytes

    def at(self, docs: Ints) -> Ints:
        """The rows of documents that are all in here."""
        return np.asarray(np.searchsorted(self.docs, docs))

    def places(self, rows: Ints) -> Ints:
        """Every place in these rows, as one number that holds the row's index and the place."""
        ends = self.ends[rows]
        counts = self.weights[rows].astype(np.int64)
        before = np.cumsum(counts) - counts
        within = np.arange(counts.sum()) - np.repeat(before, counts)
        chosen = self.positions[np.repeat(ends - counts, counts) + within]
        owners = np.repeat(np.arange(len(rows)), counts)
        return np.asarray((owners << _PLACES) + chosen)


def idf(holding: int, documents: int) -> float:
    """How much a word tells: Whoosh's formula, so that both give the same scores."""
    return log(max(documents, 1) / (holding + 1)) + 1


def norms(lengths: Floats, average: float) -> Floats:
    """The part of BM25 that depends on a document's length alone."""
    return K1 * (1 - B + B * lengths / (average or 1))


def bm25(telling: float, weights: Weights | Floats, norm: Floats) -> Floats:
    return np.asarray(weights / (weights + norm) * (telling * (K1 + 1)))


def is_in(some: Ints, sorted_others: Ints) -> Mask:
    """Which of some numbers are among others that are sorted."""
    if not len(sorted_others):
        return np.zeros(len(some), dtype=bool)
    at = np.searchsorted(sorted_others, some)
    at[at == len(sorted_others)] = 0
    return np.asarray(sorted_others[at] == some)


def together(postings: list[Postings]) -> Ints:
    """Documents that hold every stem."""
    rarest, *others = sorted(postings, key=lambda each: len(each.docs))
    docs = rarest.docs
    for other in others:
        docs = docs[is_in(docs, other.docs)]
    return docs


def side_by_side(postings: list[Postings]) -> Ints:
    """Documents that hold the stems one after another, in this order."""
    docs = together(postings)
    starts = None
    order = sorted(range(len(postings)), key=lambda at: len(postings[at].docs))
    for at in order:
        each = postings[at]
        begun = each.places(each.at(docs)) - at
        starts = begun if starts is None else starts[is_in(starts, begun)]
    rows = np.unique(starts >> _PLACES) if starts is not None else docs[:0]
    return np.asarray(docs[rows])


def best(values: Floats, ranks: Ints, limit: int) -> Ints:
    """Where the `limit` greatest values are, best first; equal ones by rank."""
    chosen = np.arange(len(values))
    if len(values) > limit:
        least = np.partition(values, len(values) - limit)[len(values) - limit]
        chosen = np.flatnonzero(values >= least)
    order = np.lexsort((ranks[chosen], -values[chosen]))
    return np.asarray(chosen[order[:limit]])
