"""Ask again in three months: the same two questions, shown beside the first answers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.errors import Invalid
from kb.training import sessions
from kb.training.models import TrainingSession
from kb.training.types import Block, RoundKind

WEEKS = 13  # the same day of the week
NO_GAP = "This session asked no “would like to, already do”, so there is no gap to ask again."


def blocks_of(training: TrainingSession) -> list[Block]:
    return [block for block in training.blocks if block.round is RoundKind.GAP]


def when(training: TrainingSession) -> datetime:
    """Thirteen weeks on, at the same time by the clocks of the councils."""
    began = training.opened_at or training.starts_at
    try:
        there = began.astimezone(ZoneInfo("Europe/London"))
    except ZoneInfoNotFoundError:  # a machine that knows no time zones
        there = began
    later = there.replace(
        hour=training.starts_at.astimezone(there.tzinfo).hour,
        minute=training.starts_at.astimezone(there.tzinfo).minute,
        second=0,
        microsecond=0,
    ) + timedelta(weeks=WEEKS)
    return later.astimezone(began.tzinfo)


def prepare(
    session: Session,
    training: TrainingSession,
    *,
    starts_at: datetime,
    owner: User | None,
    now: datetime,
) -> tuple[TrainingSession, str]:
    """A session with the same gap, and its trainer's token. Raises Invalid where there is none.

    It counts in the national picture only where the first one does.
    """
    blocks = blocks_of(training)
    if not blocks:
        raise Invalid({"again": NO_GAP})
    new, token = sessions.prepare(
        session,
        title=training.title,
        host=training.host,
        blocks=blocks,
        starts_at=starts_at,
        owner=owner,
        before=training,
        now=now,
    )
    sessions.make_public(session, new, is_public=training.is_public)
    return new, token
