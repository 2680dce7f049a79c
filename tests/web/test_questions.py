"""Ask the team, as people do it in a browser."""

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.clock import utcnow
from kb.mail.models import Letter
from kb.questions import service as questions
from kb.questions.models import Question
from tests.copying.making import make_practice, make_writer
from tests.factories import make_user
from tests.people import Person, Reviewer
from tests.questions.asking import (
    answer,
    make_question,
    make_shown,
    make_unowned,
)

NASTY = "<script>alert(1)</script> <img src=x onerror=alert(1)> **bold** javascript:alert(1)"


@pytest.fixture
def study(session):
    study = make_practice(session)
    session.commit()
    return study


@pytest.fixture
def officer(app, session):
    """Somebody who writes for Testford."""
    writer = make_writer(session, short_name="Testford", name="Testford Council")
    return signed_in(app, session, writer)


def signed_in(app, session, user):
    session.commit()
    return Person(app, user)


def committed(session, make, *args, **values):
    made = make(session, *args, **values)
    session.commit()
    return made


def path_of(study):
    return f"/p/{study.id}/questions"


def the_question(session):
    fresh = select(Question).execution_options(populate_existing=True)
    found = session.scalars(fresh).one()
    session.commit()  # so that the site may write again
    return found


def test_a_stranger_is_led_to_sign_in_and_back(browser, study):
    answered = browser.response(f"{path_of(study)}/new")

    assert answered.status_code == 303
    assert answered.location == f"/sign-in?next=/p/{study.id}/questions/new"


def test_a_question_is_asked_answered_and_read_by_others_after_both_agreed(
    app, session, browser, officer, study
):
    owner = signed_in(app, session, study.owner)
    team = study.owner.council.name
    session.commit()
    officer.get(f"{path_of(study)}/new")
    page = officer.post(path_of(study), text="Pa mor hir? How long?")
    assert "Your question is on its way." in page.words
    address = f"/questions/{the_question(session).id}"

    assert "Asked by an officer at Testford Council" in owner.get(address).words
    owner.post(f"{address}/answer", text="Half a day.")
    owner.post(f"{address}/consent", agrees="yes")
    assert "Half a day." not in browser.get(f"/case-studies/{study.slug}").words
    page = officer.post(f"{address}/consent", agrees="yes")
    assert "You both agreed" in page.words

    words = browser.get(f"/case-studies/{study.slug}").words
    assert "Asked by an officer at Testford Council Pa mor hir? How long?" in words
    assert f"Answered by the team at {team}" in words
    assert officer.user.name not in words
    assert owner.user.name not in words

    owner.post(f"{address}/consent", agrees="no")
    assert "Half a day." not in browser.get(f"/case-studies/{study.slug}").words
    assert "Half a day." in officer.get(address).words


def test_letters_lead_to_our_own_name_whatever_host_was_asked_for(
    officer, session, study, runtime
):
    data = {"csrf_token": officer.token(), "text": "How?"}
    refused = officer.client.post(path_of(study), data=data, headers={"Host": "evil.example"})
    forwarded = {"X-Forwarded-Host": "evil.example"}
    officer.client.post(path_of(study), data=data, headers=forwarded)

    letter = session.scalars(select(Letter)).one()
    assert refused.status_code == 400
    assert f"{runtime.settings.base_url}/questions/" in letter.text
    assert "evil.example" not in letter.text


def test_accounts_that_wait_are_told_so(app, session, study):
    waiting = signed_in(app, session, make_user(session, state=State.WAITING))

    for page in (
        waiting.get(f"{path_of(study)}/new", expect=403),
        waiting.post(path_of(study), expect=403, text="How?"),
    ):
        assert "An admin still has to look at your account." in page.words
    assert session.scalars(select(Letter)).all() == []


def test_where_nobody_is_left_the_form_says_so(session, officer):
    study = committed(session, make_unowned)

    page = officer.get(f"{path_of(study)}/new")

    assert "there is nobody to ask" in page.words
    assert page.find(".//textarea") == []
    officer.post(path_of(study), expect=403, text="How?")


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_a_question_that_is_none_or_too_long_is_shown_again(officer, study, text):
    page = officer.post(path_of(study), expect=422, text=text)

    assert page.title.startswith("Error: ")
    assert (page.find(".//textarea")[0].text or "").strip() == text


def test_an_open_question_is_found_again_and_not_asked_twice(officer, session, study):
    for _ in range(2):
        officer.post(path_of(study), text="How?")

    page = officer.get(f"{path_of(study)}/new")

    assert "You have asked about this already." in page.words
    assert the_question(session).text == "How?"


def test_one_person_asks_five_questions_a_day(officer, session):
    studies = [make_practice(session, title=f"Practice no. {n}") for n in range(6)]
    session.commit()

    statuses = [
        officer.client.post(
            path_of(study), data={"csrf_token": officer.token(), "text": "How?"}
        ).status_code
        for study in studies
    ]

    assert statuses == [303] * 5 + [429]


def test_an_owner_who_is_asked_a_lot_is_left_in_peace(officer, session, study):
    for _ in range(questions.MOST_TO_ONE):
        make_question(session, study, now=utcnow())
    session.commit()

    page = officer.post(path_of(study), expect=422, text="How?")

    assert "This team was asked a lot today." in page.words
    assert page.find(".//textarea")[0].text.strip() == "How?"


@pytest.mark.parametrize("action", ["", "/answer", "/consent", "/removal"])
def test_a_third_person_finds_nothing_at_a_questions_address(session, officer, app, action):
    question = committed(session, make_question)
    reviewer = Reviewer(app)
    address = f"/questions/{question.id}{action}"

    for third in (officer, reviewer):
        if action:
            data = {"text": "x", "agrees": "yes"}
            expect = 403 if action == "/removal" and third is officer else 404
            third.post(address, expect=expect, **data)
        else:
            third.get(address, expect=404)
    assert the_question(session).answered_at is None


def test_a_visitor_is_led_to_sign_in_from_the_link_of_a_letter(session, browser):
    question = committed(session, make_question)

    found = browser.response(f"/questions/{question.id}")

    assert found.location == f"/sign-in?next=/questions/{question.id}"


def test_a_stale_number_is_nobodys_question(officer):
    officer.get("/questions/2147483647", expect=404)
    officer.get("/questions/99999999999", expect=404)


def test_consent_is_that_of_who_sends_the_form_whatever_it_says(app, session):
    question = make_question(session)
    answer(session, question)
    owner = signed_in(app, session, question.to)
    forged = {"asker_agrees": "yes", "side": "asker", "by": question.asker_id}

    owner.post(f"/questions/{question.id}/consent", agrees="yes", **forged)

    found = the_question(session)
    assert (found.asker_agrees, found.answerer_agrees) == (None, True)
    assert found.published_at is None


def test_a_choice_that_is_none_is_refused(app, session):
    question = make_question(session)
    answer(session, question)
    asker = signed_in(app, session, question.asker)

    for data in ({}, {"agrees": "maybe"}):
        page = asker.post(f"/questions/{question.id}/consent", expect=422, **data)
        assert "Choose yes or no." in page.words
    assert the_question(session).asker_agrees is None


def test_whoever_asked_cannot_answer(app, session):
    question = make_question(session)
    asker = signed_in(app, session, question.asker)

    asker.post(f"/questions/{question.id}/answer", expect=403, text="I know best.")


def test_an_empty_answer_is_shown_again(app, session):
    question = make_question(session)
    owner = signed_in(app, session, question.to)

    page = owner.post(f"/questions/{question.id}/answer", expect=422, text=" ")

    assert "Write your answer." in page.words


@pytest.mark.parametrize("action", ["answer", "consent", "removal"])
def test_every_form_needs_our_token(app, session, action):
    question = make_shown(session)
    for user in (question.asker, question.to, make_user(session, is_reviewer=True)):
        person = signed_in(app, session, user)
        data = {"text": "x", "agrees": "no"}
        answered = person.client.post(f"/questions/{question.id}/{action}", data=data)
        assert answered.status_code == 400
    assert the_question(session).published_at is not None


def test_a_question_needs_our_token(officer, session, study):
    assert officer.client.post(path_of(study), data={"text": "How?"}).status_code == 400
    assert session.scalars(select(Question)).all() == []


def test_what_people_type_is_text_on_every_page(app, session, browser):
    question = make_question(session, text=f"{NASTY} question")
    answer(session, question, f"{NASTY} answer")
    owner, asker = (signed_in(app, session, user) for user in (question.to, question.asker))
    address = f"/questions/{question.id}"
    for side in (owner, asker):
        side.post(f"{address}/consent", agrees="yes")
    reviewer = Reviewer(app)

    pages = [
        *(side.get(address) for side in (owner, asker)),
        browser.get(f"/case-studies/{question.resource.slug}"),
        reviewer.get(f"{address}/removal"),
        reviewer.get("/questions"),
        owner.get("/work"),
    ]

    assert [
        page for page in pages if "<script>alert" in page.text or "<img src=x" in page.text
    ] == []
    assert all("**bold**" in page.words for page in pages[:4])


def test_a_reviewer_takes_a_question_off_the_page(app, session, browser):
    question = committed(session, make_shown)
    reviewer = Reviewer(app)
    address = f"/case-studies/{question.resource.slug}"
    removal = f"/questions/{question.id}/removal"
    assert removal in [link for _, link in reviewer.get(address).links]
    assert removal not in [link for _, link in browser.get(address).links]

    assert "Say why" in reviewer.post(removal, expect=422, text="").words
    reviewer.post(removal, text="It names a person.")

    assert "Half a day." not in browser.get(address).words
    asker = signed_in(app, session, question.asker)
    assert "A reviewer took it off the page." in asker.get(f"/questions/{question.id}").words
    reviewer.post(removal, expect=404, text="Again.")


def test_only_reviewers_see_the_list_and_take_questions_off(app, session):
    question = make_shown(session)
    owner = signed_in(app, session, question.to)

    owner.get("/questions", expect=403)
    owner.get(f"/questions/{question.id}/removal", expect=403)
    owner.post(f"/questions/{question.id}/removal", expect=403, text="No.")


def test_reviewers_find_and_answer_what_nobody_else_does(app, session):
    question = make_question(session)
    question.to = None
    session.commit()
    reviewer = Reviewer(app)

    assert f"/questions/{question.id}" in [a for _, a in reviewer.get("/questions").links]
    reviewer.post(f"/questions/{question.id}/answer", text="We know.")

    asker = signed_in(app, session, question.asker)
    words = asker.get(f"/questions/{question.id}").words
    assert "Answered by the people who look after this page" in words
    assert "We know." in words


def test_an_asker_who_has_left_is_not_answered(app, session):
    question = make_question(session)
    owner = signed_in(app, session, question.to)
    question.asker.state = State.CLOSED
    session.commit()

    page = owner.get(f"/questions/{question.id}")

    assert "you need not answer" in page.words
    owner.post(f"/questions/{question.id}/answer", expect=409, text="Half a day.")
