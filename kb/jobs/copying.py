"""Ask councils how their copies go, tell them of changes, and remind them of their own dates."""

from datetime import datetime

from kb.copying import dates, followups
from kb.runtime import Runtime

AT_ONCE = 200


def ask_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters of 4 and 12 weeks; how many were written. Nobody gets one twice."""
    base_url = runtime.settings.base_url
    written = 0
    for week in followups.WEEKS:
        with runtime.database.reading() as session:
            due = followups.due(session, week=week, now=now, limit=AT_ONCE)
        for copy_id in due:
            with runtime.database.transaction(quietly=True) as session:
                written += followups.ask(session, copy_id, week=week, base_url=base_url, now=now)
    return written


def tell_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters about sources that changed; how many were written."""
    base_url = runtime.settings.base_url
    with runtime.database.reading() as session:
        outdated = followups.outdated(session, limit=AT_ONCE)
    written = 0
    for copy_id in outdated:
        with runtime.database.transaction(quietly=True) as session:
            written += followups.tell_of_change(session, copy_id, base_url=base_url, now=now)
    return written


def remind_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters about dates in plans that have come; how many were written."""
    base_url = runtime.settings.base_url
    with runtime.database.reading() as session:
        due = dates.due(session, now=now)
    written = 0
    for copy_id in due:
        with runtime.database.transaction(quietly=True) as session:
            written += dates.remind(session, copy_id, base_url=base_url, now=now)
    return written
