"""Forget what is over: attempts, links and sign-ins that nobody needs any more."""

from datetime import datetime

from kb.accounts import limits, links, sign_ins
from kb.runtime import Runtime


def tidy_accounts(runtime: Runtime, *, now: datetime) -> int:
    """How many rows went; one transaction for each kind, so that nobody waits for long."""
    removed = 0
    for forget_old in (limits.forget_old, links.forget_old, sign_ins.forget_old):
        with runtime.database.transaction(quietly=True) as session:
            removed += forget_old(session, now=now)
    return removed
