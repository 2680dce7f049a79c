"""Questions that wait for an answer: remind who was asked, then ask somebody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb.accounts.models import State, User
from kb.db.database import flush
from kb.library.models import Resource, Standing
from kb.questions import letters
from kb.questions import service as questions
from kb.questions.models import Question
from kb.working_days import working_days

PATIENCE = 10  # working days until a reminder, and as many until it goes on
MOST_TURNS = 8  # people; by then it has waited for most of a year
_AT_LEAST = timedelta(days=PATIENCE)


def due(session: Session, *, now: datetime, limit: int = 200) -> list[int]:
    """The questions that `look_after` may have something to do for, the oldest first."""
    is_late = Question.sent_at <= now - _AT_LEAST
    has_left = Question.to.has(User.state != State.ACTIVE)
    query = select(Question.id).where(
        Question.answered_at.is_(None),
        Question.to_id.is_not(None),
        Question.asker.has(User.state == State.ACTIVE),
        Question.resource.has(Resource.standing != Standing.WITHDRAWN),
        or_(is_late, has_left),
    )
    return list(session.scalars(query.order_by(Question.sent_at, Question.id).limit(limit)))


def look_after(
    session: Session, question: Question, copiers: Sequence[User], *, base_url: str, now: datetime
) -> bool:
    """Remind who was asked after ten working days, pass it on after ten more; was it time?

    It goes on at once where the account was closed.
    """
    questions.lock(session, question)
    if question.answered_at is not None or question.to is None:
        return False
    if not question.to.is_active:
        _pass_on(session, question, copiers, base_url=base_url, now=now)
    elif question.reminded_at is None:
        if not _is_over(question.sent_at, now, question.to):
            return False
        _remind(session, question, question.to, base_url=base_url, now=now)
    else:
        if not _is_over(question.reminded_at, now, question.to):
            return False
        _pass_on(session, question, copiers, base_url=base_url, now=now)
    return True


def _is_over(since: datetime, now: datetime, to: User) -> bool:
    nation = to.council.nation if to.council else None
    return working_days(since.date(), now.date(), nation=nation) >= PATIENCE


def _remind(
    session: Session, question: Question, to: User, *, base_url: str, now: datetime
) -> None:
    letter = letters.reminder(question, base_url=base_url)
    questions.tell(session, question, to, f"reminder to {to.id}", letter, now)
    question.reminded_at = now
    flush(session)


def _pass_on(
    session: Session, question: Question, copiers: Sequence[User], *, base_url: str, now: datetime
) -> None:
    """To the first who was not asked before; both sides are told, and nobody twice."""
    before = question.to
    people = questions.whom_to_ask(question.resource, question.asker, copiers)
    question.to, question.reminded_at, question.turn = None, None, question.turn + 1
    for person in people if question.turn < MOST_TURNS else ():
        if questions.send_to(session, question, person, base_url=base_url, now=now):
            question.to, question.sent_at = person, now
            break
    flush(session)
    if before is not None:
        gone = letters.gone_on(question)
        questions.tell(session, question, before, f"gone from {before.id}", gone, now)
    if question.to is not None:
        letter = letters.passed_on(question, base_url=base_url)
    else:
        letter = letters.nobody_left(question, base_url=base_url)
    questions.tell(session, question, question.asker, f"turn {question.turn} over", letter, now)
