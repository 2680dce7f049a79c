"""Refresh sources: the same for the schedule and for a person who asks."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from kb import logs
from kb.feeds import refresh, suggestions
from kb.feeds.errors import FeedError
from kb.feeds.models import Source
from kb.feeds.types import Answer, Fetched, Request
from kb.runtime import Runtime

SOURCES_AT_ONCE = 200

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


class _Batch:
    """Sources leased together: asked all at once, kept one by one."""

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
        self._refresh = partial(refresh.refresh, suggester=suggester, chance=chance)
        self._chance = chance
        self._begun = (now, started)
        self._unchanged: list[tuple[refresh.Due, Answer]] = []
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
            self._report += self._keep(due, answer)
        if time.monotonic() - self._renewed > self._lease.length.total_seconds() / 3:
            self._note_unchanged()
            with self._runtime.database.transaction(quietly=True) as session:
                refresh.renew(session, now=self._now(), lease=self._lease)
            self._renewed = time.monotonic()

    def _keep(self, due: refresh.Due, answer: Answer | Exception) -> RefreshReport:
        """Read outside the transaction, then keep what came; a fault costs this source alone."""
        now = self._now()
        read: refresh.Read = partial(self._runtime.reader.read, now=now)
        try:
            if isinstance(answer, Fetched) and refresh.body_hash(answer.content) != due.body_hash:
                feed = read(answer)
                read = lambda _: feed  # noqa: E731
            outcome = self._store(due, answer, read, now)
        except FeedError as error:
            outcome = self._store(due, error, read, now)
        except Exception as error:
            log.exception("source could not be kept", source=due.id)
            outcome = self._store(due, error, read, now)
        return RefreshReport(
            sources=1,
            new_entries=outcome.new,
            changed=outcome.changed,
            failed=int(bool(outcome.error)),
        )

    def _store(
        self, due: refresh.Due, answer: Answer | Exception, read: refresh.Read, now: datetime
    ) -> refresh.Outcome:
        with self._runtime.database.transaction(quietly=True) as session:
            source = session.get(Source, due.id, with_for_update={"of": Source})
            if source is None or source.lease != self._lease.name:
                return refresh.Outcome()  # removed meanwhile, or somebody else's by now
            return self._refresh(session, source, answer, read=read, now=now)

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
