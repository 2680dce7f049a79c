"""What people without a phone wrote on paper: the trainer types it in, and it is let through."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Conflict, Invalid
from kb.training import rounds, wording
from kb.training.changing import begin_round
from kb.training.counting import MOST_PEOPLE
from kb.training.errors import Over
from kb.training.models import (
    Idea,
    IdeaState,
    Pledge,
    Round,
    SessionState,
    TrainingSession,
)
from kb.training.pledging import LONGEST_PLEDGE
from kb.training.saying import LONGEST_IDEA
from kb.training.types import RoundKind

MOST_TYPED = 500  # of each question: more than a room can write
KEY = "paper"
NOT_OPEN = "Start the session first, then type in what people wrote."
NO_WORDS = "Type in what somebody wrote."
NO_WILL = "Type in what somebody will do."
TOO_MANY = f"No more than {MOST_TYPED} can be typed in."
HOW_MANY = f"Enter how many hands, a whole number from 0 to {MOST_PEOPLE:,}."


def idea(session: Session, round: Round, text: str, *, now: datetime) -> Idea:
    """An idea of nobody on a device, on the screen at once.

    It asks no device and keeps none from answering. Raises Invalid for a text without words,
    Conflict before the session runs, Over after it.
    """
    words = wording.clean(text, LONGEST_IDEA)
    if round.kind is not RoundKind.IDEAS or not words:
        raise Invalid({"text": NO_WORDS})
    _begin(session, round, Idea)
    typed = Idea(
        round_id=round.id, key=KEY, text=words, state=IdeaState.SHOWN, hands=0, said_at=now
    )
    session.add(typed)
    flush(session)
    return typed


def pledge(session: Session, round: Round, *, when: str, will: str, now: datetime) -> Pledge:
    """The same of a pledge: nobody's, without a card, a day or an address."""
    when, will = wording.clean(when, LONGEST_PLEDGE), wording.clean(will, LONGEST_PLEDGE)
    if round.kind is not RoundKind.PLEDGE or not will:
        raise Invalid({"will": NO_WILL})
    _begin(session, round, Pledge)
    typed = Pledge(
        round_id=round.id, when=when, will=will, cards=[], state=IdeaState.SHOWN, pledged_at=now
    )
    session.add(typed)
    flush(session)
    return typed


def count_hands(session: Session, idea: Idea, number: int) -> None:
    """How many without a phone are for this idea, in place of what was counted before.

    Raises Invalid for a number that cannot be, Over once the session is closed.
    """
    if not 0 <= number <= MOST_PEOPLE:
        raise Invalid({"hands": HOW_MANY})
    round = session.get_one(Round, idea.round_id)
    begin_round(session, round)
    _check_runs(session, round)
    session.refresh(idea)
    idea.hands = number
    flush(session)


def _begin(session: Session, round: Round, table: type[Idea | Pledge]) -> None:
    begin_round(session, round)
    _check_runs(session, round)
    typed = (table.round_id == round.id) & table.participant_id.is_(None)
    if (session.scalar(select(func.count()).select_from(table).where(typed)) or 0) >= MOST_TYPED:
        raise Conflict(TOO_MANY)
    rounds.counted_beside_devices(session, round)


def _check_runs(session: Session, round: Round) -> None:
    training = session.get_one(TrainingSession, round.session_id)
    if training.state is SessionState.CLOSED:
        raise Over(training.id, training.title)
    if training.state is not SessionState.OPEN:
        raise Conflict(NOT_OPEN)
