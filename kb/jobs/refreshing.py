"""Refresh sources: the same for the schedule and for a person who asks."""

import gc
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from kb import logs
from kb.db.database import flush
from kb.feeds import refresh, suggestions
from kb.feeds.errors import FeedError
from kb.feeds.types import Answer, CleanFeed, Fetched, Request
from kb.runtime import Runtime

SOURCES_AT_ONCE = 200
KEPT_AT_ONCE = 25  # answers of one transaction, unless they hold many entries or wait too long
MOST_ENTRIES = 1_000
LONGEST_WAIT_S = 0.5
USUALLY = gc.get_threshold()
SELDOM = 10_000
READ_AHEAD = 8  # feeds that wait to be read: each may be big

log = logs.get("jobs")


@dataclass(frozen=True, kw_only=True)
class RefreshReport:
    """How many sources were asked, and what came of it."""

    sources: int = 0
    new_entries: int = 0
    changed: int = 0
    failed: int = 0

    def __add__(self, other: "RefreshReport") -> "RefreshReport":
        return RefreshReport(
            **{name: count + vars(other)[name] for name, count in vars(self).items()}
        )


def refresh_sources(
    runtime: Runtime,
    *,
    now: datetime,
    limit: int = 1_000,
    only: Sequence[int] = (),
    lease_for: timedelta = refresh.LEASE,
    chance: refresh.Chance = refresh.any_chance,
    progress: Callable[[int], None] = lambda _: None,
) -> RefreshReport:
    """Refresh at most so many sources that are due, or `only` these, due or not.

    Each is leased, so that nobody else fetches it meanwhile; killed at any line, this
    loses and repeats nothing. What cannot be read costs its own source and no other.
    `progress` is told of each source that is done.
    """
    with runtime.database.reading() as session:
        suggester = suggestions.from_vocabularies(session)
    lease = refresh.Lease(name=uuid.uuid4().hex, length=lease_for)
    job = _Job(runtime, lease, suggester, chance, now)
    with _undisturbed():
        return job.run(limit, only, progress)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Look for garbage seldom, and never in what the whole program holds: that costs a fifth."""
    gc.freeze()
    gc.set_threshold(SELDOM, *USUALLY[1:])
    try:
        yield
    finally:
        gc.set_threshold(*USUALLY)
        gc.unfreeze()


@dataclass(frozen=True, kw_only=True)
class _Answered:
    """An answer that waits to be kept; `feed` is what was read in it, if it was read."""

    due: refresh.Due
    answer: Answer | Exception
    feed: CleanFeed | None
    now: datetime


class _Job:
    """Leases some sources at a time, asks for them, and keeps some answers at a time.

    More are leased whenever few are left to be asked, so that no slow one holds up the rest.
    Feeds are read beside, while others are asked for. A transaction for each source would
    cost more than to read it, so this job does not do what others do. But when one of
    several cannot be kept, each is kept alone after all.
    """

    def __init__(
        self,
        runtime: Runtime,
        lease: refresh.Lease,
        suggester: suggestions.Suggester,
        chance: refresh.Chance,
        now: datetime,
    ) -> None:
        self._runtime = runtime
        self._lease = lease
        self._renewed = time.monotonic()
        self._refresh = partial(refresh.take_in, suggester=suggester, chance=chance)
        self._chance = chance
        self._begun = (now, time.monotonic())
        self._due: dict[int, refresh.Due] = {}
        self._asked: set[int] = set()
        self._unchanged: list[tuple[refresh.Due, Answer]] = []
        self._reading: deque[Future[_Answered]] = deque()
        self._answered: list[_Answered] = []
        self._report = RefreshReport()
        self._told = RefreshReport()

    def run(
        self, limit: int, only: Sequence[int], progress: Callable[[int], None]
    ) -> RefreshReport:
        def done(request: Request, answer: Answer | Exception) -> None:
            self._take_in(self._due.pop(request.key), answer)
            progress(1)

        try:
            with ThreadPoolExecutor(1, "reading") as self._reader:
                self._runtime.fetcher.fetch_many(self._requests(limit, only), done)
                self._finish_reading(0)
            self._keep()
            self._note_unchanged()
        finally:
            with self._runtime.database.transaction(quietly=True) as session:
                refresh.give_back(session, self._lease)
        self._tell()
        return self._report

    def _requests(self, limit: int, only: Sequence[int]) -> Iterator[Request]:
        """Lease some, and give them out before any others are leased; each source once."""
        chosen = iter(only[:limit])
        for at in range(0, limit, SOURCES_AT_ONCE):
            these = list(islice(chosen, SOURCES_AT_ONCE))
            if only and not these:
                return
            taken = self._take(min(SOURCES_AT_ONCE, limit - at), these)
            if not taken and not only:
                return
            self._due |= {due.id: due for due in taken}
            self._asked.update(due.id for due in taken)
            yield from (refresh.request(due, chance=self._chance) for due in taken)
            self._tell()

    def _take(self, size: int, these: Sequence[int]) -> list[refresh.Due]:
        with self._runtime.database.transaction(quietly=True) as session:
            if these:
                ids = refresh.lease_these(session, these, now=self._now(), lease=self._lease)
            else:
                ids = refresh.lease_due(session, now=self._now(), limit=size, lease=self._lease)
            return refresh.leased(session, set(ids) - self._asked)

    def _tell(self) -> None:
        """Tell the worker if there is something to do since the last time."""
        since, self._told = self._told, self._report
        if (since.new_entries, since.changed) != (self._report.new_entries, self._report.changed):
            self._runtime.database.after_commit()

    def _take_in(self, due: refresh.Due, answer: Answer | Exception) -> None:
        if not isinstance(answer, Exception) and refresh.is_unchanged(due, answer):
            self._unchanged.append((due, answer))
            self._report += RefreshReport(sources=1)
        else:
            self._reading.append(self._reader.submit(self._read, due, answer))
            self._finish_reading(READ_AHEAD)
        if self._is_enough():
            self._keep()
        if len(self._unchanged) >= SOURCES_AT_ONCE:
            self._note_unchanged()
        if time.monotonic() - self._renewed > self._lease.length.total_seconds() / 3:
            self._note_unchanged()
            with self._runtime.database.transaction(quietly=True) as session:
                refresh.renew(session, now=self._now(), lease=self._lease)
            self._renewed = time.monotonic()

    def _finish_reading(self, most: int) -> None:
        """Take what was read, and wait until at most so many are being read."""
        while self._reading and (len(self._reading) > most or self._reading[0].done()):
            self._answered.append(self._reading.popleft().result())

    def _read(self, due: refresh.Due, answer: Answer | Exception) -> _Answered:
        """Read what is new, outside of any transaction."""
        now, feed = self._now(), None
        try:
            if isinstance(answer, Fetched) and refresh.body_hash(answer.content) != due.body_hash:
                feed = self._runtime.reader.read(answer, now=now)
        except FeedError as error:
            answer = error
        except Exception as error:
            log.exception("source could not be kept", source=due.id)
            answer = error
        return _Answered(due=due, answer=answer, feed=feed, now=now)

    def _is_enough(self) -> bool:
        if not self._answered:
            return False
        entries = sum(len(one.feed.entries) for one in self._answered if one.feed)
        waited = self._now() - self._answered[0].now
        return (
            len(self._answered) >= KEPT_AT_ONCE
            or entries >= MOST_ENTRIES
            or waited.total_seconds() >= LONGEST_WAIT_S
        )

    def _keep(self) -> None:
        """Keep what waits, in one transaction if that can be; a fault costs its source alone."""
        answered, self._answered = self._answered, []
        try:
            self._report += self._store(answered)
        except Exception:
            log.warning("sources are kept one by one", sources=len(answered))
            for one in answered:
                self._report += self._keep_alone(one)

    def _keep_alone(self, one: _Answered) -> RefreshReport:
        try:
            return self._store([one])
        except Exception as error:
            log.exception("source could not be kept", source=one.due.id)
            return self._store([replace(one, answer=error)])

    def _store(self, answered: Sequence[_Answered]) -> RefreshReport:
        """What was removed meanwhile, or is somebody else's by now, is left alone."""
        if not answered:
            return RefreshReport()
        with self._runtime.database.transaction(quietly=True) as session:
            ids = [one.due.id for one in answered]
            sources = refresh.ours(session, ids, lease=self._lease)
            outcomes = [
                self._refresh(
                    session, sources[one.due.id], one.answer, read=self._again(one), now=one.now
                )
                for one in answered
                if one.due.id in sources
            ]
            flush(session)
        return RefreshReport(
            sources=len(answered),
            new_entries=sum(outcome.new for outcome in outcomes),
            changed=sum(outcome.changed for outcome in outcomes),
            failed=sum(bool(outcome.error) for outcome in outcomes),
        )

    def _again(self, one: _Answered) -> refresh.Read:
        """What was read, or, where somebody changed the source meanwhile, a way to read it."""
        if one.feed is None:
            return partial(self._runtime.reader.read, now=one.now)
        feed = one.feed
        return lambda _: feed

    def _note_unchanged(self) -> None:
        with self._runtime.database.transaction(quietly=True) as session:
            refresh.note_unchanged(
                session, self._unchanged, now=self._now(), lease=self._lease, chance=self._chance
            )
        self._unchanged = []

    def _now(self) -> datetime:
        """The time that was given, and what has gone by since."""
        now, started = self._begun
        return now + timedelta(seconds=time.monotonic() - started)
