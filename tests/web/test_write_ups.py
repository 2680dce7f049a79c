"""From a session to the reviewers: the trainer edits what it left behind, and sends it."""

import pytest
from sqlalchemy import select

from kb.clock import utcnow
from kb.library.content import Kind
from kb.submissions.models import Draft
from kb.training import write_up
from kb.training.models import SessionState, WriteUp
from kb.training.types import RoundKind
from kb.web.write_ups import answers_of
from tests.factories import make_council, make_tip_card, make_user
from tests.people import Person, token_of
from tests.training.past import (
    gap_block,
    join,
    make_barriers,
    make_gap,
    make_idea,
    make_pledge,
    make_round,
    make_session,
)
from tests.web.test_results import at, give_key, with_key

LABELS = {"barrier": {"skills": "Skills", "time": "No time"}}


@pytest.fixture
def training(session):
    made = make_session(
        session,
        blocks=[gap_block()],
        ran=[{"key": "gap", "title": "The gap", "minutes": 5, "seconds": 300}],
    )
    make_gap(session, made, hands=(23, 4), people=25)
    make_barriers(session, made, {"skills": 7}, people=25)
    device = join(session, made)[0]
    ideas = make_round(session, made, "i", RoundKind.IDEAS)
    make_idea(session, ideas, "Post a short film", votes=[device])
    pledges = make_round(session, made, "p", RoundKind.PLEDGE)
    make_pledge(session, pledges, device, cards=[make_tip_card(session)])
    write_up.make(session, made, now=utcnow())
    session.commit()
    return made


@pytest.fixture
def drafts(session, training):
    found = write_up.of_session(session, training)
    session.commit()
    return found


@pytest.fixture
def officer(app, session, training):
    """Whoever holds the trainer's key, and has an account at a council."""
    writer = make_user(session, make_council(session))
    session.commit()
    person = Person(app, writer)
    give_key(person, training, training.trainers_token)
    return person


def send(browser, training, draft, **typed):
    page = browser.get(at(training, "write-up"))
    given = {"csrf_token": token_of(page), "title": draft.title, "text": draft.text}
    return browser.client.post(at(training, f"write-up/{draft.id}"), data=given | typed)


def test_the_trainer_reads_the_drafts_and_nobody_else_does(app, browser, training):
    page = with_key(app, training).get(at(training, "write-up"))

    assert "Write-up of the session" in page.words
    assert "Tip card from an idea" in page.words
    assert "Nobody else sees it" in page.words
    browser.get(at(training, "write-up"), expect=404)


def test_what_is_edited_is_kept_and_stays_private(app, session, training, drafts):
    trainer = with_key(app, training)

    answer = send(trainer, training, drafts[0], title="Ours", text="What we\r\nreally did")

    assert answer.status_code == 303
    assert "stays private" in trainer.get(answer.location).words
    session.expire_all()
    assert (drafts[0].title, drafts[0].text) == ("Ours", "What we\nreally did")
    assert session.scalars(select(Draft)).all() == []


def test_a_draft_without_a_title_is_shown_again_with_what_was_typed(app, training, drafts):
    trainer = with_key(app, training)

    answer = send(trainer, training, drafts[0], title=" ", text="Typed words")

    assert answer.status_code == 422
    assert "Give it a title" in answer.text
    assert "Typed words" in answer.text


def test_a_guest_is_asked_to_sign_in_and_loses_nothing(app, session, training, drafts):
    trainer = with_key(app, training)

    answer = send(trainer, training, drafts[0], title="Edited by a guest", send="yes")

    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next=/sessions/{training.id}/write-up"
    session.expire_all()
    assert drafts[0].title == "Edited by a guest"


@pytest.mark.parametrize("number", [0, 1])
def test_with_an_account_it_becomes_a_draft_like_any_other(
    officer, session, training, drafts, number
):
    answer = send(officer, training, drafts[number], send="yes")

    draft = session.scalars(select(Draft)).one()
    assert answer.location == f"/share/{draft.id}"
    assert draft.kind == Kind(drafts[number].kind)
    assert draft.answers["title"] == drafts[number].title
    assert officer.get(answer.location).status == 200


def test_sent_twice_it_is_one_draft(officer, session, training, drafts):
    first = send(officer, training, drafts[0], send="yes")
    second = send(officer, training, drafts[0], send="yes")

    assert first.location == second.location
    assert len(session.scalars(select(Draft)).all()) == 1


def test_every_heading_is_a_question_of_the_form(session, drafts):
    answers = answers_of(drafts[0], LABELS)

    assert answers["summary"].startswith("We asked 25 people")
    assert answers["years"]
    assert "19 want to and do not yet" in answers["reasons"]
    assert answers["steps"] == ["Would like to, already do (5 minutes)"]
    assert "Post a short film" in answers["results"]
    assert answers["next_step"]
    assert "actions" not in answers
    assert "Post a short film" in answers_of(drafts[1], LABELS)["body"]


def test_barriers_are_chosen_by_their_names(session, drafts):
    drafts[0].text = "## What did you have to get round?\n\n- No time\n- Something else"

    answers = answers_of(drafts[0], LABELS)

    assert answers["barrier"] == ["time"]
    assert "Something else" in answers["actions"]


def test_what_stands_below_no_heading_of_ours_is_not_lost(session, drafts):
    drafts[0].text = "Free words\n\n## My own heading\n\nMore words"

    answers = answers_of(drafts[0], LABELS)

    assert "Free words" in str(answers)
    assert "More words" in str(answers)


def test_a_draft_of_another_session_is_not_found(app, session, training):
    other = make_session(session)
    theirs = write_up.make(session, other, now=utcnow())[0]
    session.commit()
    trainer = with_key(app, training)

    assert send(trainer, training, theirs).status_code == 404


def test_a_session_that_was_not_drafted_is_drafted_by_a_button(app, session):
    training = make_session(session)
    session.commit()
    trainer = with_key(app, training)
    page = trainer.get(at(training, "write-up"))
    assert "Nothing is drafted yet" in page.words

    page = trainer.post(at(training, "write-up"), csrf_token=token_of(page))

    assert "Write-up of the session" in page.words
    assert len(session.scalars(select(WriteUp)).all()) == 1


def test_before_it_closes_there_is_nothing_to_edit(app, session):
    training = make_session(session, state=SessionState.OPEN)
    session.commit()

    page = with_key(app, training).get(at(training, "write-up"))

    assert "It is drafted when you close the session." in page.words
