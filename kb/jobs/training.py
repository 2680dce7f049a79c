"""What is done for sessions by itself: letters six weeks on, write-ups, and what is deleted."""

from datetime import datetime
from functools import partial

from kb.jobs.one_by_one import one_by_one
from kb.runtime import Runtime
from kb.training import reminding, tidying, write_up

AT_ONCE = 200


def remind_people(runtime: Runtime, *, now: datetime) -> int:
    """Write the letters that are due; how many. Nobody gets one twice."""
    ask = partial(reminding.ask, base_url=runtime.settings.base_url, now=now)
    return one_by_one(runtime, partial(reminding.due, now=now, limit=AT_ONCE), ask)


def forget_addresses(runtime: Runtime, *, now: datetime) -> int:
    """Delete the addresses whose letter is sent, given up or too late; how many."""
    due = partial(reminding.to_forget, now=now, limit=AT_ONCE)
    return one_by_one(runtime, due, partial(reminding.forget, now=now))


def write_up_sessions(runtime: Runtime, *, now: datetime) -> int:
    """Draft what closing did not get to draft; how many sessions."""
    due = partial(write_up.without_drafts, limit=AT_ONCE)
    return one_by_one(runtime, due, partial(write_up.make_for, now=now))


def tidy_training(runtime: Runtime, *, now: datetime) -> int:
    """Delete the packs and sessions that guests made and never used; how many.

    Sessions go first: a pack from which one was started is kept.
    """
    sessions = partial(tidying.left_sessions, now=now, limit=AT_ONCE)
    packs = partial(tidying.left_packs, now=now, limit=AT_ONCE)
    deleted = one_by_one(runtime, sessions, partial(tidying.delete_session, now=now))
    return deleted + one_by_one(runtime, packs, partial(tidying.delete_pack, now=now))
