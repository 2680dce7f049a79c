"""Refresh sources: the same for the schedule and for a person who asks."""

import time
import uuid
from collections.abc import Callable, Sequence
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
    report, started, chosen = RefreshReport(), time.monotonic(), iter(only)
    while report.sources < limit:
        size = min(SOURCES_AT_ONCE, limit - report.sources)
        these = list(islice(chosen, size))
        if only and not these:
            break
        lease = refresh.Lease(name=uuid.uuid4().hex, length=lease_for)
        batch = _Batch(runtime, lease, suggester, chance, now, started)
        taken = batch.lease(size, these)
        if not taken and not only:
            break
        report += batch.run(taken, progress)
    return report


@dataclass(frozen=True, kw_only=True)
class _Answered:
    """An answer that waits to be kept; `feed` is what was read in it, if it was read."""

    due: refresh.Due
    answer: Answer | Exception
    feed: CleanFeed | None
    now: datetime


class _Batch:
    """Sources leased together: asked all at once, kept some at a time.

    A transaction of its own for each would cost more than to read it, so this job does not
    do what others do. But when one of several cannot be kept, each is kept alone after all.
    """

    def __init__(
        self,
        runtime: Runtime,
        lease: refresh.Lease,
        suggester: suggestions.Suggester,
        chance: refresh.Chance,
        now: datetime,
        started: float,
    ) -> None:
        self._runtime = runtime
        self._lease = lease
        self._renewed = time.monotonic()
        self._refresh = partial(refresh.take_in, suggester=suggester, chance=chance)
        self._chance = chance
        self._begun = (now, started)
        self._unchanged: list[tuple[refresh.Due, Answer]] = []
        self._answered: list[_Answered] = []
        self._report = RefreshReport()

    def lease(self, size: int, these: Sequence[int]) -> list[int]:
        with self._runtime.database.transaction(quietly=True) as session:
            if these:
                return refresh.lease_these(session, these, now=self._now(), lease=self._lease)
            return refresh.lease_due(session, now=self._now(), limit=size, lease=self._lease)

    def run(self, ids: Sequence[int], progress: Callable[[int], None]) -> RefreshReport:
        with self._runtime.database.reading() as session:
            self._due = {due.id: due for due in refresh.leased(session, ids)}
        asked = [refresh.request(due, chance=self._chance) for due in self._due.values()]

        def done(request: Request, answer: Answer | Exception) -> None:
            self._take_in(self._due[request.key], answer)
            progress(1)

        try:
            self._runtime.fetcher.fetch_many(asked, done)
            self._keep()
            self._note_unchanged()
        finally:
            with self._runtime.database.transaction(quietly=True) as session:
                refresh.give_back(session, self._lease)
        if self._report.new_entries or self._report.changed:
            self._runtime.database.after_commit()
        return self._report

    def _take_in(self, due: refresh.Due, answer: Answer | Exception) -> None:
        if not isinstance(answer, Exception) and refresh.is_unchanged(due, answer):
            self._unchanged.append((due, answer))
            self._report += RefreshReport(sources=1)
        else:
            self._answered.append(self._read(due, answer))
        if self._is_enough():
            self._keep()
        if time.monotonic() - self._renewed > self._lease.length.total_seconds() / 3:
            self._note_unchanged()
            with self._runtime.database.transaction(quietly=True) as session:
                refresh.renew(session, now=self._now(), lease=self._lease)
            self._renewed = time.monotonic()

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
