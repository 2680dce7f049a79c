"""Mends typing errors against the words that the index really holds."""

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.parsing import Synonyms, Typed, typed_words

MIN_LENGTH = 4
_CANDIDATES = 30

Candidates = Callable[[str], Mapping[str, int]]
"""The words of the index that may have been meant, and in how many documents each is."""

IsKnown = Callable[[Typed], bool]


def mend(text: str, synonyms: Synonyms, is_known: IsKnown, candidates: Candidates) -> str:
    """The text with its unknown words replaced by near ones; the same text if none needs it."""
    mended = text
    for typed in reversed(typed_words(text)):
        if not _may_be_wrong(typed) or (typed.stem,) in synonyms or is_known(typed):
            continue
        better = nearest(typed.plain, candidates(typed.plain))
        if better:
            mended = mended[: typed.start] + better + mended[typed.end :]
    return mended


def _may_be_wrong(typed: Typed) -> bool:
    return len(typed.plain) >= MIN_LENGTH and typed.plain.isalpha()


def nearest(plain: str, candidates: Mapping[str, int]) -> str:
    """The candidate that a person most likely meant, or nothing."""
    near = [(_badness(plain, each, candidates[each]), each) for each in candidates]
    return min(near, default=(None, ""))[1]


def reach(plain: str) -> int:
    """How many slips of the finger are forgiven."""
    return 1 if len(plain) < 6 else 2


def near(plain: str, words: Sequence[str]) -> list[str]:
    """Those of the words that may have been meant."""
    found = process.extract(
        plain, words, scorer=OSA.distance, score_cutoff=reach(plain), limit=_CANDIDATES
    )
    return [each for each, _, _ in found]


def _badness(plain: str, word: str, count: int) -> tuple[int, bool, int]:
    return OSA.distance(plain, word), word[0] != plain[0], -count
