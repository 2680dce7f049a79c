"""Keep what a feed says: each entry once, however its feed names it, and for good."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, lazyload

from kb.db.database import flush
from kb.feeds import stories, suggestions
from kb.feeds.identity import (
    GUID,
    LINK,
    TEXT,
    Keyed,
    Known,
    Row,
    keyed_entries,
    mark,
    own_level,
    prefixed,
    trusted_level,
    with_hash,
)
from kb.feeds.models import Entry, EntryVersion, Source
from kb.feeds.stories import NewEntry
from kb.feeds.suggestions import Suggester
from kb.feeds.types import CleanEntry, CleanFeed

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
MOST_NEW = 1_000  # of one document, once its source is known; more is a fault or a flood
MOST_LATE = 20  # of one document; more is an archive
FLOOD = f"It gave more than {MOST_NEW:,} new entries at once; the rest were left out."
_CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class Stored:
    new: int = 0
    changed: int = 0


def store(
    session: Session,
    source: Source,
    feed: CleanFeed,
    *,
    now: datetime,
    suggester: Suggester | None = None,
) -> Stored:
    """Keep what is new, renew what changed, delete nothing; say how many of each.

    The older text of what changed is kept. Doing it twice changes nothing. Of the half entry
    in which a document stops nothing is kept but what is new and will be known again by its id.
    """
    document = keyed_entries(_with_half(feed.entries) if feed.is_half else feed.entries)
    known = Known(_rows(session, source, document))
    trusted = trusted_level(source, document, known, is_cut=feed.is_cut)
    was_moved = trusted > source.identity
    new: list[Keyed] = []
    matched: list[tuple[Row, Keyed]] = []
    for keyed in document:
        row = known.take(keyed, trusted)
        is_whole = bool(keyed.entry.hash)
        if row is not None and is_whole:
            matched.append((row, keyed))
        elif row is None and (is_whole or keyed.keys[GUID]):
            new.append(keyed)
    suggester = suggester or suggestions.from_vocabularies(session)
    changed = _renew(session, matched, suggester, now=now, was_moved=was_moved)
    added = _add(session, source, new, known, trusted, suggester, now=now)
    return Stored(new=added, changed=changed)


def _with_half(entries: Sequence[CleanEntry]) -> Sequence[CleanEntry]:
    """The half of an entry has no hash, so that the whole of it is another one."""
    return (*entries[:-1], *(replace(half, hash="") for half in entries[-1:]))


def _rows(session: Session, source: Source, document: Sequence[Keyed]) -> list[Row]:
    """What is kept of this source under any of these keys."""
    found: dict[int, Row] = {}
    if source.newest_at is None and not session.connection().scalar(_ANY, {"source": source.id}):
        return []
    for at in range(0, len(document), _CHUNK):
        guids, links, texts = zip(*(k.keys for k in document[at : at + _CHUNK]), strict=True)
        texts += tuple(with_hash(k) for k in document[at : at + _CHUNK] if not k.entry.link)
        possible = {*guids, *(prefixed("l:", link) for link in links), *texts} - {""}
        asked = {
            "source": source.id,
            "keys": list(possible),
            "links": [link for link in links if link],
            "texts": texts,
        }
        for row in session.connection().execute(_KEPT, asked):
            found[row.id] = Row(**row._mapping)
    return sorted(found.values(), key=lambda row: row.id)


# Made once: to make it for every source would cost more than to answer it.
_ANY = select(Entry.id).where(Entry.source_id == bindparam("source")).limit(1)
_KEPT = select(Entry.id, Entry.key, Entry.link_key, Entry.text_key, Entry.hash, Entry.title).where(
    Entry.source_id == bindparam("source"),
    or_(
        Entry.key.in_(bindparam("keys", expanding=True)),
        Entry.link_key.in_(bindparam("links", expanding=True)),
        Entry.text_key.in_(bindparam("texts", expanding=True)),
    ),
)


def _renew(
    session: Session,
    matched: Sequence[tuple[Row, Keyed]],
    suggester: Suggester,
    *,
    now: datetime,
    was_moved: bool,
) -> int:
    """Keep the older text of what changed and show the newer; how many changed."""
    said = {row.id: k for row, k in matched if row.hash != k.entry.hash}
    moved = {row.id: k for row, k in matched if was_moved and row.link_key != k.keys[LINK]}
    wanted = said.keys() | moved.keys()
    if not wanted:
        return 0
    query = select(Entry).where(Entry.id.in_(wanted)).options(lazyload(Entry.source))
    for entry in session.scalars(query):
        if entry.id in said:
            _change(session, entry, said[entry.id], suggester, now=now)
        newer = moved.get(entry.id) or said[entry.id]
        entry.link = newer.entry.link or entry.link
        entry.link_key = newer.keys[LINK] or entry.link_key
        if entry.id in moved:
            entry.key = newer.keys[GUID] or entry.key
    flush(session)
    return len(said)


def _change(
    session: Session, entry: Entry, keyed: Keyed, suggester: Suggester, *, now: datetime
) -> None:
    """Let it say what it says now. Of the half of an entry no version is kept, nor its date."""
    if entry.hash:
        _keep_version(session, entry)
        entry.changed_at = now
    else:
        entry.published_at = _published_at(keyed.entry, now)
        entry.sort_at = entry.published_at or entry.sort_at
    for name, value in _said(keyed.entry, suggester).items():
        setattr(entry, name, value)
    entry.text_key = keyed.keys[TEXT]


def _keep_version(session: Session, entry: Entry) -> None:
    older = EntryVersion(
        entry_id=entry.id,
        seen_at=entry.changed_at or entry.seen_at,
        title=entry.title,
        html=entry.html,
    )
    session.add(older)


def _said(said: CleanEntry, suggester: Suggester) -> dict[str, Any]:
    """What the entry says, without what it is called."""
    purposes, themes = suggester.suggest(said.title, said.text)
    return {
        "hash": said.hash,
        "title": said.title,
        "html": said.html,
        "text": said.text,
        "summary": said.summary,
        "author": said.author,
        "language": said.language,
        "categories": list(said.categories),
        "enclosures": [asdict(enclosure) for enclosure in said.enclosures],
        "pictures": [asdict(picture) for picture in said.pictures],
        "purposes": purposes,
        "themes": themes,
    }


def _add(
    session: Session,
    source: Source,
    new: Sequence[Keyed],
    known: Known,
    trusted: int,
    suggester: Suggester,
    *,
    now: datetime,
) -> int:
    """Add them, oldest first, so that what came later also has the higher number."""
    new = new if source.newest_at is None else _dammed(source, new)
    past = _past(session, source, new, now=now)
    added: list[NewEntry] = []
    for keyed in reversed(new):
        key = _free_key(keyed, trusted, known.keys)
        if key:
            known.keys.add(key)
            added.append(_entry(source, keyed, key, suggester, now=now, past=past))
    if not added:
        return 0
    added.sort(key=lambda entry: (entry.sort_at, entry.published_at or entry.seen_at))
    ids = stories.gather(session, added)
    _join_twins(session, source, [keyed for keyed in new if keyed.entry.copy > 1])
    stories.find_anew(session, ids)
    newest = max(entry.published_at or entry.seen_at for entry in added)
    source.newest_at = max(source.newest_at or newest, newest)
    return len(added)


def _dammed(source: Source, new: Sequence[Keyed]) -> Sequence[Keyed]:
    if len(new) > MOST_NEW and FLOOD not in source.note:
        source.note = "\n".join(filter(None, (source.note, FLOOD)))
    return new[:MOST_NEW]


def _past(session: Session, source: Source, new: Sequence[Keyed], *, now: datetime) -> datetime:
    """Up to when what is new to us was said before we listened, and belongs where it was said.

    That is all of a first fetch, later what is older than all that we keep, and whatever is
    older than the newest if an archive of it comes at once.
    """
    newest = source.newest_at
    if newest is None:
        return now
    dates = [keyed.entry.published_at for keyed in new]
    late = sum(date is not None and EARLIEST <= date < newest for date in dates)
    if late > MOST_LATE:
        return newest
    oldest = session.connection().scalar(_OLDEST, {"source": source.id}) if late else None
    return oldest or EARLIEST


_OLDEST = select(func.min(Entry.published_at)).where(Entry.source_id == bindparam("source"))


def _join_twins(session: Session, source: Source, twins: Sequence[Keyed]) -> None:
    """Show once what the document says twice."""
    for twin in twins:
        own = twin.keys[TEXT]
        asked = (own, own.removesuffix(mark(twin.entry)))
        query = select(Entry).where(Entry.source_id == source.id, Entry.text_key.in_(asked))
        found = {entry.text_key: entry for entry in session.scalars(query)}
        if len(found) == len(asked):
            stories.join(session, *(found[key] for key in asked))


def _free_key(keyed: Keyed, trusted: int, used: set[str]) -> str:
    """Its own key; the next where that is taken; "" where it is known by every one."""
    keys = (keyed.keys[GUID], prefixed("l:", keyed.keys[LINK]), keyed.keys[TEXT])
    usable = keys[own_level(keyed, trusted) :]
    return next((key for key in usable if key and key not in used), "")


def _entry(
    source: Source,
    keyed: Keyed,
    key: str,
    suggester: Suggester,
    *,
    now: datetime,
    past: datetime,
) -> NewEntry:
    said = keyed.entry
    published_at = _published_at(said, now)
    return NewEntry(
        source_id=source.id,
        key=key,
        link_key=keyed.keys[LINK],
        text_key=keyed.keys[TEXT],
        link=said.link,
        published_at=published_at,
        seen_at=now,
        sort_at=published_at if published_at and published_at <= past else now,
        **_said(said, suggester),
    )


def _published_at(said: CleanEntry, now: datetime) -> datetime | None:
    """Its date, if it can be true."""
    at = said.published_at
    return at if at is not None and EARLIEST <= at <= now else None
