"""The sources that we follow: adding one, how each is in words, and the end of following it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.councils.models import Council, Nation
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.feeds import schedule, stories
from kb.feeds.known import by_address, sentence
from kb.feeds.models import Entry, Source, State
from kb.feeds.recipes import platform_of
from kb.feeds.types import Candidate, Platform

KINDS = {
    "blog": "Blog",
    "news": "News",
    "meetings": "Meetings and papers",
    "social": "Social posts",
    "video": "Video",
    "podcast": "Podcast",
    "newsletter": "Newsletter",
    "pictures": "Pictures",
}
USUAL_KIND = "blog"  # of what no platform gives away
LANGUAGES = {"en": "English", "cy": "Welsh"}
NATIONS = tuple(nation.value for nation in Nation)
LONGEST_NAME = 200
FOLLOWED = schedule.FOLLOWED
NOT_PROBED = "Nobody has checked yet whether this source answers."
_HINTS = {
    State.OFF: " Probe it to switch it on.",
    State.RETIRED: " You can follow it again.",
}
_STATE_LABELS = {
    State.OFF: "Switched off",
    State.OK: "Working",
    State.QUIET: "Quiet",
    State.FAILING: "Failing",
    State.MOVED: "Moved",
    State.PAUSED: "Paused",
    State.RETIRED: "Retired",
}


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a source is, in words; `next` says what will happen."""

    state: str
    heard: str
    reason: str
    next: str


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What came of asking a source that is switched off. `error` is "" where it was read.

    `feed_url` is where the feed turned out to be, "" where it is as written.
    """

    error: str = ""
    feed_url: str = ""


def add(
    session: Session,
    candidate: Candidate,
    *,
    name: str = "",
    council: Council | None = None,
    organisation: str = "",
    nation: str = "",
    kind: str = "",
    language: str = "",
    now: datetime,
) -> Source:
    """Follow this feed from now on. Without a kind, it is of the kind that is usual there.

    Raises Conflict where it is followed already, Invalid where a word is not one we know, or
    the nation is not that of the council.
    """
    _refuse_known(session, candidate.url)
    kind = kind.strip() or candidate.kind or usual_kind(candidate.url)
    language = language or candidate.language or "en"
    _check_words(kind, language, nation)
    source = Source(
        name=_line(name or candidate.title or candidate.url),
        organisation=_line(organisation),
        council=council,
        nation=_nation(council, nation),
        kind=kind,
        platform=candidate.platform,
        language=language,
        site_url=candidate.site_url,
        feed_url=candidate.url,
        added_at=now,
        due_at=now,
    )
    session.add(source)
    flush(session)
    return source


def correct(
    session: Session,
    source: Source,
    *,
    name: str,
    council: Council | None,
    organisation: str,
    nation: str,
    kind: str,
    language: str,
    successor: Source | None,
) -> None:
    """Say better what it is and whose; what it said is found under its new words.

    A council brings its nation with it; the nation that the source had until now does not
    stand against that, another one does. Raises Invalid then, where a word is not one we
    know, and where it would follow itself.
    """
    _check_words(kind, language, nation)
    _check_successor(session, source, successor)
    if not (name := _line(name)):
        raise Invalid({"name": "Give the source a name."})
    source.nation = _nation(council, nation, before=source.nation)
    source.name, source.council, source.organisation = name, council, _line(organisation)
    source.kind, source.language = kind, language
    source.successor_id = successor.id if successor else None
    stories.find_anew_of(session, source)
    flush(session)


def usual_kind(feed_url: str) -> str:
    """The kind of what comes from such an address; never empty."""
    _, kind = platform_of(feed_url)
    return kind or USUAL_KIND


def get(session: Session, source_id: int) -> Source:
    """Raises NotFound."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(f"There is no source with the number {source_id}.")
    return source


def some(session: Session, ids: Sequence[int]) -> list[Source]:
    """These sources in this order; raises NotFound for the first that is none."""
    return [get(session, source_id) for source_id in dict.fromkeys(ids)]


def everyone(
    session: Session,
    *,
    states: Iterable[State] = (),
    council: Council | None = None,
    platform: Platform | None = None,
    kind: str = "",
) -> list[Source]:
    """Sources by name; narrowed by state, council, platform and kind."""
    query = select(Source)
    if wanted := list(states):
        query = query.where(Source.state.in_(wanted))
    if council is not None:
        query = query.where(Source.council_id == council.id)
    if platform is not None:
        query = query.where(Source.platform == platform)
    if kind:
        query = query.where(Source.kind == kind)
    return list(session.scalars(query.order_by(func.lower(Source.name), Source.id)))


def troubled(session: Session, *, now: datetime) -> list[Source]:
    """Those that an editor must be told of: the longest in trouble first."""
    query = select(Source).where(Source.state.in_((State.FAILING, State.PAUSED)))
    found = [each for each in session.scalars(query) if needs_attention(each, now=now)]
    return sorted(found, key=lambda each: (each.failing_since or now, each.id))


def needs_attention(source: Source, *, now: datetime) -> bool:
    """Has it failed for three days, or did we give it up by ourselves?"""
    if source.state is State.PAUSED:
        return source.failures > 0
    if source.state is not State.FAILING or source.failing_since is None:
        return False
    return now - source.failing_since >= schedule.TELL_AFTER


def entry_counts(session: Session) -> dict[int, int]:
    """Source id -> how many entries we keep of it; none are left out that have any."""
    counted = select(Entry.source_id, func.count()).group_by(Entry.source_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def retire(
    session: Session, source: Source, *, reason: str, successor: Source | None = None
) -> None:
    """Never ask it again; what it said stays. Raises Invalid without a reason."""
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid({"reason": "Say why this source is retired; readers will see it."})
    _check_successor(session, source, successor)
    source.state, source.reason = State.RETIRED, reason
    source.successor_id = successor.id if successor else None
    _forget_lease(source)
    flush(session)


def pause(session: Session, source: Source, *, reason: str) -> None:
    """Do not ask it until somebody resumes. Raises Conflict for one that is retired.

    Its failures are no longer counted: somebody knows of them.
    """
    _refuse_retired(source)
    source.state, source.reason = State.PAUSED, " ".join(reason.split())
    source.failures, source.failing_since = 0, None
    _forget_lease(source)
    flush(session)


def resume(session: Session, source: Source, *, now: datetime) -> None:
    """Ask it again, soon, as if it had never failed, been retired or moved.

    Raises Conflict for a sample, and for one that is switched off, which is probed instead.
    """
    if source.is_sample:
        raise Conflict("A sample is read from a file that comes with the site, never fetched.")
    if source.state is State.OFF:
        raise Conflict(f"“{source.name}” is switched off. Probe it to switch it on.")
    source.state, source.reason, source.successor_id = State.OK, "", None
    source.failures, source.failing_since, source.last_error = 0, None, ""
    source.due_at = now
    flush(session)


def probed(session: Session, source: Source, probe: Probe, *, now: datetime) -> bool:
    """Switch on a source that answered and was read; keep why another did not.

    Return whether it is on now. One that nobody switched off is left as it is.
    """
    if source.state is not State.OFF:
        return source.state in FOLLOWED
    source.checked_at = now
    error = probe.error
    if not error and probe.feed_url not in {"", source.feed_url}:
        other = by_address(session, probe.feed_url)
        if other is None or other.id == source.id:
            source.feed_url = probe.feed_url
        else:
            error = f"Its feed is the one that we follow as “{other.name}”."
    source.last_error = source.reason = error
    if not error:
        source.state, source.due_at = State.OK, now
    flush(session)
    return not error


def health(source: Source, *, now: datetime) -> Health:
    """How it is, for people who do not read logs."""
    reason = source.reason or (source.last_error if source.state is State.FAILING else "")
    return Health(
        state=_STATE_LABELS[source.state],
        heard=_heard(source, now),
        reason=reason or _usual_reason(source, now),
        next=_next(source, now),
    )


def ago(moment: datetime, now: datetime) -> str:
    """“3 days ago”; “just now” under a minute."""
    return f"{_span(now - moment)} ago" if now - moment >= timedelta(minutes=1) else "just now"


def _heard(source: Source, now: datetime) -> str:
    if source.heard_at is None:
        return "We have not heard from it yet."
    return f"Last heard from {ago(source.heard_at, now)}."


def _usual_reason(source: Source, now: datetime) -> str:
    """What its state means, where nobody wrote down why."""
    if source.state is State.OFF:
        return NOT_PROBED
    if source.state is State.QUIET and source.newest_at is not None:
        return f"Its newest entry is from {ago(source.newest_at, now)}."
    if source.state is State.MOVED and source.moved_to:
        return f"Its site sends us on to {source.moved_to}."
    return ""


def _next(source: Source, now: datetime) -> str:
    if source.is_sample:
        return "It is read from a file that comes with the site."
    if source.state is State.OFF:
        return "It stays off until an editor probes it."
    if source.state is State.PAUSED:
        return "We do not ask it until an editor resumes it."
    if source.state is State.RETIRED:
        return "We do not ask it any more; what it said stays here."
    if source.state is State.MOVED:
        return "We do not ask here any more; its new posts come with the source that it moved to."
    again = "again " if source.checked_at else ""
    if source.due_at - now < timedelta(minutes=1):
        return f"We ask it {again}within minutes."
    return f"We ask it {again}in {_span(source.due_at - now)}."


def _span(length: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(length.total_seconds() // seconds)
        if number:
            return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"
    return "a minute"


def _refuse_known(session: Session, url: str) -> None:
    known = by_address(session, url)
    if known is not None:
        hint = _HINTS.get(known.state, "")
        raise Conflict(f"{sentence(known)}{hint} Its number is {known.id}.")


def _check_successor(session: Session, source: Source, successor: Source | None) -> None:
    if successor is not None and _follows(session, successor, source):
        raise Invalid({"successor": "A source cannot be followed by itself."})


def _nation(council: Council | None, said: str, *, before: str = "") -> str:
    """That of the council, else what was said. Raises Invalid where the two differ."""
    if council is None:
        return said
    if said not in {"", before, council.nation.value}:
        raise Invalid({"nation": f"{council.name} is in {council.nation.value}, not in {said}."})
    return council.nation.value


def _check_words(kind: str, language: str, nation: str) -> None:
    problems = {}
    if kind not in KINDS:
        problems["kind"] = f"“{kind}” is not one of {', '.join(KINDS)}."
    if language not in LANGUAGES:
        problems["language"] = f"“{language}” is not one of {', '.join(LANGUAGES)}."
    if nation and nation not in NATIONS:
        problems["nation"] = f"“{nation}” is not one of {', '.join(NATIONS)}."
    if problems:
        raise Invalid(problems)


def _refuse_retired(source: Source) -> None:
    if source.state is State.RETIRED:
        raise Conflict(f"“{source.name}” is retired.")


def _follows(session: Session, source: Source, before: Source) -> bool:
    """Is `before` among the sources that `source` leads on to, or the same?"""
    seen: set[int] = set()
    current: Source | None = source
    while current is not None and current.id not in seen:
        if current.id == before.id:
            return True
        seen.add(current.id)
        current = session.get(Source, current.successor_id) if current.successor_id else None
    return False


def _forget_lease(source: Source) -> None:
    source.lease, source.leased_until = "", None


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]
