"""Look after the pages whose time is over."""

from datetime import datetime
from functools import partial

from kb.jobs.one_by_one import one_by_one
from kb.runtime import Runtime
from kb.upkeep import overdue


def look_after_pages(runtime: Runtime, *, now: datetime) -> int:
    """Call historical what nobody renewed, and remind owners whose date has passed.

    How many pages changed and letters were written. None gets the same letter twice.
    """
    forgotten = partial(overdue.to_call_historical, now=now)
    call_historical = partial(overdue.call_historical, now=now)
    remind = partial(overdue.remind, now=now, base_url=runtime.settings.base_url)
    done = one_by_one(runtime, forgotten, call_historical, quietly=False)
    late = partial(overdue.to_remind, now=now)
    return done + one_by_one(runtime, late, remind, quietly=False)
