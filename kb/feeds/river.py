"""What everybody said, newest first: each story once, narrowed as a reader wants it.

A story fits a filter when anybody who tells it fits. It is shown by the entry that leads it
or, where that one does not fit, by the earliest of ours that does.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kb.councils.models import Council, Nation
from kb.db.database import flush
from kb.errors import NotFound
from kb.feeds import stories
from kb.feeds.models import Entry, Source
from kb.feeds.sources import KINDS
from kb.feeds.types import Platform
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
_LEADS = Entry.leads.is_not(False)
_UNKNOWN = {
    "council": "no council with the code",
    "nation": "no nation called",
    "kind": "no kind of source called",
    "platform": "no place to publish called",
    "theme": "no theme called",
    "purpose": "no purpose called",
    SOURCE: "no source with the number",
}
LONGEST_UNKNOWN = 60  # characters of a value that are said again


Pair = tuple[str, str]  # of a facet and a value
Columns = Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]
PairsOf = Callable[[Sequence[Any]], frozenset[Pair]]
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
    """One entry of each story that fits, newest first; those older than the entry `before`."""
    query = _narrowed(select(Entry).join(Entry.source), filters).where(_tells_for(filters))
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
    """Facet -> value -> how many stories it would give, whatever is chosen of the same facet."""
    pairs = _counts_by_source(session, filters)
    for facets in _counted_together(filters):
        pairs += _counts_of_suggested(session, filters, facets)
    found: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for (facet, value), number in pairs.items():
        found[facet][value] = number
    return found


def words(session: Session) -> Words:
    """Facet -> value -> label: all that can be asked for, whether any source has it or not.

    Vocabularies are in their own order. The names of the sources themselves, by their
    number, are among them.
    """
    used = session.execute(select(Source.nation, Source.kind).distinct()).all()
    councils = session.execute(select(Council.code, Council.short_name)).all()
    given = {
        "council": {row.code: row.short_name for row in councils},
        "nation": {nation: nation for nation in (*Nation, *(row.nation for row in used))},
        "kind": {row.kind: row.kind.capitalize() for row in used} | KINDS,
        "platform": {platform.value: platform.label for platform in Platform},
    }
    terms = vocabulary.labels(session)
    names = {str(number): name for number, name in session.execute(_NAMES)}
    return {facet: _by_label(labels) for facet, labels in given.items()} | {
        **{facet: terms[facet] for facet in _SUGGESTED},
        SOURCE: names,
    }


def read(args: Mapping[str, Sequence[str]], known: Words) -> Filters:
    """The filters that a query string asks for; of what `unknown` tells, nothing is asked."""
    asked: dict[str, Any] = {
        facet: frozenset(args.get(facet, ())) & known[facet].keys() for facet in FACETS
    }
    sources = [value for value in args.get(SOURCE, ()) if value in known[SOURCE]]
    return Filters(**asked, source=int(sources[0]) if sources else None)


def unknown(args: Mapping[str, Sequence[str]], known: Words) -> list[str]:
    """A sentence for each value of the query string that there is not: “We know no …”."""
    return [
        f"We know {what} “{value[:LONGEST_UNKNOWN]}”."
        for facet, what in _UNKNOWN.items()
        for value in dict.fromkeys(args.get(facet, ()))
        if value and value not in known[facet]
    ]


def write(filters: Filters) -> list[tuple[str, str]]:
    """The query string of these filters, in a fixed order."""
    one = [(SOURCE, str(filters.source))] if filters.source else []
    return [*((facet, value) for facet in FACETS for value in sorted(filters.of(facet))), *one]


def _by_label(labels: Mapping[str, str]) -> dict[str, str]:
    pairs = ((value, label) for value, label in labels.items() if value)
    return dict(sorted(pairs, key=lambda pair: pair[1].casefold()))


def total(session: Session, filters: Filters = ALL) -> int:
    query = _narrowed(select(func.count()).select_from(Entry).join(Entry.source), filters)
    return session.scalar(query.where(_tells_for(filters))) or 0


def number_of_sources(session: Session) -> int:
    """How many sources have something in the river, be it what another one leads."""
    has_entry = select(Entry.id).where(Entry.source_id == Source.id, *_fits(Entry, ALL)).exists()
    return session.scalar(select(func.count()).select_from(Source).where(has_entry)) or 0


def _counts_by_source(session: Session, filters: Filters) -> Counter[Pair]:
    """One count for each source is enough for all that belongs to sources."""
    everywhere: dict[str, Any] = dict.fromkeys(_OF_SOURCE, NOWHERE)
    given = _given(session, filters)
    return _counted(
        session,
        replace(filters, **everywhere),
        [Entry.source_id],
        lambda row: given.get(row[0], frozenset()),
    )


def _given(session: Session, filters: Filters) -> dict[int, frozenset[Pair]]:
    """Source -> its value of each facet whose other facets let it through."""
    rows = session.execute(_sources(select(*_OF_SOURCE.values(), Source.id)))
    return {row[-1]: frozenset(_let_through(row, filters)) for row in rows}


def _let_through(row: Sequence[Any], filters: Filters) -> Iterator[Pair]:
    values = {facet: str(value or "") for facet, value in zip(_OF_SOURCE, row, strict=False)}
    stops = {facet for facet, value in values.items() if _stops(filters.of(facet), value)}
    return ((facet, value) for facet, value in values.items() if value and not stops - {facet})


def _stops(chosen: frozenset[str], value: str) -> bool:
    return bool(chosen) and value not in chosen


def _counted_together(filters: Filters) -> list[tuple[str, ...]]:
    """One look at all entries does for the facets of which nothing is chosen."""
    if any(filters.of(facet) for facet in _SUGGESTED):
        return [(facet,) for facet in _SUGGESTED]
    return [tuple(_SUGGESTED)]


def _counts_of_suggested(
    session: Session, filters: Filters, facets: Sequence[str]
) -> Counter[Pair]:
    """Entries with the same suggestions are counted by the database, the rest here."""
    for facet in facets:
        filters = filters.with_only(facet, ())
    texts = [cast(_SUGGESTED[facet], Text) for facet in facets]

    def pairs(row: Sequence[Any]) -> frozenset[Pair]:
        named = zip(facets, row, strict=True)
        return frozenset().union(*(_pairs(facet, text) for facet, text in named))

    return _counted(session, filters, texts, pairs)


@lru_cache(maxsize=5_000)
def _pairs(facet: str, text: str) -> frozenset[Pair]:
    return frozenset((facet, slug) for slug in json.loads(text) or ())


def _counted(
    session: Session, filters: Filters, columns: Columns, pairs: PairsOf
) -> Counter[Pair]:
    """How many stories have each facet's value: who leads has it or, else, who follows."""
    found = _told_again(session, filters, columns, pairs)
    query = select(func.count(), *columns).select_from(Entry).join(Entry.source)
    query = _narrowed(query, filters).where(_LEADS).group_by(*columns)
    for row in session.execute(query):
        for pair in pairs(row[1:]):
            found[pair] += row[0]
    return found


def _told_again(
    session: Session, filters: Filters, columns: Columns, pairs: PairsOf
) -> Counter[Pair]:
    """How many stories have what only those have who follow in them."""
    told = aliased(Entry)
    several = select(told.story_id).where(told.leads.is_(False), told.is_hidden.is_(False))
    query = select(Entry.story_id, Entry.leads, *columns).select_from(Entry).join(Entry.source)
    query = _narrowed(query, filters).where(Entry.story_id.in_(several))
    leading: defaultdict[int, set[Pair]] = defaultdict(set)
    following: defaultdict[int, set[Pair]] = defaultdict(set)
    for row in session.execute(query):
        (leading if row.leads else following)[row.story_id] |= pairs(row[2:])
    return Counter(pair for story, found in following.items() for pair in found - leading[story])


def _narrowed(query: Rows, filters: Filters) -> Rows:
    """Only what is shown and fits. The query must join the source."""
    query = query.where(*_fits(Entry, filters), *_source_fits(filters))
    if filters.council:
        query = query.join(Council, Council.id == Source.council_id)
    return query


def _tells_for(filters: Filters) -> ColumnElement[bool]:
    """Of all that fit and tell one story, this is the one that is shown."""
    if filters.is_empty:
        return _LEADS
    other = aliased(Entry)
    sources = _sources(select(Source.id)).where(*_source_fits(filters)).correlate(None)
    better = select(other.id).where(
        other.story_id == Entry.story_id,
        or_(other.leads.is_(True), other.id < Entry.id),
        other.source_id.in_(sources),
        *_fits(other, filters),
    )
    return or_(_LEADS, ~better.correlate(Entry).exists())


def _fits(entry: type[Entry], filters: Filters) -> Iterator[ColumnElement[bool]]:
    """What the filters ask of an entry itself, which may be an alias."""
    yield entry.is_hidden.is_(False)
    if filters.source is not None:
        yield entry.source_id == filters.source
    for facet, suggested in (("theme", entry.themes), ("purpose", entry.purposes)):
        if filters.of(facet):
            text = cast(suggested, Text)
            yield or_(
                *(text.contains(json.dumps(slug), autoescape=True) for slug in filters.of(facet))
            )


def _source_fits(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for facet, column in _OF_SOURCE.items():
        if filters.of(facet):
            yield column.in_(sorted(filters.of(facet)))


def _sources(query: Rows) -> Rows:
    return query.select_from(Source).outerjoin(Council, Council.id == Source.council_id)
