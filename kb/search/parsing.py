"""Reads what a person typed: words, "phrases", -words, and words that mean the same."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from kb.search.engine import MAX_TEXT
from kb.search.text import COMMON, UNSEEN, WORD, clean, stem, word

MAX_TERMS = 16
MAX_EXCLUDED = 4
MAX_PHRASES = 3
MAX_ALTERNATIVES = 12
MIN_PREFIX = 2

SYNONYM_WEIGHT = 0.4

_PIECE = re.compile(r'(-?)"([^"]*)"?|([^\s"]+)')
_QUOTES = str.maketrans("“”„‟«»", '""""""')

Stems = tuple[str, ...]


@dataclass(frozen=True)
class Alternative:
    """Stems that satisfy a clause: side by side, or anywhere if not `adjacent`."""

    stems: Stems
    weight: float = 1.0
    adjacent: bool = True


@dataclass(frozen=True)
class Clause:
    """One thing to be found: any of the alternatives will do.

    `prefix` is the folded beginning of a word that is still being typed.
    """

    alternatives: tuple[Alternative, ...]
    prefix: str = ""
    common: bool = False


@dataclass(frozen=True)
class Parsed:
    """What to look for and what to leave out."""

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Alternative, ...] = ()

    @property
    def stems(self) -> frozenset[str]:
        """The stems to be marked in what is found."""
        ways = chain.from_iterable(clause.alternatives for clause in self.clauses)
        every = frozenset(chain.from_iterable(way.stems for way in ways))
        return every - COMMON or every

    @property
    def prefix(self) -> str:
        return self.clauses[-1].prefix if self.clauses else ""


@dataclass(frozen=True)
class Typed:
    """A word outside quotation marks, as typed and where."""

    plain: str
    stem: str
    start: int
    end: int
    is_last: bool = False


class Synonyms:
    """Groups of words that mean the same, looked up by their stems."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._others: dict[Stems, list[Stems]] = {}
        for group in groups:
            self._add(dict.fromkeys(filter(None, map(stems_of, group))))
        self.longest = max(map(len, self._others), default=1)

    def _add(self, members: Mapping[Stems, None]) -> None:
        for member in members:
            others = self._others.setdefault(member, [])
            others.extend(each for each in members if each != member and each not in others)

    def of(self, stems: Stems) -> list[Stems]:
        return self._others.get(stems, [])[:MAX_ALTERNATIVES]

    def __contains__(self, stems: Stems) -> bool:
        return stems in self._others


def stems_of(text: str) -> Stems:
    """The stems of a short text, in order."""
    return tuple(
        each.stem for each in map(word, WORD.findall(clean(text))) if _is_seen(each.plain)
    )


def bounded(text: str) -> str:
    """The part of a text that is searched."""
    return clean(text[:MAX_TEXT]).translate(_QUOTES)


def typed_words(text: str) -> list[Typed]:
    """The words of a bounded text outside quotation marks that are not excluded."""
    found = []
    for piece in _PIECE.finditer(text):
        bare = piece.group(3)
        if bare and not _is_excluded(bare):
            found += _words_at(bare, piece.start(3), last=piece.end() == len(text))
    return found[:MAX_TERMS]


def parse(text: str, synonyms: Synonyms) -> Parsed:
    """Understand a text; whatever it holds, something sensible comes back."""
    clauses: list[Clause] = []
    excluded: list[Alternative] = []
    run: list[list[Typed]] = []
    for piece in _PIECE.finditer(text):
        minus, quoted, bare = piece.groups()
        if bare and not _is_excluded(bare):
            run.append(_words_at(bare, piece.start(3), last=piece.end() == len(text)))
            continue
        clauses += _clauses(run, synonyms)
        run = []
        stems = stems_of(bare or quoted or "")[:MAX_TERMS]
        if not stems:
            continue
        if minus or bare:
            excluded.append(Alternative(stems))
        else:
            clauses.append(Clause((Alternative(stems),)))
    clauses += _clauses(run, synonyms)
    telling = _telling(clauses)[:MAX_TERMS]
    words = [each for each in excluded if len(each.stems) == 1]
    phrases = [each for each in excluded if len(each.stems) > 1]
    return Parsed(_affordable(telling), (*words[:MAX_EXCLUDED], *phrases[:1]))


def _is_seen(plain: str) -> bool:
    return bool(plain) and plain not in UNSEEN


def _is_excluded(bare: str) -> bool:
    return bare[0] == "-" and WORD.match(bare, 1) is not None


def _words_at(bare: str, start: int, *, last: bool) -> list[Typed]:
    matches = list(WORD.finditer(bare))
    found = []
    for match in matches:
        each = word(match.group())
        if _is_seen(each.plain):
            is_last = last and match is matches[-1] and match.end() == len(bare)
            place = (start + match.start(), start + match.end())
            found.append(Typed(each.plain, each.stem, *place, is_last))
    return found


def _clauses(run: list[list[Typed]], synonyms: Synonyms) -> list[Clause]:
    """Clauses for words in a row; the longest known expressions first."""
    flat = [each for piece in run for each in piece]
    joined = _joined(run)
    clauses = []
    at = 0
    while at < len(flat):
        size = _known(flat, at, synonyms) or joined.get(at, 1)
        clauses.append(_clause(flat[at : at + size], synonyms, compound=joined.get(at) == size))
        at += size
    return clauses


def _joined(run: list[list[Typed]]) -> dict[int, int]:
    """Where pieces of several words, such as call-in and mod.gov, begin, and their sizes."""
    sizes = {}
    at = 0
    for piece in run:
        if len(piece) > 1:
            sizes[at] = len(piece)
        at += len(piece)
    return sizes


def _known(flat: list[Typed], at: int, synonyms: Synonyms) -> int:
    for size in range(min(synonyms.longest, len(flat) - at), 1, -1):
        if tuple(each.stem for each in flat[at : at + size]) in synonyms:
            return size
    return 0


def _clause(typed: list[Typed], synonyms: Synonyms, *, compound: bool) -> Clause:
    stems = tuple(each.stem for each in typed)
    own = [Alternative(stems)]
    if compound and any(len(each.plain) > 1 for each in typed):
        own.append(Alternative((stem("".join(each.plain for each in typed)),)))
    elif len(typed) > 1 and not any(each.plain in COMMON for each in typed):
        own.append(Alternative(stems, adjacent=False))
    others = [Alternative(other, SYNONYM_WEIGHT) for other in synonyms.of(stems)]
    only = typed[0]
    unfinished = only.is_last and len(typed) == 1 and len(only.plain) >= MIN_PREFIX
    common = len(typed) == 1 and only.plain in COMMON
    return Clause((*own, *others), only.plain if unfinished else "", common)


def _affordable(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Of many phrases only the first must stand together: common words make them costly."""
    left = MAX_PHRASES
    afforded = []
    for clause in clauses:
        own, *others = clause.alternatives
        if own.adjacent and len(own.stems) > 1:
            left -= 1
            own = own if left >= 0 else replace(own, adjacent=False)
        afforded.append(replace(clause, alternatives=(own, *others)))
    return tuple(afforded)


def _telling(clauses: list[Clause]) -> tuple[Clause, ...]:
    telling = tuple(clause for clause in clauses if not clause.common)
    return telling or tuple(clauses)
