"""Cuts the part of a text that shows best why it was found, and marks the words in it."""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from html import escape
from re import Match

from kb.search.text import WORD, word

LENGTH = 200
READ = 20_000
_NOWHERE = "\n"  # no word begins with it
_INSIDE = "'’ʼ"  # a word goes on behind these
_ACCENTED = re.compile("[^\x00-\xbf\u2000-\u2bff]")


class Marks(dict[str, str]):
    """For each word as it stands in a text: the stem that it was found by, or nothing.

    Keep one for a page of results: most of their words are the same.
    """

    def __init__(self, stems: Collection[str], prefix: str = "") -> None:
        super().__init__()
        self._stems = stems
        self._prefix = prefix or _NOWHERE

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """How a word that is found begins: like its stem, but for its end ("try", "tri")."""
        starts = {stem[:-1] if len(stem) > 2 else stem for stem in self._stems}
        return frozenset(starts | {self._prefix} - {_NOWHERE})

    def __missing__(self, raw: str) -> str:
        each = word(raw)
        is_found = each.stem in self._stems or each.plain.startswith(self._prefix)
        stem = self[raw] = each.stem if is_found else ""
        return stem


def snippet(text: str, marks: Marks, length: int = LENGTH) -> str:
    """HTML: about `length` characters, escaped, with <mark> around the words that were found."""
    found = _found(text[:READ], marks)
    start = _window_start(text, found, marks, length)
    end = _word_end(text, start + length)
    inside = [match for match in found if match.start() >= start and match.end() <= end]
    before = "… " if start else ""
    after = " …" if end < len(text.rstrip()) else ""
    return before + _marked(text, start, end, inside) + after


def _found(text: str, marks: Marks) -> list[Match[str]]:
    """The words to be marked. Texts without accents are not taken apart for that."""
    if _ACCENTED.search(text):
        return [match for match in WORD.finditer(text) if marks[match.group()]]
    small = text.lower()
    starts = {at for beginning in marks.beginnings for at in _starts(small, beginning)}
    matches = (WORD.match(text, at) for at in sorted(starts))
    return [match for match in matches if match and marks[match.group()]]


def _starts(small: str, beginning: str) -> Iterator[int]:
    """Where words begin so."""
    at = small.find(beginning)
    while at >= 0:
        before = small[max(at - 2, 0) : at]
        if not before[-1:].isalnum() and not (before[-1:] in _INSIDE and before[:1].isalnum()):
            yield at
        at = small.find(beginning, at + 1)


def _window_start(text: str, found: list[Match[str]], marks: Marks, length: int) -> int:
    """Where the window with the most different words begins, a little before its first."""
    if not found or found[-1].end() <= length:
        return 0
    best, best_worth = found[0], 0
    for at, first in enumerate(found):
        worth = _worth(found, at, first.start() + length * 3 // 4, marks)
        if worth > best_worth:
            best, best_worth = first, worth
    return _word_start(text, best.start() - length // 4)


def _worth(found: list[Match[str]], at: int, limit: int, marks: Marks) -> int:
    """Different words count for much, repeated ones for a little."""
    inside = []
    for match in found[at : at + 12]:
        if match.end() > limit:
            break
        inside.append(marks[match.group()])
    return 10 * len(set(inside)) + len(inside)


def _word_start(text: str, start: int) -> int:
    if start <= 0:
        return 0
    space = text.find(" ", start, start + 30)
    return start if space < 0 else space + 1


def _word_end(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", end - 30, end)
    return end if space < 0 else space


def _marked(text: str, start: int, end: int, found: list[Match[str]]) -> str:
    parts = []
    at = start
    for match in found:
        parts += [escape(text[at : match.start()]), "<mark>", escape(match.group()), "</mark>"]
        at = match.end()
    parts.append(escape(text[at:end]))
    return "".join(parts)
