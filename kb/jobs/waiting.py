"""Tell reviewers and admins that something waits for them."""

from datetime import datetime

from kb.runtime import Runtime
from kb.submissions import daily


def tell_who_decides(runtime: Runtime, *, now: datetime) -> int:
    """One letter a working day to each, while anything waits; how many were written."""
    base_url = runtime.settings.base_url
    with runtime.database.reading() as session:
        due = daily.due(session, now=now)
    written = 0
    for user_id in due:
        with runtime.database.transaction(quietly=True) as session:
            written += daily.tell(session, user_id, base_url=base_url, now=now)
    return written
