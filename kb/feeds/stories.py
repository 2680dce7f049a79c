"""The same story from several sources: found, shown once, split or joined by an editor.

Two entries of different sources tell the same story when their links are equal once they
are normalised, or when their titles are and their texts begin alike within 14 days.
Every entry with a title belongs to a story, whose key is that title: so that the next one
finds it. The entry that leads is the original publisher's, else the earliest.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Select, bindparam, func, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only

from kb.db.base import UtcDateTime
from kb.db.database import flush
from kb.feeds.models import Entry, Source, Story

TO_FIND_ANEW = "entries to find anew"  # in session.info: their ids
NEAR = timedelta(days=14)
ALIKE = 0.85
START = 300  # characters of two texts that are compared
TOO_SHORT = 40
LONGEST_KEY = 200
MOST_CANDIDATES = 200
_WORD = re.compile(r"[^\W_]+")
_TRACKING = re.compile(
    r"(?:utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|igsh|mc_[ce]id|_hs(?:enc|mi)|mkt_tok"
    r"|at_(?:medium|campaign|custom.*)|ns_.*|wt\.mc_id|xtor|cmpid|ref_src|spm|_ga|_gl)",
    re.IGNORECASE,
)


@dataclass(kw_only=True)
class NewEntry:
    """An entry that is about to be kept, by its columns: far cheaper than one of the session."""

    source_id: int
    story_id: int | None = None
    leads: bool = True
    is_split: bool = False
    is_hidden: bool = False
    key: str
    link_key: str
    text_key: str
    hash: str
    title: str
    link: str
    html: str
    text: str
    summary: str
    author: str
    language: str
    published_at: datetime | None
    seen_at: datetime
    sort_at: datetime
    changed_at: datetime | None = None
    categories: list[str]
    enclosures: list[dict[str, str]]
    pictures: list[str | dict[str, str]]
    purposes: list[str]
    themes: list[str]


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """What is known of an entry that may tell the same story."""

    id: int
    story_id: int | None
    source_id: int
    told_at: datetime
    key: str
    text: str


def normal_link(url: str) -> str:
    """The address without scheme, www, tracking and a closing slash; "" for no web address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    place = host.removeprefix("www.") + (f":{port}" if port not in {None, 80, 443} else "")
    query = _without_tracking(parts.query) if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment and "=" not in parts.fragment else ""
    return shortened(f"{place}{parts.path.rstrip('/')}{query}{fragment}")


def shortened(key: str) -> str:
    """A key that any index can hold: what is longer ends in a hash of itself."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return key[: LONGEST_KEY - 33] + " " + digest


def gather(session: Session, entries: Sequence[NewEntry]) -> list[int]:
    """Keep the new entries of one source, in the stories that they tell or in new ones.

    Their ids, in the same order. What an editor split stays apart.
    """
    matches = _matches(session, entries)
    _begin_stories(session, [entry for entry in entries if id(entry) not in matches])
    ids = _keep(session, entries)
    for entry in entries:
        if match := matches.get(id(entry)):
            _enter(session, session.get_one(Entry, ids[entry.key]), match)
    if matches:
        flush(session)
    return list(ids.values())


def find_anew(session: Session, entry_ids: Iterable[int]) -> None:
    """Let whoever keeps the index hear of these entries, which came in or are told by others."""
    session.info.setdefault(TO_FIND_ANEW, []).extend(entry_ids)


def find_anew_of(session: Session, source: Source) -> None:
    """The same of all that a source said, and of what leads the stories that it tells too."""
    own = Entry.source_id == source.id
    told = select(Entry.story_id).where(own, Entry.leads.is_(False))
    leading = Entry.leads.is_(True) & Entry.story_id.in_(told)
    find_anew(session, session.scalars(select(Entry.id).where(or_(own, leading))))


def split(session: Session, entry: Entry) -> None:
    """Show this entry by itself, for good: an editor found that it tells another story."""
    before = entry.story_id
    story = Story(key=_title_key(entry))
    session.add(story)
    flush(session)
    entry.story_id, entry.is_split, entry.leads = story.id, True, True
    flush(session)
    _elect_in(session, before)


def join(session: Session, entry: Entry, other: Entry) -> None:
    """Show these two as one: an editor found that they tell the same story.

    Whoever told the story of either of them tells the common one from now on.
    """
    before = entry.story_id
    if other.story_id is None:
        _begin_story(session, other)
    for each in (entry, *(_members(session, before) if before is not None else ())):
        each.story_id = other.story_id
    entry.is_split = other.is_split = False
    flush(session)
    _elect_in(session, other.story_id)


def lead_anew(session: Session, entry: Entry) -> None:
    """Let whoever should lead its story do so, once one of it was hidden or shown again."""
    _elect_in(session, entry.story_id)


def also_seen(session: Session, entry: Entry) -> list[Entry]:
    """The other entries that tell the same story, earliest first."""
    if entry.story_id is None:
        return []
    told = [e for e in _members(session, entry.story_id) if e is not entry and not e.is_hidden]
    return sorted(told, key=lambda e: (_told_at(e), e.id))


def also_seen_of(session: Session, entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    """Entry id -> the entries of other sources that tell its story, earliest first.

    Only those that have any are in it. What the others say is not read from the database.
    """
    ours = {entry.id: entry for entry in entries if entry.story_id is not None}
    query = select(Entry).where(
        Entry.story_id.in_({entry.story_id for entry in ours.values()}),
        Entry.id.not_in(ours),
        Entry.is_hidden.is_(False),
    )
    told: dict[int | None, list[Entry]] = {}
    for other in session.scalars(query.options(_WHO_AND_WHEN)) if ours else ():
        told.setdefault(other.story_id, []).append(other)
    found = {entry.id: _elsewhere(entry, told.get(entry.story_id, ())) for entry in ours.values()}
    return {entry_id: others for entry_id, others in found.items() if others}


def _elsewhere(entry: Entry, told: Iterable[Entry]) -> list[Entry]:
    others = [other for other in told if other.source_id != entry.source_id]
    return sorted(others, key=lambda e: (_told_at(e), e.id))


def _begin_stories(session: Session, entries: Sequence[NewEntry]) -> None:
    """A story for each; an entry without a title needs one only when it is joined."""
    titled = [entry for entry in entries if _title_key(entry)]
    if not titled:
        return
    keys = [{"key": _title_key(entry)} for entry in titled]
    begun: dict[str, list[int]] = {}
    for key, number in session.connection().execute(_ADD_STORIES, keys):
        begun.setdefault(key, []).append(number)
    for entry in titled:
        entry.story_id = begun[_title_key(entry)].pop()


def _keep(session: Session, entries: Sequence[NewEntry]) -> dict[str, int]:
    """Key -> id, in the order that was given: rows with RETURNING might change places."""
    connection = session.connection()
    connection.execute(_ADD_ENTRIES, [vars(entry) for entry in entries])
    asked = {"source": entries[0].source_id, "keys": [entry.key for entry in entries]}
    return dict(connection.execute(_ADDED, asked).all())


_WHO_AND_WHEN = load_only(
    *(Entry.source_id, Entry.story_id, Entry.link),
    *(Entry.published_at, Entry.seen_at),
)
_ADD_STORIES = insert(Story).returning(Story.key, Story.id)
_ADD_ENTRIES = insert(Entry)
_ADDED = (
    select(Entry.key, Entry.id)
    .where(
        Entry.source_id == bindparam("source"),
        Entry.key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(Entry.id)
)


def _matches(session: Session, entries: Sequence[NewEntry]) -> dict[int, _Candidate]:
    """Which known entry each of these repeats, by the Python id of the new one."""
    by_link = _by_link(session, entries)
    matches = {id(e): by_link[e.link_key] for e in entries if e.link_key in by_link}
    rest = [e for e in entries if id(e) not in matches]
    by_title = _by_title(session, rest)
    for entry in rest:
        for candidate in by_title.get(_title_key(entry), ()):
            if _tells_the_same(entry, candidate):
                matches[id(entry)] = candidate
                break
    return matches


def _by_link(session: Session, entries: Sequence[NewEntry]) -> dict[str, _Candidate]:
    """Known entries of other sources by their links; a link that a source repeats says nothing."""
    links = Counter(entry.link_key for entry in entries if _is_telling(entry))
    wanted = [link for link, times in links.items() if times == 1]
    if not wanted:
        return {}
    asked = {"but": entries[0].source_id, "links": wanted}
    rows = session.connection().execute(_LINKED, asked)
    found = [_Candidate(**row._mapping) for row in rows]
    times = Counter((c.source_id, c.key) for c in found)
    return {c.key: c for c in found if times[c.source_id, c.key] == 1}


def _is_telling(entry: NewEntry) -> bool:
    """Is there a link that says more than the address of a home page?"""
    return bool(entry.link) and "/" in entry.link_key


def _by_title(session: Session, entries: Sequence[NewEntry]) -> dict[str, list[_Candidate]]:
    titles = {title for entry in entries if (title := _title_key(entry))}
    if not titles:
        return {}
    told = [_told_at(entry) for entry in entries]
    asked = {
        "but": entries[0].source_id,
        "titles": list(titles),
        "since": min(told) - NEAR,
        "until": max(told) + NEAR,
    }
    found: dict[str, list[_Candidate]] = {}
    for row in session.connection().execute(_TITLED, asked):
        found.setdefault(row.key, []).append(_Candidate(**row._mapping))
    return found


_TOLD_AT = func.coalesce(Entry.published_at, Entry.seen_at, type_=UtcDateTime())


def _candidates(key: InstrumentedAttribute[str]) -> Select[Any]:
    """The newest entries of other sources that an editor has not split, `key` beside each."""
    return (
        select(
            Entry.id,
            Entry.story_id,
            Entry.source_id,
            _TOLD_AT.label("told_at"),
            key.label("key"),
            func.substr(Entry.text, 1, 2 * START).label("text"),
        )
        .where(Entry.source_id != bindparam("but"), Entry.is_split.is_(False))
        .order_by(Entry.id.desc())
    )


# Made once: to make them for every source would cost more than to answer them.
_LINKED = _candidates(Entry.link_key).where(Entry.link_key.in_(bindparam("links", expanding=True)))
_TITLED = (
    _candidates(Story.key)
    .join(Story, Entry.story_id == Story.id)
    .where(
        Story.key.in_(bindparam("titles", expanding=True)),
        _TOLD_AT.between(bindparam("since"), bindparam("until")),
    )
    .limit(MOST_CANDIDATES)
)


def _tells_the_same(entry: NewEntry, candidate: _Candidate) -> bool:
    """Given equal titles: near in time, and the same from the start as far as both go?"""
    if abs(_told_at(entry) - candidate.told_at) > NEAR:
        return False
    ours, theirs = _start(entry.text), _start(candidate.text)
    common = min(len(ours), len(theirs))
    if common < TOO_SHORT:
        return ours == theirs != ""
    matcher = SequenceMatcher(None, ours[:common], theirs[:common], autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _begin_story(session: Session, entry: Entry) -> None:
    story = Story(key=_title_key(entry))
    session.add(story)
    flush(session)
    entry.story_id = story.id


def _enter(session: Session, entry: Entry, match: _Candidate) -> None:
    if match.story_id is None:
        told = session.get_one(Entry, match.id)
        if told.story_id is None:
            _begin_story(session, told)
        entry.story_id = told.story_id
    else:
        entry.story_id = match.story_id
    assert entry.story_id is not None  # noqa: S101 - narrows the type
    _elect(session, [*_members(session, entry.story_id), entry])


def _elect_in(session: Session, story_id: int | None) -> None:
    if story_id is not None:
        _elect(session, _members(session, story_id))
        flush(session)


def _elect(session: Session, entries: list[Entry]) -> None:
    """The original publisher leads, else whoever said it first; a hidden one never does."""
    distinct = list({id(entry): entry for entry in entries}.values())
    leader = min(distinct, key=lambda entry: _rank(session, entry), default=None)
    for entry in distinct:
        entry.leads = entry is leader
    if leader is not None:
        find_anew(session, [leader.id])


def _rank(session: Session, entry: Entry) -> tuple[bool, bool, datetime, float]:
    source = session.get_one(Source, entry.source_id)
    home = normal_link(source.site_url or source.feed_url).partition("/")[0]
    is_original = normal_link(entry.link).partition("/")[0] == home != ""
    return entry.is_hidden is True, not is_original, _told_at(entry), entry.id or float("inf")


def _members(session: Session, story_id: int) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.story_id == story_id)))


def _told_at(entry: Entry | NewEntry) -> datetime:
    return entry.published_at or entry.seen_at


def _title_key(entry: Entry | NewEntry) -> str:
    return _key_of(entry.title)


@lru_cache(maxsize=1_000)
def _key_of(title: str) -> str:
    return shortened(" ".join(_WORD.findall(title.lower())))


def _start(text: str) -> str:
    return " ".join(_WORD.findall(text[: 2 * START].lower()))[:START]


def _without_tracking(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    return f"?{urlencode(kept)}" if kept else ""
