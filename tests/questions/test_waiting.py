from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kb.accounts import service as accounts
from kb.copying import copiers
from kb.copying.models import Status
from kb.errors import NotFound
from kb.library.models import Standing
from kb.mail.models import Letter
from kb.questions import service as questions
from kb.questions import waiting
from tests.copying.making import make_practice
from tests.factories import NOW, make_user
from tests.questions.asking import BASE, answer, make_copier, make_question

TWO_WEEKS = timedelta(days=14)  # ten working days


@pytest.fixture
def study(session):
    return make_practice(session)


def look(session, question, *, after):
    """What the worker does so long after it was asked."""
    now = NOW + after
    if question.id not in waiting.due(session, now=now):
        return False
    people = copiers.to_ask(session, question.resource)
    return waiting.look_after(session, question, people, base_url=BASE, now=now)


def subjects_to(session, user):
    query = select(Letter.subject).where(Letter.to == user.email).order_by(Letter.id)
    return [subject.partition("“")[0].strip(" :") for subject in session.scalars(query)]


def test_before_ten_working_days_nobody_is_reminded(session, study):
    question = make_question(session, study)

    assert not look(session, question, after=timedelta(days=13))


def test_after_ten_working_days_who_is_asked_is_reminded_once(session, study):
    question = make_question(session, study)

    reminded = [look(session, question, after=TWO_WEEKS) for _ in range(3)]

    assert reminded == [True, False, False]
    assert subjects_to(session, study.owner)[1:] == ["Still waiting: a question about"]


def test_after_ten_more_it_goes_to_the_next_copier_and_all_are_told(session, study):
    owner = study.owner
    make_copier(session, study, Status.STOPPED, weeks=30)
    make_copier(session, study, Status.TRYING, weeks=8)
    longest = make_copier(session, study, Status.DOING, weeks=12)
    question = make_question(session, study)
    look(session, question, after=TWO_WEEKS)

    assert look(session, question, after=2 * TWO_WEEKS)

    assert (question.to, question.turn, question.reminded_at) == (longest, 1, None)
    assert subjects_to(session, longest) == ["A question about"]
    assert subjects_to(session, owner)[-1] == "You need not answer"
    assert subjects_to(session, question.asker) == ["Your question about"]


def test_who_was_asked_before_knows_of_it_no_more(session, study):
    make_copier(session, study)
    question = make_question(session, study)
    look(session, question, after=TWO_WEEKS)
    look(session, question, after=2 * TWO_WEEKS)

    with pytest.raises(NotFound):
        questions.get(session, question.id, by=study.owner)


def test_nobody_is_asked_the_same_thing_twice_and_then_the_asker_is_told(session, study):
    copier = make_copier(session, study)
    question = make_question(session, study)

    for turn in range(1, 7):
        look(session, question, after=turn * TWO_WEEKS)

    assert question.to is None
    assert subjects_to(session, copier).count("A question about") == 1
    assert subjects_to(session, study.owner).count("A question about") == 1
    assert subjects_to(session, question.asker) == ["Your question about", "No answer so far"]


def test_reviewers_see_what_nobody_answers_and_may_answer_it(session, study):
    question = make_question(session, study)
    for turn in (1, 2):
        look(session, question, after=turn * TWO_WEEKS)
    reviewer = make_user(session, is_reviewer=True)

    assert questions.unanswered(session) == [question]
    assert questions.get(session, question.id, by=reviewer) == question
    answer(session, question, by=reviewer)

    assert question.to == reviewer
    assert questions.unanswered(session) == []


def test_where_the_account_was_closed_it_goes_on_at_once(session, study):
    copier = make_copier(session, study)
    question = make_question(session, study)
    accounts.close(session, study.owner, now=NOW)

    assert look(session, question, after=timedelta(minutes=1))

    assert question.to == copier
    assert session.scalar(select(func.count()).where(Letter.to.startswith("closed"))) == 0


def test_nobody_is_bothered_for_an_asker_who_has_left(session, study):
    question = make_question(session, study)
    accounts.close(session, question.asker, now=NOW)

    assert not look(session, question, after=2 * TWO_WEEKS)


def test_nobody_is_bothered_about_a_page_that_was_withdrawn(session, study):
    question = make_question(session, study)
    study.standing = Standing.WITHDRAWN
    session.flush()

    assert not look(session, question, after=TWO_WEEKS)


def test_what_was_answered_is_left_alone(session, study):
    question = make_question(session, study)
    answer(session, question)

    assert not look(session, question, after=2 * TWO_WEEKS)
    assert not waiting.look_after(session, question, [], base_url=BASE, now=NOW + TWO_WEEKS)
