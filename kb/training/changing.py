"""The number by which screens notice that there is something new to show.

Whoever runs a room takes its row first and a round's row second, so that two of them never
wait for each other. A vote takes no more than a share of the round's row.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from kb.training.models import Round, TrainingSession

_NO_KEY_UPDATE = {"key_share": True}  # people may still join and say things meanwhile


def changed(session: Session, session_id: int) -> None:
    """Count one more change of this session; others who change it wait until this one is done."""
    grow = update(TrainingSession).where(TrainingSession.id == session_id)
    session.execute(grow.values(change=TrainingSession.change + 1))


def begin(session: Session, training: TrainingSession) -> None:
    """Change this session alone from here on, knowing what others did to it before."""
    changed(session, training.id)
    session.refresh(training, with_for_update=_NO_KEY_UPDATE)


def begin_round(session: Session, round: Round) -> None:
    """The same for a round; answers that are on their way are waited for."""
    changed(session, round.session_id)
    session.refresh(round, with_for_update=_NO_KEY_UPDATE)
