"""Questions with one line; say only what the test is about."""

from kb.copying import copiers
from kb.copying.models import Status
from kb.questions import service as questions
from tests.copying.making import make_copy, make_practice, make_writer
from tests.factories import NOW, make_case_study, make_council

BASE = "https://swap.example"


def make_copier(session, study, status=Status.DOING, *, weeks=4, **values):
    """Somebody whose council copies it since so many weeks."""
    writer = make_writer(session, **values)
    make_copy(session, study, by=writer, status=status, weeks=weeks)
    return writer


def make_unowned(session, **values):
    """A practice as the seeded ones are: of a council of whom nobody is here."""
    council = make_council(session, website="https://www.example.org")
    return make_case_study(session, councils=[council.code], **values)


def make_question(session, study=None, *, by=None, text="How long did it take?", now=NOW):
    study = study or make_practice(session)
    people = copiers.to_ask(session, study)
    asker = by or make_writer(session)
    return questions.ask(session, study, text, by=asker, copiers=people, base_url=BASE, now=now)


def answer(session, question, text="Half a day.", *, by=None, now=NOW):
    questions.answer(session, question, text, by=by or question.to, base_url=BASE, now=now)


def agree(session, question, by, agrees=True, *, now=NOW):
    questions.agree(session, question, agrees, by=by, base_url=BASE, now=now)


def make_shown(session, study=None, **values):
    """A question that everybody can read."""
    question = make_question(session, study, **values)
    answer(session, question)
    agree(session, question, question.asker)
    agree(session, question, question.to)
    return question
