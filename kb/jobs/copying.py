"""Ask councils how their copies go, tell others what they say, and remind them of their dates."""

from datetime import datetime
from functools import partial

from kb.copying import dates, followups, reports
from kb.jobs.one_by_one import one_by_one
from kb.runtime import Runtime

AT_ONCE = 200


def ask_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters of 4 and 12 weeks; how many were written. Nobody gets one twice."""
    base_url = runtime.settings.base_url
    return sum(
        one_by_one(
            runtime,
            partial(followups.due, week=week, now=now, limit=AT_ONCE),
            partial(followups.ask, week=week, base_url=base_url, now=now),
        )
        for week in followups.WEEKS
    )


def tell_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters about sources that changed, went or came back; how many were written."""
    base_url = runtime.settings.base_url
    news = (
        (followups.unaware, followups.tell_of_standing),
        (followups.outdated, followups.tell_of_change),
    )
    return sum(
        one_by_one(runtime, partial(due, limit=AT_ONCE), partial(tell, base_url=base_url, now=now))
        for due, tell in news
    )


def tell_of_reports(runtime: Runtime, *, now: datetime) -> int:
    """The letters to whoever shared what is copied; how many were written."""
    tell = partial(reports.tell, base_url=runtime.settings.base_url, now=now)
    return one_by_one(runtime, partial(reports.untold, now=now, limit=AT_ONCE), tell)


def remind_copiers(runtime: Runtime, *, now: datetime) -> int:
    """The letters about dates in plans that have come; how many were written."""
    remind = partial(dates.remind, base_url=runtime.settings.base_url, now=now)
    return one_by_one(runtime, partial(dates.due, now=now), remind)
