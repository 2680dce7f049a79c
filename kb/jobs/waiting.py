"""Tell reviewers and admins that something waits for them."""

from datetime import datetime
from functools import partial

from kb.jobs.one_by_one import one_by_one
from kb.runtime import Runtime
from kb.submissions import daily


def tell_who_decides(runtime: Runtime, *, now: datetime) -> int:
    """One letter a working day to each, while anything waits; how many were written."""
    tell = partial(daily.tell, base_url=runtime.settings.base_url, now=now)
    return one_by_one(runtime, partial(daily.due, now=now), tell)
