"""Look after questions that nobody has answered."""

from datetime import datetime

from kb.copying import copiers
from kb.db.database import Session
from kb.questions import waiting
from kb.questions.models import Question
from kb.runtime import Runtime


def look_after_questions(runtime: Runtime, *, now: datetime) -> int:
    """Remind who was asked, then ask the next copier; how many questions moved.

    Each question is one transaction, and nobody gets the same letter twice.
    """
    with runtime.database.reading() as session:
        due = waiting.due(session, now=now)
    moved = 0
    for question_id in due:
        with runtime.database.transaction() as session:
            moved += _look_after(session, question_id, runtime.settings.base_url, now)
    return moved


def _look_after(session: Session, question_id: int, base_url: str, now: datetime) -> bool:
    question = session.get(Question, question_id)
    if question is None:
        return False
    people = copiers.to_ask(session, question.resource)
    return waiting.look_after(session, question, people, base_url=base_url, now=now)
