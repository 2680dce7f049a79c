"""What somebody may mean by what they have typed so far: titles, councils and terms."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sqlalchemy.orm import Session

from kb.councils import service as councils
from kb.editions import PerEdition
from kb.finding import service as finding
from kb.library import service as library
from kb.library import vocabulary
from kb.runtime import Runtime

FACETS = ("purpose", "channel", "barrier", "theme")
LONGEST = 80
MOST_COUNCILS = 3
MOST_TERMS = 2
AMONG = 4  # so many titles are asked for, as those of entries are passed over
_WORD = re.compile(r"\w+")


class About(StrEnum):
    TITLE = "title"
    COUNCIL = "council"
    TERM = "term"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`within` is the kind of resource of a title, and the facet of a term."""

    about: About
    text: str
    slug: str
    within: str = ""


def suggest(runtime: Runtime, text: str, *, limit: int = 8) -> list[Suggestion]:
    """Titles first, then councils and terms, which always find room."""
    typed = _folded(text[:LONGEST])
    if not typed:
        return []
    with runtime.database.reading() as session:
        table = _table(session)
        named = list(islice(_beginning(table.councils, typed), MOST_COUNCILS))
        terms = list(islice(_beginning(table.terms, typed), MOST_TERMS))
        room = max(limit - len(named) - len(terms), 1)
        titles = finding.suggest(runtime, text[:LONGEST], limit=room * AMONG)
        return [*_titled(session, titles)[:room], *named, *terms][:limit]


@dataclass(frozen=True, kw_only=True)
class _Table:
    """Each entry stands under every word that it can be found by, with the words after it."""

    councils: list[tuple[str, int, Suggestion]]
    terms: list[tuple[str, int, Suggestion]]


def _make_table(session: Session) -> _Table:
    return _Table(councils=_sorted(_councils(session)), terms=_sorted(_terms(session)))


_table = PerEdition(_make_table)


def _councils(session: Session) -> Iterable[tuple[list[str], Suggestion]]:
    for council in councils.everyone(session):
        suggestion = Suggestion(about=About.COUNCIL, text=council.short_name, slug=council.slug)
        yield [council.short_name, council.name, council.welsh_name], suggestion


def _terms(session: Session) -> Iterable[tuple[list[str], Suggestion]]:
    """Only those that would find something."""
    for facet in FACETS:
        used = library.counts_by_term(session, facet)
        for term in vocabulary.terms(session, facet):
            if term.slug in used:
                yield (
                    [term.label, *term.synonyms.split(";")],
                    Suggestion(about=About.TERM, text=term.label, slug=term.slug, within=facet),
                )


def _sorted(
    entries: Iterable[tuple[list[str], Suggestion]],
) -> list[tuple[str, int, Suggestion]]:
    keys = {
        (key, number): suggestion
        for number, (names, suggestion) in enumerate(entries)
        for name in names
        for key in _tails(_folded(name))
    }
    return sorted((key, number, suggestion) for (key, number), suggestion in keys.items())


def _tails(name: str) -> Iterable[str]:
    """ "north yorkshire", "yorkshire"."""
    words = name.split()
    return (" ".join(words[start:]) for start in range(len(words)))


def _beginning(table: list[tuple[str, int, Suggestion]], typed: str) -> Iterable[Suggestion]:
    """Entries with a key that begins so, each once, the shortest key first."""
    start = bisect_left(table, (typed,))
    end = bisect_left(table, (f"{typed}\U0010ffff",))
    found = sorted(table[start:end], key=lambda entry: (len(entry[0]), *entry[:2]))
    return dict.fromkeys(suggestion for _, _, suggestion in found)


def _folded(text: str) -> str:
    """Words without case and accents: "Ynys Môn" becomes "ynys mon"."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", ""))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(letters.casefold()))


def _titled(session: Session, titles: tuple[str, ...]) -> list[Suggestion]:
    places = library.titled(session, titles) if titles else {}
    return [
        Suggestion(about=About.TITLE, text=title, within=places[title][0], slug=places[title][1])
        for title in titles
        if title in places
    ]
