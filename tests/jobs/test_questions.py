from datetime import timedelta

from sqlalchemy import func, select

from kb import jobs
from kb.mail.models import Letter
from kb.questions.models import Question
from tests.copying.making import make_practice
from tests.factories import NOW
from tests.questions.asking import make_copier, make_question

TWO_WEEKS = timedelta(days=14)


def test_the_worker_looks_after_questions_now_and_then():
    assert jobs.look_after_questions in jobs.REGULAR


def test_a_question_is_reminded_of_and_goes_on_once_however_often_the_job_runs(runtime):
    with runtime.database.transaction() as session:
        study = make_practice(session)
        copier = make_copier(session, study)
        make_question(session, study)

    first = [jobs.look_after_questions(runtime, now=NOW + TWO_WEEKS) for _ in range(3)]
    then = [jobs.look_after_questions(runtime, now=NOW + 2 * TWO_WEEKS) for _ in range(3)]

    with runtime.database.reading() as session:
        assert session.scalar(select(Question.to_id)) == copier.id
        asked = select(func.count()).select_from(Letter).where(Letter.key.like("question%"))
        assert session.scalar(asked) == 5
    assert (first, then) == ([1, 0, 0], [1, 0, 0])
