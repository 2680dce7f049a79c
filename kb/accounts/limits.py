"""How often something may be tried, by whom and from where.

What is kept is a keyed hash: who has the table alone cannot tell whose attempts these were.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb.accounts.errors import TooOften
from kb.accounts.models import Attempt
from kb.db.database import flush

LONGEST = timedelta(days=1)  # no limit looks back further than this


def count(
    session: Session,
    what: str,
    who: object,
    *,
    limit: int,
    within: timedelta,
    now: datetime,
    secret: str = "",
) -> Attempt:
    """Note one more attempt at this by this account, browser or network address.

    Raises TooOften, and notes nothing, where there were as many as `limit` already: going
    on does not lock anybody out for longer. Give the site's secret wherever `who` is
    something that could be guessed, such as an address. The note lasts only if the
    request commits, whatever it answers.
    """
    key = _key(what, who, secret)
    _wait_for_turn(session, key)
    recent = Attempt.key == key, Attempt.at > now - within
    if (session.scalar(select(func.count()).select_from(Attempt).where(*recent)) or 0) >= limit:
        newest = select(Attempt.at).where(*recent).order_by(Attempt.at.desc())
        oldest_that_counts = session.scalars(newest.limit(limit)).all()[-1]
        wait = within - (now - oldest_that_counts)
        raise TooOften(_sentence(wait), wait_s=max(1, ceil(wait.total_seconds())))
    attempt = Attempt(key=key, at=now)
    session.add(attempt)
    flush(session)
    return attempt


def take_back(session: Session, attempts: Iterable[Attempt]) -> None:
    """What went well does not count; a whole office may share one network address."""
    for attempt in attempts:
        session.delete(attempt)
    flush(session)


def forget_old(session: Session, *, now: datetime) -> int:
    """Remove the attempts that no limit looks at any more; the answer is how many."""
    removed = session.scalars(
        delete(Attempt).where(Attempt.at <= now - LONGEST).returning(Attempt.id)
    )
    return len(removed.all())


def _key(what: str, who: object, secret: str) -> str:
    said = f"{what}\0{who}".encode("utf-8", "replace")
    return f"{what} {hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()}"


def _wait_for_turn(session: Session, key: str) -> None:
    """Of many attempts at the same moment none may miss the others; SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _sentence(wait: timedelta) -> str:
    minutes = ceil(wait.total_seconds() / 60)
    when = "in a minute" if minutes <= 1 else f"in {minutes} minutes"
    return f"This was tried too often for now. Try again {when}."
