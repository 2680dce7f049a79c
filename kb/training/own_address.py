"""The address that somebody left with their pledge, for their own page and nobody else's."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.training.models import Pledge, Reminder


def of(session: Session, pledge: Pledge) -> str:
    """Where the reminder goes; "" if none is wanted, or it was sent and forgotten."""
    mine = (Reminder.pledge_id == pledge.id) & Reminder.asked_at.is_(None)
    return session.scalar(select(Reminder.email).where(mine)) or ""
