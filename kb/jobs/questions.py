"""Look after questions that nobody has answered."""

from datetime import datetime
from functools import partial

from kb.copying import copiers
from kb.db.database import Session
from kb.jobs.one_by_one import one_by_one
from kb.questions import waiting
from kb.questions.models import Question
from kb.runtime import Runtime


def look_after_questions(runtime: Runtime, *, now: datetime) -> int:
    """Remind who was asked, then ask the next copier; how many questions moved.

    Nobody gets the same letter twice.
    """
    look = partial(_look_after, base_url=runtime.settings.base_url, now=now)
    return one_by_one(runtime, partial(waiting.due, now=now), look, quietly=False)


def _look_after(session: Session, question_id: int, *, base_url: str, now: datetime) -> bool:
    question = session.get(Question, question_id)
    if question is None:
        return False
    people = copiers.to_ask(session, question.resource)
    return waiting.look_after(session, question, people, base_url=base_url, now=now)
