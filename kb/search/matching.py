"""Finds the documents that answer a parsed query, segment by segment, and scores them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.search.mending import near, reach
from kb.search.parsing import Alternative, Clause, Parsed
from kb.search.scoring import (
    Floats,
    Ints,
    Mask,
    Postings,
    bm25,
    idf,
    norms,
    side_by_side,
    together,
)
from kb.search.segment import Segment
from kb.search.text import stem

MAX_EXPANSIONS = 48
PREFIX_WEIGHT = 0.5
ENOUGH = 10  # documents with every word; with fewer, others follow
SHARE = 0.25  # of what the words tell that a document must hold to follow


@dataclass(frozen=True, eq=False)
class Part:
    """One segment within an index: which of its documents live."""

    segment: Segment
    live: Mask
    norm: Floats


@dataclass(frozen=True, eq=False)
class Found:
    """What satisfies one clause in one segment, and how well."""

    docs: Ints
    scores: Floats


NOTHING = Found(np.zeros(0, dtype=np.int64), np.zeros(0))


@dataclass(frozen=True, eq=False)
class TextMatch:
    """What the text alone matches: for each part a mask, scores, and which hold every word."""

    masks: list[Mask]
    scores: list[Floats]
    full: list[Mask]
    relaxed: bool = False


@dataclass(frozen=True, eq=False)
class Corpus:
    """All parts of an index as they were at one moment."""

    parts: tuple[Part, ...]
    documents: int = field(default=0)

    @classmethod
    def of(cls, segments: Sequence[tuple[Segment, Mask]]) -> "Corpus":
        documents = sum(segment.size for segment, _ in segments)
        length = sum(float(segment.lengths.sum()) for segment, _ in segments)
        average = length / documents if documents else 0.0
        parts = [Part(each, live, norms(each.lengths, average)) for each, live in segments]
        return cls(tuple(parts), documents)

    def postings(self, word: str) -> list[Postings | None]:
        return [part.segment.postings.get(word) for part in self.parts]

    def holding(self, word: str) -> int:
        return sum(len(each.docs) for each in self.postings(word) if each)

    def telling(self, word: str) -> float:
        return idf(self.holding(word), self.documents)

    def expand(self, prefix: str) -> list[str]:
        """The commonest stems of words that begin so."""
        found: Counter[str] = Counter()
        for part in self.parts:
            vocabulary = part.segment.vocabulary
            some = vocabulary.beginning_with(prefix)
            found.update(dict(zip(vocabulary.words[some], vocabulary.counts[some], strict=True)))
        stems: Counter[str] = Counter()
        for plain, count in found.most_common(4 * MAX_EXPANSIONS):
            stems[stem(plain)] += count
        return sorted(stems, key=lambda each: (-stems[each], each))[:MAX_EXPANSIONS]

    def has_beginning(self, prefix: str) -> bool:
        """Whether any word begins so."""
        vocabularies = (part.segment.vocabulary for part in self.parts)
        return any(each.words[each.beginning_with(prefix)] for each in vocabularies)

    def words_like(self, plain: str) -> Counter[str]:
        """Words that may have been meant, and how many documents hold each."""
        found: Counter[str] = Counter()
        slips = reach(plain)
        for part in self.parts:
            vocabulary = part.segment.vocabulary
            for length in range(len(plain) - slips, len(plain) + slips + 1):
                for each in near(plain, vocabulary.by_length.get(length, ())):
                    found[each] += vocabulary.count(each)
        return found


def match_text(corpus: Corpus, parsed: Parsed) -> TextMatch:
    """All words if that finds enough; else those first and then the best of the others."""
    clauses = [_clause(corpus, clause) for clause in parsed.clauses]
    tells = [_tells(corpus, clause) for clause in clauses]
    masks, scores, full = [], [], []
    for at, part in enumerate(corpus.parts):
        sums = _added_up(part.segment.size, [clause[at] for clause in clauses], tells)
        allowed = _without(part, parsed.excluded)
        scores.append(sums.scores)
        full.append(allowed & (sums.hits == len(clauses)))
        masks.append(allowed & (sums.hits > 0) & (sums.told >= SHARE * sum(tells)))
    if len(clauses) < 2 or _total(full) >= min(ENOUGH, _total(masks)):
        return TextMatch(full, scores, full)
    return TextMatch(masks, scores, full, relaxed=True)


@dataclass(frozen=True, eq=False)
class Sums:
    """For each document of a segment: its score, its clauses, and how much they tell."""

    scores: Floats
    hits: Ints
    told: Floats


def _tells(corpus: Corpus, found: list[Found]) -> float:
    """How much a clause tells: the more, the fewer documents satisfy it; nothing if none does."""
    living = (part.live[each.docs] for part, each in zip(corpus.parts, found, strict=True))
    holding = sum(int(np.count_nonzero(each)) for each in living)
    return idf(holding, corpus.documents) if holding else 0.0


def _added_up(size: int, found: list[Found], tells: list[float]) -> Sums:
    sums = Sums(np.zeros(size), np.zeros(size, dtype=np.int8), np.zeros(size))
    for each, telling in zip(found, tells, strict=True):
        sums.scores[each.docs] += each.scores
        sums.hits[each.docs] += 1
        sums.told[each.docs] += telling
    return sums


def _without(part: Part, excluded: tuple[Alternative, ...]) -> Mask:
    mask = part.live
    for alternative in excluded:
        docs = _docs(part, alternative)
        if len(docs):
            mask = mask.copy()
            mask[docs] = False
    return mask


def _total(masks: list[Mask]) -> int:
    return sum(int(np.count_nonzero(mask)) for mask in masks)


def _clause(corpus: Corpus, clause: Clause) -> list[Found]:
    ways = [_alternative(corpus, alternative) for alternative in clause.alternatives]
    if clause.prefix:
        ways.append(_prefixed(corpus, clause.prefix))
    return [_best_of(part, [way[at] for way in ways]) for at, part in enumerate(corpus.parts)]


def _best_of(part: Part, ways: list[Found]) -> Found:
    """Each document by the best of the ways in which it matches."""
    ways = [way for way in ways if len(way.docs)]
    if len(ways) < 2:
        return ways[0] if ways else NOTHING
    best = np.zeros(part.segment.size)
    for way in ways:
        best[way.docs] = np.maximum(best[way.docs], way.scores)
    docs = np.flatnonzero(best)
    return Found(docs, best[docs])


def _alternative(corpus: Corpus, alternative: Alternative) -> list[Found]:
    telling = {word: corpus.telling(word) for word in alternative.stems}
    return [_found(part, alternative, telling) for part in corpus.parts]


def _found(part: Part, alternative: Alternative, telling: dict[str, float]) -> Found:
    docs = _docs(part, alternative)
    if not len(docs):
        return NOTHING
    scores = np.zeros(len(docs))
    norm = part.norm[docs]
    for word, tells in telling.items():
        postings = part.segment.postings.get(word)
        if postings is not None:
            weights = postings.weights
            if len(weights) != len(docs):
                weights = weights[postings.at(docs)]
            scores += bm25(tells, weights, norm)
    return Found(docs, alternative.weight * scores)


def _docs(part: Part, alternative: Alternative) -> Ints:
    """The documents of one part that hold an alternative."""
    postings = [part.segment.postings.get(word) for word in alternative.stems]
    present = [each for each in postings if each is not None]
    if len(present) < len(postings):
        return NOTHING.docs
    if len(present) == 1:
        return present[0].docs
    return side_by_side(present) if alternative.adjacent else together(present)


def _prefixed(corpus: Corpus, prefix: str) -> list[Found]:
    """All words that begin so, counted as if they were one word."""
    stems = corpus.expand(prefix)
    merged = [_merged(part, stems) for part in corpus.parts]
    telling = idf(sum(len(docs) for docs, _ in merged), corpus.documents)
    return [
        Found(docs, PREFIX_WEIGHT * bm25(telling, weights, part.norm[docs]))
        for part, (docs, weights) in zip(corpus.parts, merged, strict=True)
    ]


def _merged(part: Part, stems: list[str]) -> tuple[Ints, Floats]:
    weights = np.zeros(part.segment.size)
    for each in stems:
        postings = part.segment.postings.get(each)
        if postings is not None:
            weights[postings.docs] += postings.weights
    docs = np.flatnonzero(weights)
    return docs, weights[docs]
