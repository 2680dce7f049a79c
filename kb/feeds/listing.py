"""Whole lists of sources: what comes in from another reader, and what goes out to one."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.councils.models import Council, Nation
from kb.db.database import flush
from kb.feeds.addresses import place
from kb.feeds.known import by_addresses
from kb.feeds.models import Source, State
from kb.feeds.opml import Outline
from kb.feeds.recipes import platform_of
from kb.feeds.sources import KINDS, LANGUAGES, NOT_PROBED, everyone, usual_kind
from kb.feeds.types import Platform


def take(
    session: Session,
    outlines: Iterable[Outline],
    *,
    now: datetime,
    progress: Callable[[], object] = lambda: None,
) -> list[Source]:
    """Put the feeds of somebody's list on ours, switched off; those that were not on it yet."""
    outlines = list(outlines)
    taken = {place(url) for url in by_addresses(session, (each.feed_url for each in outlines))}
    councils = {council.slug: council for council in session.scalars(select(Council))}
    new = []
    for outline in outlines:
        there = place(outline.feed_url)
        if there not in taken:
            taken.add(there)
            new.append(_source(outline, councils.get(outline.category), now))
        progress()
    session.add_all(new)
    flush(session)
    return new


def shared(session: Session) -> list[Source]:
    """Those that our own list gives to others, by name: all that are not over, without samples."""
    return [
        source
        for source in everyone(session)
        if source.state is not State.RETIRED and not source.is_sample
    ]


def _source(outline: Outline, council: Council | None, now: datetime) -> Source:
    platform, _ = platform_of(outline.feed_url)
    nation = outline.folder if outline.folder in set(Nation) else ""
    return Source(
        name=outline.title or outline.feed_url,
        organisation=outline.organisation,
        council=council,
        nation=council.nation.value if council else nation,
        kind=outline.kind if outline.kind in KINDS else usual_kind(outline.feed_url),
        platform=Platform(outline.platform) if outline.platform in set(Platform) else platform,
        language=outline.language if outline.language in LANGUAGES else "en",
        site_url=outline.site_url,
        feed_url=outline.feed_url,
        state=State.OFF,
        reason=NOT_PROBED,
        added_at=now,
        due_at=now,
    )
