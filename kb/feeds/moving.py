"""When a feed has moved for good: its new address is taken over, or another source goes on."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.feeds import known
from kb.feeds.addresses import place
from kb.feeds.models import Source, SourceAlias, State
from kb.feeds.schedule import FOLLOWED

MOVES = 3
MOVING = timedelta(hours=48)


def note_move(session: Session, source: Source, moved_to: str, *, now: datetime) -> None:
    """Count how often a permanent redirect led to a feed; follow it once that is certain."""
    if moved_to in {"", source.feed_url}:
        _settle(source)
        return
    if moved_to != source.moved_to:
        source.moved_to, source.moves, source.moved_since = moved_to, 0, now
    source.moves += 1
    since = source.moved_since or now
    if source.moves >= MOVES and now - since >= MOVING:
        _follow(session, source, now=now)


def _follow(session: Session, source: Source, *, now: datetime) -> None:
    """Read on at the new address, as this source or as the one that has it already.

    Where that one is on the list but read by nobody, this one is read on as it was.
    """
    other = _who_reads(session, source.moved_to)
    if other is None or other is source:
        _take_over(session, source)
    elif source.state not in FOLLOWED:
        _settle(source)
    elif other.state is State.OFF or other.state in FOLLOWED:
        _end_as(source, other, now=now)
    else:
        source.reason = (
            f"It moved to the address of “{other.name}”, which we do not follow now. "
            "So we read on where it was."
        )


def _who_reads(session: Session, url: str) -> Source | None:
    """The source that has this address now, however it is written; not one that had it."""
    source = known.by_address(session, url)
    if source is None or place(source.feed_url) != place(url):
        return None
    return source


def _take_over(session: Session, source: Source) -> None:
    """The old address is kept, so that nobody adds it again."""
    new, old = source.moved_to, source.feed_url
    alias = session.scalar(select(SourceAlias).where(SourceAlias.url == old))
    if alias is None:
        session.add(SourceAlias(url=old, source_id=source.id))
    else:
        alias.source_id = source.id
    source.feed_url = new
    source.etag = source.last_modified = source.body_hash = ""
    _settle(source)


def _end_as(source: Source, other: Source, *, now: datetime) -> None:
    """The other goes on. If nobody had probed it: it has just been read, through this one."""
    source.state, source.successor_id = State.MOVED, other.id
    source.reason = f"It moved to an address that we follow already, as “{other.name}”."
    if other.state is State.OFF:
        source.reason = f"It moved to the address of “{other.name}”, which we follow from now on."
        other.state, other.reason, other.last_error, other.due_at = State.OK, "", "", now
    _settle(source)


def _settle(source: Source) -> None:
    source.moved_to, source.moves, source.moved_since = "", 0, None
