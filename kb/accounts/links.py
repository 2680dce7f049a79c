"""Links that work once: made for one letter, found again by their code, used up."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.accounts.errors import LinkOver
from kb.accounts.models import OneTimeLink, Purpose
from kb.db.database import flush

LASTS = {
    Purpose.CONFIRM: timedelta(hours=24),
    Purpose.SIGN_IN: timedelta(minutes=10),
    Purpose.RESET: timedelta(minutes=30),
}
KEPT = timedelta(days=1)  # after they have run out
_CODE = re.compile(r"[A-Za-z0-9_-]{43}")


def make(
    session: Session,
    purpose: Purpose,
    email: str,
    *,
    now: datetime,
    next_path: str = "",
    said: Mapping[str, str] | None = None,
) -> tuple[OneTimeLink, str]:
    """The link, and the code that only the letter will hold."""
    code = tokens.make()
    link = OneTimeLink(
        token_hash=tokens.hash_of(code),
        purpose=purpose,
        email=email,
        next_path=next_path,
        said=dict(said or {}),
        made_at=now,
        expires_at=now + LASTS[purpose],
        used_at=None,
    )
    session.add(link)
    flush(session)
    return link, code


def code_in(text: str) -> str:
    """The code in what somebody pasted: the code, the link, or a link that a mail cut in two."""
    text = "".join(text.split()).strip("<>.,\"'")
    after = text.rpartition("code=")[2]
    found = _CODE.match(after)
    return found[0] if found else ""


def find(session: Session, purpose: Purpose, code: str, *, now: datetime) -> OneTimeLink:
    """The link of this code, while it works. Raises LinkOver."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash == tokens.hash_of(code), OneTimeLink.purpose == purpose
    )
    link = session.scalar(query)
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkOver
    return link


def use(session: Session, purpose: Purpose, code: str, *, now: datetime) -> OneTimeLink:
    """Use it up, and with it every other one that was sent there for the same purpose.

    Raises LinkOver, also for the later of two who use it at the same moment.
    """
    link = find(session, purpose, code, now=now)
    unused = update(OneTimeLink).where(OneTimeLink.used_at.is_(None)).values(used_at=now)
    mine = session.scalars(unused.where(OneTimeLink.id == link.id).returning(OneTimeLink.id))
    if mine.first() is None:
        raise LinkOver
    void(session, link.email, purpose, now=now)
    return link


def void(session: Session, email: str, *purposes: Purpose, now: datetime) -> None:
    """Whatever was sent there before works no more."""
    these = (
        OneTimeLink.email == email,
        OneTimeLink.purpose.in_(purposes),
        OneTimeLink.used_at.is_(None),
    )
    session.execute(update(OneTimeLink).where(*these).values(used_at=now))


def forget_old(session: Session, *, now: datetime) -> int:
    """Remove those that ran out a while ago; the answer is how many."""
    old = delete(OneTimeLink).where(OneTimeLink.expires_at <= now - KEPT)
    return len(session.scalars(old.returning(OneTimeLink.id)).all())
