"""Turns what matches into a page: filtered, counted, sorted, with its snippets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kb.search.engine import MAX_PAGE, MAX_PER_PAGE, Document, Hit, Query, Sort
from kb.search.matching import Corpus, Part, TextMatch
from kb.search.scoring import Floats, Ints, Mask, best
from kb.search.segment import Segment
from kb.search.snippets import Marks, snippet

FULL = 1e6  # lifts what holds every word above what does not
MORE_THAN_A_DAY = 1e7  # no day has so high a number, so that dates only decide between equals

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, order=True)
class Place:
    """Where a hit stands in the order, and where its document is."""

    value: float
    key: str
    part: int
    doc: int
    score: float


def window(query: Query) -> tuple[int, int]:
    """The first hit to show and the one after the last, whatever was asked for."""
    per_page = min(max(query.per_page, 1), MAX_PER_PAGE)
    first = (min(max(query.page, 1), MAX_PAGE) - 1) * per_page
    return first, first + per_page


def filtered(corpus: Corpus, match: TextMatch, query: Query) -> list[dict[str, Mask]]:
    """For each part what matches: under "" with every filter, under a facet without its own."""
    return [
        _filtered(part.segment, mask, query)
        for part, mask in zip(corpus.parts, match.masks, strict=True)
    ]


def _filtered(segment: Segment, mask: Mask, query: Query) -> dict[str, Mask]:
    allowed = {facet: having(segment, facet, terms) for facet, terms in query.filters.items()}
    found = {"": _all(mask, allowed)}
    for facet in query.count:
        if facet in allowed:
            others = {other: each for other, each in allowed.items() if other != facet}
            found[facet] = _all(mask, others)
        else:
            found[facet] = found[""]
    return found


def _all(mask: Mask, allowed: Mapping[str, Mask]) -> Mask:
    for each in allowed.values():
        mask = mask & each
    return mask


def having(segment: Segment, facet: str, terms: frozenset[str]) -> Mask:
    """The documents that have any of these terms; all of them where no term is named."""
    if not terms:
        return np.ones(segment.size, dtype=bool)
    mask = np.zeros(segment.size, dtype=bool)
    column = segment.facets.get(facet)
    if column is not None:
        wanted = np.array([term in terms for term in column.terms])
        mask[column.docs[wanted[column.ordinals]]] = True
    return mask


def count(corpus: Corpus, masks: list[dict[str, Mask]], facets: tuple[str, ...]) -> Counts:
    """How many documents have each term."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    for part, found in zip(corpus.parts, masks, strict=True):
        for facet in facets:
            for term, number in _counted(part.segment, found[facet], facet):
                counts[facet][term] = counts[facet].get(term, 0) + number
    return counts


def _counted(segment: Segment, mask: Mask, facet: str) -> list[tuple[str, int]]:
    column = segment.facets.get(facet)
    if column is None:
        return []
    numbers = np.bincount(column.ordinals[mask[column.docs]], minlength=len(column.terms))
    return [(column.terms[at], int(numbers[at])) for at in np.flatnonzero(numbers)]


def ordered(
    corpus: Corpus, match: TextMatch, masks: list[dict[str, Mask]], query: Query, sort: Sort
) -> list[Place]:
    """The places of the asked page, in order; equal ones by key."""
    first, end = window(query)
    places = [
        _best_places(at, part, match, masks[at][""], sort, end)
        for at, part in enumerate(corpus.parts)
    ]
    values = np.sort(np.concatenate([each.values for each in places] or [np.zeros(0)]))[::-1]
    if len(values) <= first:
        return []
    highest, lowest = values[first], values[min(end, len(values)) - 1]
    before = int(np.count_nonzero(values > highest))
    near = [place for each in places for place in each.between(lowest, highest)]
    return sorted(near)[first - before : end - before]


@dataclass(frozen=True, eq=False)
class Places:
    """The best documents of one part, not yet in the order of the whole."""

    part: int
    segment: Segment
    docs: Ints
    values: Floats
    scores: Floats

    def between(self, lowest: float, highest: float) -> Iterator[Place]:
        """Only those that may stand on the asked page, however deep it is."""
        for row in np.flatnonzero((self.values >= lowest) & (self.values <= highest)):
            doc = int(self.docs[row])
            value, score = float(self.values[row]), float(self.scores[row])
            yield Place(-value, self.segment.keys[doc], self.part, doc, score)


def _best_places(
    at: int, part: Part, match: TextMatch, mask: Mask, sort: Sort, limit: int
) -> Places:
    segment = part.segment
    docs = np.flatnonzero(mask)
    weighted = match.scores[at][docs] * segment.weights[docs]
    values = weighted + FULL * match.full[at][docs]
    if sort is not Sort.BEST:
        values = _sorting(segment, sort)[docs]
    chosen = best(values, segment.ranks[docs], limit)
    return Places(at, segment, docs[chosen], values[chosen], weighted[chosen])


def _sorting(segment: Segment, sort: Sort) -> Floats:
    numbers = segment.numbers
    happened = numbers["happened"].astype(np.float64)
    if sort is Sort.COPIED:
        return numbers["copied"] * MORE_THAN_A_DAY + happened
    return happened if sort is Sort.NEWEST else numbers["checked"].astype(np.float64)


def hit(document: Document, score: float, marks: Marks) -> Hit:
    """A result with the part of its text that shows why it was found."""
    return Hit(
        key=document.key,
        kind=document.kind,
        title=document.title,
        snippet=snippet(_readable(document), marks),
        score=score,
        stored=document.stored,
    )


def _readable(document: Document) -> str:
    """Summary and body; the body alone where the summary is no more than its beginning."""
    if document.body.startswith(document.summary.rstrip(" …")):
        return document.body
    return f"{document.summary}\n{document.body}"
