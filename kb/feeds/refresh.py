"""One refresh of a source: leased to one worker, asked for, read, kept, asked again later.

The entry point owns the transactions; the same functions serve a person who presses
a button and the schedule.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, lazyload

from kb.db.database import flush
from kb.feeds import schedule
from kb.feeds.errors import FeedError, FetchError
from kb.feeds.identity import IDENTITY_REASONS
from kb.feeds.models import Entry, Source, State
from kb.feeds.moving import note_move
from kb.feeds.store import Stored, store
from kb.feeds.suggestions import Suggester
from kb.feeds.types import Answer, CleanFeed, Fetched, NotModified, Request, Validators

LEASE = timedelta(minutes=10)
OUR_FAULT = "Something went wrong on our side while this was read."
Read = Callable[[Fetched], CleanFeed]
Chance = Callable[[], float]
any_chance: Chance = random.SystemRandom().random


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A promise to be the only one who fetches; `name` is a worker's own, once per batch."""

    name: str
    length: timedelta = LEASE


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a refresh brought; `error` says in words why it failed, "" if it did not."""

    new: int = 0
    changed: int = 0
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is needed of a source to ask for it, and to note that it has nothing new."""

    id: int
    feed_url: str
    etag: str
    last_modified: str
    body_hash: str
    identity: int
    platform: Any
    state: State
    interval_s: int
    problems: str
    newest_at: datetime | None
    added_at: datetime
    failures: int
    moved_to: str


def lease_due(session: Session, *, now: datetime, limit: int, lease: Lease) -> list[int]:
    """Take those that are due and that nobody fetches, longest waiting first; their ids."""
    is_due = (Source.state.in_(schedule.FOLLOWED), Source.due_at <= now)
    waiting = select(Source.id).where(*is_due, _is_free(now)).order_by(Source.due_at).limit(limit)
    return _take(session, Source.id.in_(waiting.scalar_subquery()), now=now, lease=lease)


def lease_these(session: Session, ids: Iterable[int], *, now: datetime, lease: Lease) -> list[int]:
    """Take these whether they are due or not, but for retired ones and those being fetched."""
    is_meant = Source.id.in_(list(ids)) & (Source.state != State.RETIRED)
    return _take(session, is_meant, now=now, lease=lease)


def renew(session: Session, *, now: datetime, lease: Lease) -> None:
    """Keep what is not done yet for another while."""
    ours = update(Source).where(Source.lease == lease.name, Source.leased_until.is_not(None))
    session.execute(ours.values(leased_until=now + lease.length), **_PLAIN)


def give_back(session: Session, lease: Lease) -> None:
    """Let go of what was taken and not done."""
    ours = update(Source).where(Source.lease == lease.name)
    session.execute(ours.values(leased_until=None, lease=""), **_PLAIN)


def leased(session: Session, ids: Iterable[int]) -> list[Due]:
    """What to ask for, by these ids."""
    columns = [getattr(Source, name) for name in Due.__dataclass_fields__]
    query = select(*columns).where(Source.id.in_(list(ids))).order_by(Source.due_at, Source.id)
    return [Due(**row._mapping) for row in session.execute(query)]


def request(due: Due, *, chance: Chance = any_chance) -> Request:
    """Ask with the validators, but for one in fifty, so that a stuck "nothing new" heals.

    A source that seems to move is asked in full: only what parses counts as a move.
    """
    is_full = bool(due.moved_to) or chance() < schedule.UNCONDITIONAL
    known = Validators(etag=due.etag, last_modified=due.last_modified)
    return Request(key=due.id, url=due.feed_url, validators=Validators() if is_full else known)


def is_unchanged(due: Due, answer: Answer) -> bool:
    """Is there nothing to read and nothing to learn but that the source is well?"""
    if isinstance(answer, NotModified):
        return True
    return (
        not (due.moved_to or answer.moved_to)
        and answer.validators == Validators(etag=due.etag, last_modified=due.last_modified)
        and body_hash(answer.content) == due.body_hash
    )


def note_unchanged(
    session: Session,
    answered: Sequence[tuple[Due, Answer]],
    *,
    now: datetime,
    lease: Lease,
    chance: Chance = any_chance,
) -> None:
    """Note of many sources at once that they had nothing new, and let go of them."""
    rows = [_unchanged(due, answer, now=now, chance=chance()) for due, answer in answered]
    if rows:
        session.connection().execute(_NOTE_UNCHANGED, [row | {"ours": lease.name} for row in rows])


def refresh(
    session: Session,
    source: Source,
    answer: Answer | Exception,
    *,
    read: Read,
    now: datetime,
    suggester: Suggester | None = None,
    chance: Chance = any_chance,
) -> Outcome:
    """Keep what the answer brings, or why there was none, and say when to ask again.

    Validators and the body's hash are kept only after the whole answer was read as a feed.
    """
    outcome = take_in(
        session, source, answer, read=read, now=now, suggester=suggester, chance=chance
    )
    flush(session)
    return outcome


def ours(session: Session, ids: Iterable[int], *, lease: Lease) -> dict[int, Source]:
    """Those of these that this lease still holds, locked: nobody else takes them meanwhile."""
    held = select(Source).where(Source.id.in_(list(ids)), Source.lease == lease.name)
    locked = held.order_by(Source.id).with_for_update(of=Source).options(lazyload(Source.council))
    return {source.id: source for source in session.scalars(locked)}


def take_in(
    session: Session,
    source: Source,
    answer: Answer | Exception,
    *,
    read: Read,
    now: datetime,
    suggester: Suggester | None = None,
    chance: Chance = any_chance,
) -> Outcome:
    """The same for one of many: whoever calls this flushes once, after the last."""
    source.leased_until, source.lease, source.checked_at = None, "", now
    if isinstance(answer, Exception):
        return _fail(session, source, answer, now=now, chance=chance())
    try:
        stored, feed = _keep(session, source, answer, read=read, now=now, suggester=suggester)
    except FeedError as error:
        return _fail(session, source, error, now=now, chance=chance())
    _be_well(session, source, stored, now=now)
    source.interval_s = max(source.interval_s, min(feed.every_s, schedule.LONGEST_S))
    asked_s = _asked(answer)
    source.due_at = schedule.due(
        now, source.interval_s, source.platform, asked_s=asked_s, chance=chance()
    )
    if isinstance(answer, Fetched):
        note_move(session, source, answer.moved_to, now=now)
    return Outcome(new=stored.new, changed=stored.changed)


def body_hash(content: bytes) -> str:
    return blake2b(content, digest_size=20).hexdigest()


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Source.leased_until.is_(None), Source.leased_until < now)


def _take(
    session: Session, is_meant: ColumnElement[bool], *, now: datetime, lease: Lease
) -> list[int]:
    """One UPDATE: of two workers, the second finds the condition no longer true."""
    taken = (
        update(Source)
        .where(is_meant, _is_free(now))
        .values(leased_until=now + lease.length, lease=lease.name)
        .returning(Source.id)
    )
    return list(session.scalars(taken, **_PLAIN))


_PLAIN: dict[str, Any] = {"execution_options": {"synchronize_session": False}}
_NOTE_UNCHANGED = (
    update(Source)
    .where(
        Source.id == bindparam("of"),
        Source.lease == bindparam("ours"),
        Source.state == bindparam("was"),
    )
    .values(
        state=bindparam("is"),
        reason=bindparam("why"),
        due_at=bindparam("then"),
        interval_s=bindparam("every"),
        checked_at=bindparam("now"),
        heard_at=bindparam("now"),
        failures=0,
        failing_since=None,
        last_error="",
        leased_until=None,
        lease="",
    )
)


def _unchanged(due: Due, answer: Answer, *, now: datetime, chance: float) -> dict[str, Any]:
    every = schedule.after_silence(due.interval_s, due.platform, due.newest_at, now=now)
    state = _well(due, now=now)
    return {
        "of": due.id,
        "was": due.state,
        "is": state,
        "why": reason_of(due, state),
        "then": schedule.due(now, every, due.platform, asked_s=_asked(answer), chance=chance),
        "every": every,
        "now": now,
    }


def reason_of(source: Source | Due, state: State) -> str:
    """Why a source that answers is in its state, and what had to be mended in what it says."""
    quiet = "It answers, but has said nothing new for half a year." if state is State.QUIET else ""
    return " ".join(filter(None, (quiet, source.problems, IDENTITY_REASONS[source.identity])))


def _well(source: Source | Due, *, now: datetime) -> State:
    """The state after a good answer. What a person switched off or ended stays so."""
    was_paused_by_us = source.state is State.PAUSED and source.failures > 0
    if source.state in schedule.FOLLOWED or was_paused_by_us:
        return schedule.state_of(source.newest_at, now=now, added_at=source.added_at)
    return source.state


def _asked(answer: Answer) -> int | None:
    """For how long the server asked us to stay away."""
    if isinstance(answer, NotModified):
        return answer.max_age_s
    return max(answer.max_age_s or 0, answer.retry_after_s or 0)


def _keep(
    session: Session,
    source: Source,
    answer: Answer,
    *,
    read: Read,
    now: datetime,
    suggester: Suggester | None,
) -> tuple[Stored, CleanFeed]:
    """Read and store a full answer whose body is new; one that is cut is asked for again."""
    stored, feed = Stored(), CleanFeed()
    if isinstance(answer, NotModified):
        return stored, feed
    digest, validators = body_hash(answer.content), answer.validators
    if digest != source.body_hash:
        feed = read(answer)
        stored = store(session, source, feed, now=now, suggester=suggester)
        source.problems = " ".join(feed.problems)
    if feed.is_cut:
        digest, validators = "", Validators()
    source.body_hash = digest
    source.etag, source.last_modified = validators.etag, validators.last_modified
    return stored, feed


def _be_well(session: Session, source: Source, stored: Stored, *, now: datetime) -> None:
    before = source.state
    source.state = _well(source, now=now)
    if source.state is not before or before in schedule.FOLLOWED:
        source.reason = reason_of(source, source.state)
    source.failures, source.failing_since, source.last_error = 0, None, ""
    source.heard_at = now
    if stored.new:
        source.interval_s = schedule.interval(_rate(session, source, now=now), source.platform)
    else:
        source.interval_s = schedule.after_silence(
            source.interval_s, source.platform, source.newest_at, now=now
        )


def _rate(session: Session, source: Source, *, now: datetime) -> int:
    """How many entries came in the last fortnight."""
    asked = {"source": source.id, "since": now - schedule.FORTNIGHT}
    return session.connection().scalar(_RECENT, asked) or 0


_RECENT = (
    select(func.count())
    .select_from(Entry)
    .where(Entry.source_id == bindparam("source"), Entry.sort_at > bindparam("since"))
)


def _fail(
    session: Session, source: Source, error: Exception, *, now: datetime, chance: float
) -> Outcome:
    """Note why, wait longer each time; an address that is gone is not asked again.

    What nobody follows does not fail: a person paused it, or we have given it up already.
    """
    sentence = str(error) if isinstance(error, FeedError) else OUR_FAULT
    source.last_error = sentence
    if source.state in schedule.FOLLOWED:
        source.failures += 1
        source.failing_since = since = source.failing_since or now
        _say_why(source, error, sentence, since=since, now=now)
    asked_s = error.retry_after_s if isinstance(error, FetchError) else None
    wait_s = schedule.after_failures(source.interval_s, source.failures, source.platform)
    source.due_at = schedule.due(now, wait_s, source.platform, asked_s=asked_s, chance=chance)
    return Outcome(error=sentence)


def _say_why(
    source: Source, error: Exception, sentence: str, *, since: datetime, now: datetime
) -> None:
    """Who asks us to wait does answer: only when that goes on for days does the source fail."""
    is_lasting = now - since >= schedule.TELL_AFTER
    if isinstance(error, FetchError) and error.is_gone:
        source.state = State.PAUSED
        source.reason = "The site says that this feed is gone for good. We no longer ask for it."
    elif schedule.is_hopeless(since, source.failures, now=now):
        source.state = State.PAUSED
        days = schedule.GIVE_UP_AFTER.days
        source.reason = f"{sentence} After {days} days of this we no longer ask for it."
    else:
        source.state = source.state if _is_wait(error) and not is_lasting else State.FAILING
        tell = f" This has gone on since {since:%-d %B}: an editor should have a look."
        source.reason = sentence + (tell if is_lasting else "")


def _is_wait(error: Exception) -> bool:
    return isinstance(error, FetchError) and error.status == HTTPStatus.TOO_MANY_REQUESTS
