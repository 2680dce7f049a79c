"""What guests made and left lying: deleted after a year, since nobody else can delete it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, aliased

from kb.training.models import Pack, SessionState, TrainingSession

KEPT = timedelta(days=365)


def left_packs(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of guests' packs from which no session was started, unchanged for a year."""
    return list(session.scalars(select(Pack.id).where(*_left_pack(now)).limit(limit)))


def left_sessions(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of guests' sessions that were never opened, a year after their day."""
    query = select(TrainingSession.id).where(*_left_session(now))
    return list(session.scalars(query.limit(limit)))


def delete_pack(session: Session, pack_id: int, *, now: datetime) -> bool:
    """Delete it, unless somebody has taken it up again in the meantime."""
    gone = delete(Pack).where(Pack.id == pack_id, *_left_pack(now))
    return session.scalar(gone.returning(Pack.id)) is not None


def delete_session(session: Session, session_id: int, *, now: datetime) -> bool:
    """The same of a session."""
    gone = delete(TrainingSession).where(TrainingSession.id == session_id, *_left_session(now))
    return session.scalar(gone.returning(TrainingSession.id)) is not None


def _left_pack(now: datetime) -> list[ColumnElement[bool]]:
    was_run = select(TrainingSession.id).where(TrainingSession.pack_id == Pack.id)
    return [
        Pack.owner_id.is_(None),
        Pack.is_seeded.is_(False),
        Pack.saved_at <= now - KEPT,
        ~was_run.exists(),
    ]


def _left_session(now: datetime) -> list[ColumnElement[bool]]:
    later = aliased(TrainingSession)
    return [
        TrainingSession.owner_id.is_(None),
        TrainingSession.state == SessionState.PREPARED,
        TrainingSession.starts_at <= now - KEPT,
        TrainingSession.made_at <= now - KEPT,
        ~select(later.id).where(later.before_id == TrainingSession.id).exists(),
    ]
