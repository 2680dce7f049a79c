from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from kb.accounts import service as accounts
from kb.accounts.models import CouncilRole, State, User
from kb.copying.models import Status
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.indexing import edition
from kb.library.models import Standing
from kb.mail.models import Letter
from kb.questions import service as questions
from kb.questions.models import Question
from tests.copying.making import make_practice, make_writer
from tests.factories import NOW, make_council, make_user
from tests.questions.asking import (
    BASE,
    agree,
    answer,
    make_copier,
    make_question,
    make_shown,
    make_unowned,
)


@pytest.fixture
def study(session):
    return make_practice(session)


def letters_to(session, user):
    query = select(Letter).where(Letter.to == user.email).order_by(Letter.id)
    return list(session.scalars(query))


def make_removed(session, reviewer):
    question = make_shown(session)
    questions.remove(session, question, "It names a person.", by=reviewer, base_url=BASE, now=NOW)
    return question


def test_a_question_goes_to_who_looks_after_the_page(session, study):
    question = make_question(session, study)

    (letter,) = letters_to(session, study.owner)
    assert question.to == study.owner
    assert question.turn == 0
    assert f"{BASE}/questions/{question.id}" in letter.text
    assert "> How long did it take?" in letter.text


def test_letters_hold_neither_names_nor_addresses(session):
    question = make_shown(session)

    letters = session.scalars(select(Letter)).all()

    both = (question.asker, question.to)
    words = "\n".join(letter.subject + letter.text for letter in letters)
    assert len(letters) >= 4
    assert not [user for user in both if user.name in words or user.email in words]


def test_where_nobody_owns_the_page_the_first_copier_is_asked(session):
    study = make_unowned(session)
    make_copier(session, study, Status.STOPPED, weeks=30)
    make_copier(session, study, Status.PLANNED, weeks=20)
    first = make_copier(session, study, weeks=12)
    make_copier(session, study, Status.TRYING, weeks=4)

    question = make_question(session, study)

    assert (question.to, question.turn) == (first, 1)


def test_where_the_owner_has_left_the_first_copier_is_asked(session, study):
    copier = make_copier(session, study)
    accounts.close(session, study.owner, now=NOW)

    assert make_question(session, study).to == copier


def test_a_copier_who_has_left_is_answered_for_by_a_colleague(session):
    study = make_unowned(session)
    copier = make_copier(session, study)
    colleague = make_user(session, copier.council)
    accounts.close(session, copier, now=NOW)

    assert make_question(session, study).to == colleague


def test_where_there_is_nobody_nothing_is_sent(session):
    study = make_unowned(session)

    with pytest.raises(NotAllowed):
        make_question(session, study)

    assert session.scalars(select(Letter)).all() == []


def test_nobody_is_asked_by_their_own_council(session):
    study = make_unowned(session)
    copier = make_copier(session, study)

    with pytest.raises(NotAllowed):
        make_question(session, study, by=make_user(session, copier.council))


def test_the_council_whose_page_it_is_asks_its_colleagues(session, study):
    with pytest.raises(NotAllowed):
        make_question(session, study, by=make_user(session, study.councils[0]))


def test_accounts_that_wait_ask_nothing(session, study):
    with pytest.raises(NotAllowed):
        make_question(session, study, by=make_user(session, state=State.WAITING))


def test_nobody_asks_about_what_was_withdrawn(session, study):
    study.standing = Standing.WITHDRAWN

    with pytest.raises(NotFound):
        make_question(session, study)


def test_one_question_of_a_person_about_a_practice_is_open_at_a_time(session, study):
    asker = make_writer(session)
    question = make_question(session, study, by=asker)

    with pytest.raises(Conflict):
        make_question(session, study, by=asker)
    answer(session, question)

    assert make_question(session, study, by=asker) is not question


def test_many_together_send_one_owner_only_so_much_in_a_day(session, study):
    for _ in range(questions.MOST_TO_ONE):
        make_question(session, study)

    with pytest.raises(Invalid):
        make_question(session, study)

    assert len(letters_to(session, study.owner)) == questions.MOST_TO_ONE
    assert make_question(session, study, now=NOW + timedelta(days=1, minutes=1))


@pytest.mark.parametrize("text", ["", " \r\n\t ", "x" * 2001, "\x00\x07"])
def test_a_text_that_is_none_is_refused(session, study, text):
    with pytest.raises(Invalid):
        make_question(session, study, text=text)


def test_lines_and_letters_of_every_language_are_kept(session, study):
    question = make_question(session, study, text=" Pa mor hir?\r\n\r\nŴy ac ŷd\x00 ")

    assert question.text == "Pa mor hir?\n\nŴy ac ŷd"


def test_no_header_is_added_through_a_title_a_council_or_a_question(session):
    council = make_council(session, name="X\r\nBcc: a@example.org")
    study = make_practice(session, title="Ask \u2028Bcc: a@example.org")
    text = "How?\r\n.\r\nBcc: a@example.org"

    make_question(session, study, by=make_user(session, council), text=text)

    (letter,) = letters_to(session, study.owner)
    assert letter.subject.isprintable()
    assert [line for line in letter.text.splitlines() if line.startswith(("Bcc", "."))] == []


def test_a_third_person_knows_of_no_question(session):
    question = make_question(session)

    for other in (make_writer(session), make_user(session, is_reviewer=True)):
        with pytest.raises(NotFound):
            questions.get(session, question.id, by=other)
        with pytest.raises(NotFound):
            agree(session, question, other)


def test_only_who_is_asked_answers(session):
    question = make_question(session)

    for other in (question.asker, make_writer(session), make_user(session, is_reviewer=True)):
        with pytest.raises(NotAllowed):
            answer(session, question, by=other)


def test_whoever_asked_gets_the_answer_by_letter(session):
    question = make_question(session)

    answer(session, question, "Half a day.\nNo more.")

    (letter,) = letters_to(session, question.asker)
    assert "> Half a day.\n> No more." in letter.text
    assert not questions.is_shown(question)


def test_an_answer_is_given_once(session):
    question = make_question(session)
    answer(session, question)

    with pytest.raises(Conflict):
        answer(session, question, "Another.")


def test_nobody_answers_who_has_left(session):
    question = make_question(session)
    accounts.close(session, question.asker, now=NOW)

    with pytest.raises(Conflict):
        answer(session, question)


def test_others_read_it_only_after_both_agreed(session):
    question = make_question(session)
    answer(session, question)

    agree(session, question, question.asker)
    assert questions.shown(session, question.resource) == []
    agree(session, question, question.to)

    assert questions.shown(session, question.resource) == [question]
    assert questions.resources_with_shown(session) == {question.resource_id}


def test_a_no_of_one_side_is_enough(session):
    question = make_question(session)
    answer(session, question)

    agree(session, question, question.asker)
    agree(session, question, question.to, agrees=False)

    assert questions.shown(session, question.resource) == []


@pytest.mark.parametrize("side", ["asker", "to"])
def test_either_side_may_take_it_away_again_and_both_keep_the_text(session, side):
    question = make_shown(session)

    agree(session, question, getattr(question, side), agrees=False)

    assert questions.shown(session, question.resource) == []
    for user in (question.asker, question.to):
        assert questions.get(session, question.id, by=user).answer == "Half a day."


def test_one_side_says_nothing_for_the_other(session):
    question = make_question(session)
    answer(session, question)

    agree(session, question, question.to)
    agree(session, question, question.to)

    assert question.asker_agrees is None
    assert not questions.is_shown(question)


def test_nobody_agrees_before_there_is_an_answer(session):
    question = make_question(session)

    with pytest.raises(Conflict):
        agree(session, question, question.asker)


def test_however_often_one_changes_their_mind_the_other_gets_no_more_letters(session):
    question = make_shown(session)
    before = len(letters_to(session, question.to))

    for agrees in (False, True, False, True):
        agree(session, question, question.asker, agrees)

    assert len(letters_to(session, question.to)) == before


def test_what_is_shown_and_taken_away_begins_a_new_edition(session):
    question = make_question(session)
    answer(session, question)
    agree(session, question, question.asker)
    before = edition(session)

    agree(session, question, question.to)
    shown = edition(session)
    agree(session, question, question.to, agrees=False)

    assert before < shown < edition(session)


def test_a_reviewer_takes_it_off_the_page_for_good_and_says_why(session):
    question = make_removed(session, make_user(session, is_reviewer=True))

    assert questions.shown(session, question.resource) == []
    for user in (question.asker, question.to):
        assert "> It names a person." in letters_to(session, user)[-1].text
        with pytest.raises(Conflict):
            agree(session, question, user)


def test_only_reviewers_take_it_off_the_page(session):
    question = make_shown(session)

    for other in (question.asker, question.to, make_writer(session)):
        with pytest.raises(NotAllowed):
            questions.remove(session, question, "No.", by=other, base_url=BASE, now=NOW)


def test_what_is_not_on_a_page_cannot_be_taken_off(session):
    reviewer = make_user(session, is_reviewer=True)
    question = make_removed(session, reviewer)

    with pytest.raises(Conflict):
        questions.remove(session, question, "Again.", by=reviewer, base_url=BASE, now=NOW)


def test_a_council_editor_sees_that_colleagues_ask_and_are_asked(session):
    question = make_question(session)
    role = CouncilRole.EDITOR
    editor_there = make_user(session, question.to.council, council_role=role)
    editor_here = make_user(session, question.asker.council, council_role=role)
    colleague = make_user(session, question.to.council)

    assert questions.of_person(session, editor_there) == [question]
    assert questions.of_person(session, editor_here) == [question]
    assert questions.of_person(session, colleague) == []
    with pytest.raises(NotFound):
        questions.get(session, question.id, by=editor_there)


def test_both_sides_may_agree_at_the_same_moment(runtime, session):
    question = make_question(session)
    answer(session, question)
    session.commit()
    sides = [question.asker_id, question.to_id]
    errors = []

    def say(user_id, barrier):
        with runtime.database.open_session() as mine:
            barrier.wait()
            found = mine.get(Question, question.id)
            agree(mine, found, mine.get(User, user_id))
            mine.commit()

    together(say, sides, errors)

    session.refresh(question)
    assert errors == []
    assert questions.is_shown(question)


def together(say, users, errors):
    barrier = Barrier(len(users))

    def run(user_id):
        try:
            say(user_id, barrier)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=run, args=(user_id,)) for user_id in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
