"""What is done for sessions by itself: letters six weeks on, write-ups, and what is deleted."""

from datetime import datetime

from kb.runtime import Runtime
from kb.training import reminding, tidying, write_up

AT_ONCE = 200


def remind_people(runtime: Runtime, *, now: datetime) -> int:
    """Write the letters that are due; how many. Nobody gets one twice."""
    base_url = runtime.settings.base_url
    with runtime.database.reading() as session:
        due = reminding.due(session, now=now, limit=AT_ONCE)
    written = 0
    for reminder_id in due:
        with runtime.database.transaction(quietly=True) as session:
            written += reminding.ask(session, reminder_id, base_url=base_url, now=now)
    return written


def forget_addresses(runtime: Runtime, *, now: datetime) -> int:
    """Delete the addresses whose letter is sent, given up or too late; how many."""
    with runtime.database.reading() as session:
        ids = reminding.to_forget(session, now=now, limit=AT_ONCE)
    forgotten = 0
    for reminder_id in ids:
        with runtime.database.transaction(quietly=True) as session:
            forgotten += reminding.forget(session, reminder_id, now=now)
    return forgotten


def write_up_sessions(runtime: Runtime, *, now: datetime) -> int:
    """Draft what closing did not get to draft; how many sessions."""
    with runtime.database.reading() as session:
        ids = write_up.without_drafts(session, limit=AT_ONCE)
    made = 0
    for session_id in ids:
        with runtime.database.transaction(quietly=True) as session:
            made += write_up.make_for(session, session_id, now=now)
    return made


def tidy_training(runtime: Runtime, *, now: datetime) -> int:
    """Delete the packs and sessions that guests made and never used; how many."""
    with runtime.database.reading() as session:
        sessions = tidying.left_sessions(session, now=now, limit=AT_ONCE)
    deleted = 0
    for session_id in sessions:
        with runtime.database.transaction(quietly=True) as session:
            deleted += tidying.delete_session(session, session_id, now=now)
    with runtime.database.reading() as session:
        packs = tidying.left_packs(session, now=now, limit=AT_ONCE)
    for pack_id in packs:
        with runtime.database.transaction(quietly=True) as session:
            deleted += tidying.delete_pack(session, pack_id, now=now)
    return deleted
