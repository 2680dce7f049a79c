"""Six weeks on: the page behind the letter's link."""

import re

import pytest
from sqlalchemy import select

from kb.clock import utcnow
from kb.mail.models import Letter
from kb.training import reminding
from kb.training.models import Reminder
from kb.training.types import RoundKind
from tests.people import token_of
from tests.training.past import join, make_pledge, make_round, make_session
from tests.web.test_results import at, with_key


@pytest.fixture
def training(session):
    return make_session(session)


@pytest.fixture
def token(session, training):
    one = make_round(session, training, "p", RoundKind.PLEDGE)
    device = join(session, training)[0]
    pledge = make_pledge(
        session, one, device, email="bev@example.org", will="<script>alert(1)</script> post it"
    )
    now = utcnow()
    pledge.reminder.due_at = now
    assert reminding.ask(session, pledge.reminder.id, base_url="http://localhost", now=now)
    text = session.scalars(select(Letter.text)).one()
    session.commit()
    return re.search(r"token=([\w-]+)", text)[1]


def answer(browser, token, **said):
    page = browser.get(f"/did-you?token={token}")
    return browser.post("/did-you", csrf_token=token_of(page), token=token, **said)


def did(session):
    found = session.scalars(select(Reminder.did)).one()
    session.commit()
    return found


def test_nothing_happens_until_a_button_is_pressed(browser, session, token):
    page = browser.get(f"/did-you?token={token}")

    assert page.heading == "Did you?"
    assert "post it" in page.words
    assert "<script>alert" not in page.text
    assert did(session) is None


@pytest.mark.parametrize(("said", "kept"), [("yes", True), ("no", False)])
def test_an_answer_is_kept_without_signing_in(browser, session, token, said, kept):
    page = answer(browser, token, did=said)

    assert page.heading == "Thank you"
    assert did(session) is kept


def test_an_answer_can_be_changed(browser, session, token):
    answer(browser, token, did="no")

    answer(browser, token, did="yes")

    assert did(session) is True


def test_something_else_than_yes_or_no_is_refused(browser, session, token):
    page = browser.get(f"/did-you?token={token}")

    page = browser.post(
        "/did-you", expect=422, csrf_token=token_of(page), token=token, did="perhaps"
    )

    assert "Press one of the two buttons" in page.words
    assert did(session) is None


@pytest.mark.parametrize("made_up", ["", "x", "x" * 5000, "%00", "%ff"])
def test_a_made_up_link_finds_nothing(browser, token, made_up):
    browser.get(f"/did-you?token={made_up}", expect=404)


def test_the_page_is_kept_nowhere_and_told_to_nobody(browser, token):
    answer = browser.response(f"/did-you?token={token}")

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_answers_are_counted_on_the_results_page(app, browser, training, token):
    answer(browser, token, did="yes")

    page = with_key(app, training).get(at(training, "results"))

    assert "1 of 1 who left an address did it." in page.words
