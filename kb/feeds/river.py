"""What everybody said, newest first: each story once, narrowed as a reader wants it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import NotFound
from kb.feeds import stories
from kb.feeds.models import Entry, Lead, Source
from kb.feeds.sources import KINDS
from kb.library import vocabulary

NOWHERE: frozenset[str] = frozenset()
FACETS = ("council", "nation", "kind", "platform", "theme", "purpose")
SOURCE = "source"  # a filter, but none that is offered: its source leads to it
_OF_SOURCE: dict[str, InstrumentedAttribute[Any]] = {
    "council": Council.code,
    "nation": Source.nation,
    "kind": Source.kind,
    "platform": Source.platform,
}
_SUGGESTED: dict[str, InstrumentedAttribute[list[str]]] = {
    "theme": Entry.themes,
    "purpose": Entry.purposes,
}
_NAMES = select(Source.id, Source.name)
# "is not false", so that SQLite takes the index of the order instead of that of `leads`,
# which is true of nearly every entry, and sorts nothing.
_SHOWN = (Entry.leads.is_not(False), Entry.is_hidden.is_(False))

Rows = Select[*tuple[Any, ...]]
Counts = Mapping[str, Mapping[str, int]]
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Any of the values inside a facet, every facet across. `source` is the id of one."""

    council: frozenset[str] = NOWHERE
    nation: frozenset[str] = NOWHERE
    kind: frozenset[str] = NOWHERE
    platform: frozenset[str] = NOWHERE
    theme: frozenset[str] = NOWHERE
    purpose: frozenset[str] = NOWHERE
    source: int | None = field(default=None)

    def of(self, facet: str) -> frozenset[str]:
        chosen: frozenset[str] = getattr(self, facet)
        return chosen

    def with_only(self, facet: str, values: Iterable[str]) -> "Filters":
        changed: dict[str, Any] = {facet: frozenset(values)}
        return replace(self, **changed)

    def without(self, facet: str, value: str) -> "Filters":
        if facet == SOURCE:
            return replace(self, source=None)
        return self.with_only(facet, self.of(facet) - {value})

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


ALL = Filters()


def page(
    session: Session, filters: Filters = ALL, *, limit: int, before: int | None = None
) -> list[Entry]:
    """Entries that lead their story, newest first; those older than the entry `before`."""
    query = _narrowed(select(Entry).join(Entry.source), filters).where(*_SHOWN)
    if before is not None:
        place = select(Entry.sort_at, Entry.id).where(Entry.id == before).scalar_subquery()
        query = query.where(tuple_(Entry.sort_at, Entry.id) < place)
    query = query.order_by(Entry.sort_at.desc(), Entry.id.desc())
    return list(session.scalars(query.limit(limit)))


def entry(session: Session, entry_id: int) -> Entry:
    """The entry with this id, hidden or not; raises NotFound."""
    found = session.get(Entry, entry_id)
    if found is None:
        raise NotFound("There is no entry at this address.")
    return found


def hide(session: Session, entry: Entry, *, is_hidden: bool) -> None:
    """Take it from the river, the search and its page; or put it back.

    A story that others tell too stays: another of them leads it from now on.
    """
    entry.is_hidden = is_hidden
    flush(session)
    stories.lead_anew(session, entry)


def counts(session: Session, filters: Filters = ALL) -> Counts:
    """Facet -> value -> how many entries it would give, whatever is chosen of the same facet."""
    found: dict[str, Mapping[str, int]] = _counts_by_source(session, filters)
    for facet, column in _SUGGESTED.items():
        found[facet] = _counts_of_suggested(session, filters.with_only(facet, ()), column)
    return found


def words(session: Session) -> Words:
    """Facet -> value -> label: what sources have, and the vocabularies in their own order.

    The names of the sources themselves, by their number, are among them.
    """
    columns = (*_OF_SOURCE.values(), Council.short_name)
    rows = session.execute(_sources(select(*columns)).distinct()).all()
    given = {
        "council": {code: name for code, *_, name in rows},
        "nation": {nation: nation for _, nation, *_ in rows},
        "kind": {kind: KINDS.get(kind, kind.capitalize()) for _, _, kind, *_ in rows},
        "platform": {platform.value: platform.label for *_, platform, _ in rows},
    }
    terms = vocabulary.labels(session)
    names = {str(number): name for number, name in session.execute(_NAMES)}
    return {facet: _by_label(labels) for facet, labels in given.items()} | {
        **{facet: terms[facet] for facet in _SUGGESTED},
        SOURCE: names,
    }


def read(args: Mapping[str, Sequence[str]], known: Words) -> Filters:
    """The filters that a query string asks for; values that nothing has are passed over."""
    asked: dict[str, Any] = {
        facet: frozenset(args.get(facet, ())) & known[facet].keys() for facet in FACETS
    }
    sources = [value for value in args.get(SOURCE, ()) if value in known[SOURCE]]
    return Filters(**asked, source=int(sources[0]) if sources else None)


def write(filters: Filters) -> list[tuple[str, str]]:
    """The query string of these filters, in a fixed order."""
    one = [(SOURCE, str(filters.source))] if filters.source else []
    return [*((facet, value) for facet in FACETS for value in sorted(filters.of(facet))), *one]


def _by_label(labels: Mapping[str, str]) -> dict[str, str]:
    pairs = ((value, label) for value, label in labels.items() if value)
    return dict(sorted(pairs, key=lambda pair: pair[1].casefold()))


def total(session: Session, filters: Filters = ALL) -> int:
    query = _narrowed(select(func.count()).select_from(Entry).join(Entry.source), filters)
    return session.scalar(query.where(*_SHOWN)) or 0


def number_of_sources(session: Session) -> int:
    """How many sources have something in the river."""
    has_entry = select(Entry.id).where(Entry.source_id == Source.id, *_SHOWN).exists()
    return session.scalar(select(func.count()).select_from(Source).where(has_entry)) or 0


def leads_of(session: Session, entries: Iterable[Entry]) -> dict[int, Lead]:
    """Entry id -> the lead that an editor made of it, for those that have one."""
    ids = [each.id for each in entries]
    query = select(Lead).where(Lead.entry_id.in_(ids))
    return {lead.entry_id: lead for lead in session.scalars(query)} if ids else {}


def _counts_by_source(session: Session, filters: Filters) -> dict[str, Mapping[str, int]]:
    """One count for each source is enough for all that belongs to sources."""
    everywhere: dict[str, Any] = dict.fromkeys(_OF_SOURCE, NOWHERE)
    only = replace(filters, **everywhere)
    entries = _narrowed(select(Entry.source_id, func.count()).join(Entry.source), only)
    per_source = session.execute(entries.where(*_SHOWN).group_by(Entry.source_id)).all()
    numbers: dict[int, int] = {row[0]: row[1] for row in per_source}
    found: dict[str, Counter[str]] = {facet: Counter() for facet in _OF_SOURCE}
    for row in session.execute(_sources(select(*_OF_SOURCE.values(), Source.id))):
        _count(found, row, filters, numbers.get(row[-1], 0))
    return dict(found)


def _count(found: dict[str, Counter[str]], row: Row[Any], filters: Filters, number: int) -> None:
    """Add a source's entries to each facet whose other facets let them through."""
    values = {facet: str(value or "") for facet, value in zip(_OF_SOURCE, row, strict=False)}
    stops = {facet for facet, value in values.items() if _stops(filters.of(facet), value)}
    for facet, value in values.items():
        if value and number and not stops - {facet}:
            found[facet][value] += number


def _stops(chosen: frozenset[str], value: str) -> bool:
    return bool(chosen) and value not in chosen


def _counts_of_suggested(
    session: Session, filters: Filters, column: InstrumentedAttribute[list[str]]
) -> Mapping[str, int]:
    """Entries with the same suggestions are counted by the database, the rest here."""
    text = cast(column, Text)
    query = _narrowed(select(text, func.count()).select_from(Entry).join(Entry.source), filters)
    found: Counter[str] = Counter()
    for slugs, number in session.execute(query.where(*_SHOWN).group_by(text)):
        found.update(dict.fromkeys(json.loads(slugs) or (), number))
    return found


def _narrowed(query: Rows, filters: Filters) -> Rows:
    """The query must join the source."""
    query = query.where(*_conditions(filters))
    if filters.council:
        query = query.join(Council, Council.id == Source.council_id)
    return query


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.source is not None:
        yield Entry.source_id == filters.source
    for facet, column in _OF_SOURCE.items():
        if filters.of(facet):
            yield column.in_(sorted(filters.of(facet)))
    for facet, suggested in _SUGGESTED.items():
        if filters.of(facet):
            text = cast(suggested, Text)
            yield or_(
                *(text.contains(json.dumps(slug), autoescape=True) for slug in filters.of(facet))
            )


def _sources(query: Rows) -> Rows:
    return query.select_from(Source).outerjoin(Council, Council.id == Source.council_id)
