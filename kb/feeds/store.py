"""Keep what a feed says: each entry once, however its feed names it, and for good.

Three keys identify an entry within its source: its guid, its link, its text. A feed whose
guids cannot be trusted is told apart by links instead, and says so; one whose links
cannot either, by texts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, lazyload

from kb.db.database import flush
from kb.feeds import stories, suggestions
from kb.feeds.models import Entry, EntryVersion, Source
from kb.feeds.stories import NewEntry
from kb.feeds.suggestions import Suggester
from kb.feeds.types import CleanEntry, CleanFeed

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
TOO_MANY_BAD = 0.05
MOST_NEW = 1_000  # of one document; more is a fault or a flood
GUID, LINK, TEXT = 0, 1, 2
IDENTITY_REASONS = (
    "",
    "The ids in this feed cannot be relied on, so its entries are told apart by their links.",
    "Neither ids nor links in this feed can be relied on, so its entries are told apart by"
    " their titles and texts.",
)
FLOOD = f"It gave more than {MOST_NEW} new entries at once; the rest were left out."
NEW_ENTRIES = "new entries"  # in session.info: their ids, for whoever must hear of them
_CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class Stored:
    new: int = 0
    changed: int = 0


@dataclass(frozen=True, kw_only=True)
class _Row:
    """What is needed of an entry that is kept, to know it again."""

    id: int
    key: str
    link_key: str
    text_key: str
    hash: str
    title: str


@dataclass(frozen=True, kw_only=True)
class _Keyed:
    """An entry of the document, its keys as they are kept, and which of them is its own.

    A key is "" where the entry has none or shares it inside the document.
    """

    entry: CleanEntry
    keys: tuple[str, str, str]


class _Known:
    """The entries of a source that this document may be about."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self.keys = {row.key for row in rows}
        self._found: tuple[dict[str, list[_Row]], ...] = ({}, {}, {})
        self._taken: set[int] = set()
        for row in rows:
            for level, key in enumerate((row.key, row.link_key, row.text_key)):
                self._found[level].setdefault(key, []).append(row)

    def has(self, level: int, key: str) -> bool:
        return bool(key) and key in self._found[level]

    def has_titled(self, keyed: _Keyed) -> bool:
        """Is there one with this link and this title?"""
        rows = self._found[LINK].get(keyed.keys[LINK], ()) if keyed.keys[LINK] else ()
        return any(row.title == keyed.entry.title for row in rows)

    def take(self, keyed: _Keyed, trusted: int) -> _Row | None:
        """The entry that this is, if it is known; nobody else may be the same one."""
        row = self._search(keyed, trusted)
        if row is not None:
            self._taken.add(row.id)
        return row

    def _search(self, keyed: _Keyed, trusted: int) -> _Row | None:
        own = _own_level(keyed, trusted)
        row = self._pick(keyed, own)
        if own == GUID and (row is None or row.link_key != keyed.keys[LINK]):
            same = self._pick(keyed, LINK) if self.has_titled(keyed) else None
            row = same if same is not None and same.title == keyed.entry.title else row
        is_nameless = own == GUID or not keyed.entry.link
        return self._nameless(keyed) if row is None and is_nameless else row

    def _nameless(self, keyed: _Keyed) -> _Row | None:
        """The one with the same words that had no id of its own until now."""
        texts = (keyed.keys[TEXT], _with_hash(keyed))
        rows = [row for text in texts for row in self._found[TEXT].get(text, ())]
        free = (row for row in rows if row.id not in self._taken and row.key[:2] != "g:")
        return next(free, None)

    def _pick(self, keyed: _Keyed, level: int) -> _Row | None:
        """Among several with this key, the one with the same words, else with the same title."""
        key = keyed.keys[level]
        rows = [r for r in self._found[level].get(key, ()) if r.id not in self._taken]
        if not key or not rows:
            return None
        same = (row for row in rows if row.hash == keyed.entry.hash)
        titled = (row for row in rows if row.title == keyed.entry.title)
        return next(same, None) or next(titled, None) or rows[0]


def store(
    session: Session,
    source: Source,
    feed: CleanFeed,
    *,
    now: datetime,
    suggester: Suggester | None = None,
) -> Stored:
    """Keep what is new, renew what changed, delete nothing; say how many of each.

    The older text of what changed is kept. Doing it twice changes nothing.
    """
    document = _keyed(feed.entries)
    known = _Known(_rows(session, source, document))
    trusted = _degrade(source, document, known)
    was_moved = trusted > source.identity
    new: list[_Keyed] = []
    matched: list[tuple[_Row, _Keyed]] = []
    for keyed in document:
        row = known.take(keyed, trusted)
        if row is not None:
            matched.append((row, keyed))
        else:
            new.append(keyed)
    suggester = suggester or suggestions.from_vocabularies(session)
    changed = _renew(session, matched, suggester, now=now, was_moved=was_moved)
    added = _add(session, source, new, known, trusted, suggester, now=now)
    return Stored(new=added, changed=changed)


def _keyed(entries: Sequence[CleanEntry]) -> list[_Keyed]:
    """Every entry with its keys, without those that the document itself repeats."""
    named = [(entry, _keys(entry)) for entry in entries]
    times = [Counter(keys[level] for _, keys in named) for level in (GUID, LINK)]
    document: dict[tuple[str, str, str], _Keyed] = {}
    for entry, (guid, link, text) in named:
        own = (
            guid if times[GUID][guid] == 1 else "",
            link if times[LINK][link] == 1 else "",
            text,
        )
        document.setdefault(own, _Keyed(entry=entry, keys=own))
    return list(document.values())


def _keys(entry: CleanEntry) -> tuple[str, str, str]:
    """A stage before this one put the next key where one was missing or shared: undo that."""
    guid, link, text = entry.keys
    is_borrowed = guid in {link, text} or guid.endswith(f" {link}")
    guid = "" if is_borrowed else guid
    if normal := stories.normal_link(entry.link):
        link = f"{normal}{_mark(entry)}"
    elif link == text:
        link = ""
    return _prefixed("g:", guid), stories.shortened(link), _prefixed("t:", text)


def _mark(entry: CleanEntry) -> str:
    """What the keys of a twin end in."""
    return f" {entry.copy}" if entry.copy > 1 else ""


def _prefixed(prefix: str, key: str) -> str:
    return stories.shortened(prefix + key) if key else ""


def _own_level(keyed: _Keyed, trusted: int) -> int:
    return next((level for level in range(trusted, TEXT) if keyed.keys[level]), TEXT)


def _with_hash(keyed: _Keyed) -> str:
    """The text key that an entry without id and link has where another shares its own."""
    return f"{keyed.keys[TEXT]} {keyed.entry.hash}"


def _rows(session: Session, source: Source, document: Sequence[_Keyed]) -> list[_Row]:
    """What is kept of this source under any of these keys."""
    found: dict[int, _Row] = {}
    if source.newest_at is None and not session.connection().scalar(_ANY, {"source": source.id}):
        return []
    for at in range(0, len(document), _CHUNK):
        guids, links, texts = zip(*(k.keys for k in document[at : at + _CHUNK]), strict=True)
        texts += tuple(_with_hash(k) for k in document[at : at + _CHUNK] if not k.entry.link)
        possible = {*guids, *(_prefixed("l:", link) for link in links), *texts} - {""}
        asked = {
            "source": source.id,
            "keys": list(possible),
            "links": [link for link in links if link],
            "texts": texts,
        }
        for row in session.connection().execute(_KEPT, asked):
            found[row.id] = _Row(**row._mapping)
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


def _degrade(source: Source, document: Sequence[_Keyed], known: _Known) -> int:
    """Which key to trust for this document; what is wrong for good is noted on the source."""
    trusted = source.identity
    while trusted < TEXT and _is_bad(trusted, document):
        trusted += 1
    if trusted == GUID and _has_new_guids(document, known):
        trusted = LINK
    if trusted > source.identity:
        source.identity = trusted
        source.note = "\n".join(filter(None, (source.note, IDENTITY_REASONS[trusted])))
    return TEXT if trusted < TEXT and _has_moved(document, known) else trusted


def _is_bad(level: int, document: Sequence[_Keyed]) -> bool:
    """Is that key missing, or not its own, in too many entries?"""
    return sum(not k.keys[level] for k in document) > TOO_MANY_BAD * len(document)


def _has_new_guids(document: Sequence[_Keyed], known: _Known) -> bool:
    """Are all guids new though what they name is known by its link and title?"""
    is_any_known = any(known.has(GUID, keyed.keys[GUID]) for keyed in document)
    return not is_any_known and any(known.has_titled(keyed) for keyed in document)


def _has_moved(document: Sequence[_Keyed], known: _Known) -> bool:
    """Are all ids and links new though most texts are known? Then the site moved.

    One text that is known may be another one that says the same: “The meeting is cancelled.”
    """
    if any(known.has(level, k.keys[level]) for k in document for level in (GUID, LINK)):
        return False
    texts = sum(known.has(TEXT, keyed.keys[TEXT]) for keyed in document)
    return texts > 1 and texts > len(document) / 2


def _renew(
    session: Session,
    matched: Sequence[tuple[_Row, _Keyed]],
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
            _keep_version(session, entry)
            for name, value in _said(said[entry.id].entry, suggester).items():
                setattr(entry, name, value)
            entry.text_key, entry.changed_at = said[entry.id].keys[TEXT], now
        newer = moved.get(entry.id) or said[entry.id]
        entry.link = newer.entry.link or entry.link
        entry.link_key = newer.keys[LINK] or entry.link_key
        if entry.id in moved:
            entry.key = newer.keys[GUID] or entry.key
    flush(session)
    return len(said)


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
    new: Sequence[_Keyed],
    known: _Known,
    trusted: int,
    suggester: Suggester,
    *,
    now: datetime,
) -> int:
    """Add them, oldest first, so that what came later also has the higher number."""
    is_first = source.newest_at is None
    if len(new) > MOST_NEW and FLOOD not in source.note:
        source.note = "\n".join(filter(None, (source.note, FLOOD)))
    added: list[NewEntry] = []
    for keyed in reversed(new[:MOST_NEW]):
        key = _free_key(keyed, trusted, known.keys)
        if key:
            known.keys.add(key)
            added.append(_entry(source, keyed, key, suggester, now=now, is_first=is_first))
    if not added:
        return 0
    added.sort(key=lambda entry: (entry.sort_at, entry.published_at or entry.seen_at))
    ids = stories.gather(session, added)
    _join_twins(session, source, [keyed for keyed in new if keyed.entry.copy > 1])
    session.info.setdefault(NEW_ENTRIES, []).extend(ids)
    newest = max(entry.published_at or entry.seen_at for entry in added)
    source.newest_at = max(source.newest_at or newest, newest)
    return len(added)


def _join_twins(session: Session, source: Source, twins: Sequence[_Keyed]) -> None:
    """Show once what the document says twice."""
    for twin in twins:
        own = twin.keys[TEXT]
        asked = (own, own.removesuffix(_mark(twin.entry)))
        query = select(Entry).where(Entry.source_id == source.id, Entry.text_key.in_(asked))
        found = {entry.text_key: entry for entry in session.scalars(query)}
        if len(found) == len(asked):
            stories.join(session, *(found[key] for key in asked))


def _free_key(keyed: _Keyed, trusted: int, used: set[str]) -> str:
    """Its own key; the next where that is taken; "" where it is known by every one."""
    keys = (keyed.keys[GUID], _prefixed("l:", keyed.keys[LINK]), keyed.keys[TEXT])
    usable = keys[_own_level(keyed, trusted) :]
    return next((key for key in usable if key and key not in used), "")


def _entry(
    source: Source,
    keyed: _Keyed,
    key: str,
    suggester: Suggester,
    *,
    now: datetime,
    is_first: bool,
) -> NewEntry:
    said = keyed.entry
    published_at = said.published_at
    if published_at is not None and not EARLIEST <= published_at <= now:
        published_at = None
    return NewEntry(
        source_id=source.id,
        key=key,
        link_key=keyed.keys[LINK],
        text_key=keyed.keys[TEXT],
        link=said.link,
        published_at=published_at,
        seen_at=now,
        sort_at=published_at if is_first and published_at else now,
        **_said(said, suggester),
    )
