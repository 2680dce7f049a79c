"""Titles for what somebody has begun to type."""

import numpy as np

from kb.search.matching import Corpus, Part
from kb.search.parsing import bounded
from kb.search.scoring import Mask, best
from kb.search.segment import Segment
from kb.search.text import words

_MAX_WORDS = 6
_MAX_EXPANSIONS = 48


def suggest(corpus: Corpus, prefix: str, limit: int) -> tuple[str, ...]:
    """Titles that hold a word beginning with each word typed.

    First those that begin like what was typed, then those of greater weight, then the shorter.
    """
    typed = [each.plain for each in words(bounded(prefix))][:_MAX_WORDS]
    if not typed or limit < 1:
        return ()
    found: dict[str, tuple[bool, float, int, str]] = {}
    for part in corpus.parts:
        for title, weight in _titles(part, typed, 2 * limit):
            starts = begins(title, typed)
            found.setdefault(title, (not starts, -weight, len(title), title))
    return tuple(sorted(found, key=found.__getitem__)[:limit])


def begins(title: str, typed: list[str]) -> bool:
    """Whether the title's first word begins with the first word typed."""
    first = words(title[:80])[:1]
    return bool(first) and first[0].plain.startswith(typed[0])


def _titles(part: Part, typed: list[str], limit: int) -> list[tuple[str, float]]:
    mask = part.live
    for prefix in typed:
        mask = mask & _having(part.segment, prefix)
    docs = np.flatnonzero(mask)
    numbers = part.segment.numbers[docs]
    values = numbers["weight"].astype(np.float64) * 2**16 - numbers["title_length"]
    chosen = docs[best(values, numbers["rank"], limit)]
    weights = part.segment.weights
    return [(part.segment.document(int(doc)).title, float(weights[doc])) for doc in chosen]


def _having(segment: Segment, prefix: str) -> Mask:
    """The documents with a word in the title that begins so; of many words the commonest."""
    mask = np.zeros(segment.size, dtype=bool)
    titles = segment.title_words
    some = titles.beginning_with(prefix)
    counted = sorted(zip(titles.counts[some], titles.words[some], strict=True), reverse=True)
    for _, each in counted[:_MAX_EXPANSIONS]:
        postings = segment.titles.get(each)
        if postings is not None:
            mask[postings.docs] = True
    return mask
