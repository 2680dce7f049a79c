"""Purposes and themes that an entry may be about, by the vocabularies' own words.

These are suggestions, never facts: a word that stands in a text proves nothing.
"""

import re
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy.orm import Session

from kb.library import vocabulary

MOST = 3
TITLE_COUNTS = 3  # a word in the title says as much as three in the text
LONGEST_TEXT = 2_000
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_NO_WORD = bytes(n if chr(n).isalnum() or chr(n) == "'" else 32 for n in range(256))
_TYPESET = "\u2018\u201c\u201d\u2013\u2014\u2026\u2022\xa0\xa3"  # quotes, dashes, dots, pounds


class TermWords(Protocol):
    """What is needed of a vocabulary's term."""

    @property
    def facet(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def synonyms(self) -> str: ...


class Suggester:
    """Knows the words of the vocabularies; made once, then asked for every entry of a batch.

    Only whole words and whole phrases count, in any case, with or without hyphens.
    """

    def __init__(self, terms: Iterable[TermWords]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, str]]]] = {}
        self._position: dict[tuple[str, str], int] = {}
        for position, term in enumerate(terms):
            name = (term.facet, term.slug)
            self._position[name] = position
            for phrase in (term.label, *term.synonyms.split(";")):
                self._learn(_words(phrase), name)

    def suggest(self, title: str, text: str) -> tuple[list[str], list[str]]:
        """Purposes and themes by their slugs, the likeliest first, at most three of each."""
        scores: dict[tuple[str, str], int] = {}
        self._count(_words(title), TITLE_COUNTS, scores)
        self._count(_words(text[:LONGEST_TEXT]), 1, scores)
        return _best("purpose", scores, self._position), _best("theme", scores, self._position)

    def _learn(self, words: list[str], name: tuple[str, str]) -> None:
        if words:
            meanings = self._phrases.setdefault(words[0], [])
            if (tuple(words[1:]), name) not in meanings:
                meanings.append((tuple(words[1:]), name))

    def _count(self, words: list[str], worth: int, scores: dict[tuple[str, str], int]) -> None:
        times: dict[str, int] = {}
        for word in filter(self._phrases.__contains__, words):
            times[word] = times.get(word, 0) + 1
        for word, often in times.items():
            for rest, name in self._phrases[word]:
                if not rest:
                    scores[name] = scores.get(name, 0) + worth * often
                elif rest[-1] in words and (found := _times((word, *rest), words)):
                    scores[name] = scores.get(name, 0) + worth * found


def from_vocabularies(session: Session) -> Suggester:
    """A suggester that knows what the vocabularies say now."""
    known = (vocabulary.terms(session, facet) for facet in ("purpose", "theme"))
    return Suggester(term for terms in known for term in terms)


def _times(phrase: tuple[str, ...], words: list[str]) -> int:
    """How often its words stand there, one after the other."""
    length, at, found = len(phrase), -1, 0
    for _ in range(words.count(phrase[0])):
        at = words.index(phrase[0], at + 1)
        found += tuple(words[at : at + length]) == phrase
    return found


def _words(text: str) -> list[str]:
    text = text.lower()
    if not text.isascii():
        text = text.replace("’", "'")
        for sign in _TYPESET:
            text = text.replace(sign, " ")
    if "''" in text or not text.isascii():
        return _WORD.findall(text)
    # the same for nearly all English text, in a sixth of the time
    text = text.encode("ascii").translate(_NO_WORD).decode("ascii")
    return text.replace(" '", " ").replace("' ", " ").strip("'").split()


def _best(
    facet: str, scores: dict[tuple[str, str], int], position: dict[tuple[str, str], int]
) -> list[str]:
    named = [name for name in scores if name[0] == facet]
    named.sort(key=lambda name: (-scores[name], position[name]))
    return [slug for _, slug in named[:MOST]]
