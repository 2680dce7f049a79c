"""Look after the pages whose time is over."""

from datetime import datetime

from kb.runtime import Runtime
from kb.upkeep import overdue


def look_after_pages(runtime: Runtime, *, now: datetime) -> int:
    """Remind owners whose date has passed, and call historical what nobody renewed.

    How many letters were written and pages changed. Each page is one transaction, and none
    gets the same letter twice.
    """
    with runtime.database.reading() as session:
        forgotten = overdue.to_call_historical(session, now=now)
        late = overdue.to_remind(session, now=now)
    done = 0
    for resource_id in forgotten:
        with runtime.database.transaction() as session:
            done += overdue.call_historical(session, resource_id, now=now)
    base_url = runtime.settings.base_url
    for resource_id in late:
        with runtime.database.transaction() as session:
            done += overdue.remind(session, resource_id, now=now, base_url=base_url)
    return done
