"""Which source has an address already, however somebody writes it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.feeds.addresses import place
from kb.feeds.models import Source, SourceAlias, State
from kb.feeds.types import Candidate

MANY = 500
MOST_PARTS = 20  # of an address are looked for by the database; we compare the rest


def by_address(session: Session, url: str) -> Source | None:
    """The source that has this address, or had it; best the one that writes it just so."""
    there = place(url)
    known = [pair for pair in _addresses(session, there) if place(pair[0]) == there]
    known.sort(key=lambda pair: pair[0] != url)
    return session.get(Source, known[0][1]) if known else None


def by_addresses(session: Session, urls: Iterable[str]) -> dict[str, Source]:
    """Address -> the source that has it, or had it; for those that some source has."""
    wanted = {url: place(url) for url in urls}
    if not wanted:
        return {}
    exactly: dict[str, int] = {}
    nearly: dict[str, int] = {}
    for address, number in _addresses(session):
        exactly.setdefault(address, number)
        nearly.setdefault(place(address), number)
    ids = {url: exactly.get(url, nearly.get(there, 0)) for url, there in wanted.items()}
    found = _some(session, sorted({*ids.values()}))
    return {url: found[number] for url, number in ids.items() if number in found}


def among(session: Session, candidates: Sequence[Candidate]) -> dict[str, Source]:
    """Address of a candidate -> the source that is the same.

    The only feed of a page is also that of a source of which nobody has found the feed yet,
    so that the address of its page stands in its place.
    """
    known = by_addresses(session, [each.url for each in candidates])
    if len(candidates) == 1 and not known and candidates[0].site_url:
        page = by_address(session, candidates[0].site_url)
        if page is not None and page.state is State.OFF:
            return {candidates[0].url: page}
    return known


def sentence(source: Source) -> str:
    """That we have it, and how it is."""
    if source.state is State.OFF:
        return f"This source is on our list as “{source.name}”, switched off."
    if source.state is State.RETIRED:
        return f"We followed this as “{source.name}” and retired it."
    if source.state is State.PAUSED:
        return f"This source is on our list as “{source.name}”, paused."
    return f"We follow this already as “{source.name}”."


def _addresses(session: Session, there: str = "") -> Iterator[tuple[str, int]]:
    """Every address that a source has, then those that one had, with the number of the source.

    Only such as hold the parts of a place, where one is given: many more than those that
    lead there, but few of ten thousand.
    """
    has = select(Source.feed_url, Source.id).where(*_holds(Source.feed_url, there))
    had = select(SourceAlias.url, SourceAlias.source_id).where(*_holds(SourceAlias.url, there))
    for query in (has.order_by(Source.id), had.order_by(SourceAlias.id)):
        yield from ((row[0], row[1]) for row in session.execute(query))


def _holds(column: InstrumentedAttribute[str], there: str) -> list[ColumnElement[bool]]:
    """Databases differ in what the lower case of other letters is, so those are left to us."""
    host, slash, rest = there.partition("/")
    parts = [host, *re.split(r"[?&#]", slash + rest)]
    said = [part.lower() for part in parts if part and part.isascii()]
    lower = func.lower(column)
    return [lower.contains(part, autoescape=True) for part in said[:MOST_PARTS]]


def _some(session: Session, ids: Sequence[int]) -> dict[int, Source]:
    found: dict[int, Source] = {}
    for start in range(0, len(ids), MANY):
        query = select(Source).where(Source.id.in_(ids[start : start + MANY]))
        found |= {source.id: source for source in session.scalars(query)}
    return found
