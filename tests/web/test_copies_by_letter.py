"""How a copy goes, said by way of a letter and without signing in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.clock import utcnow
from kb.jobs.copying import ask_copiers
from kb.mail.models import Letter
from tests.copying.making import make_copy
from tests.factories import NOW
from tests.pages import Browser
from tests.people import token_of


@pytest.fixture
def token(copy, runtime, session):
    """What the letter of week 4 holds."""
    copy.started_at = NOW - timedelta(weeks=4)
    session.commit()
    assert ask_copiers(runtime, now=utcnow()) == 1
    letter = session.scalar(select(Letter).where(Letter.key == f"copy {copy.id}, week 4"))
    session.commit()
    return re.search(r"token=([\w-]+)", letter.text)[1]


def now_of(session, copy):
    """The copy as the database has it; the test's own transaction ends with the look at it."""
    session.refresh(copy)
    session.commit()
    return copy


def sent_by(browser, page, **values):
    return browser.post("/copies/follow-up", csrf_token=token_of(page), **values)


def test_a_letter_is_answered_with_two_clicks_and_without_signing_in(app, copy, token, session):
    reader = Browser(app)

    page = reader.get(f"/copies/follow-up?token={token}&status=doing")
    assert now_of(session, copy).status == "planned"
    thanks = sent_by(reader, page, token=token, status="doing")

    assert "Yes, we are doing it" in page.words
    assert thanks.heading == "Thank you"
    assert now_of(session, copy).status == "doing"


def test_hours_may_be_added_after_the_two_clicks(app, copy, token, session):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=doing")
    thanks = sent_by(reader, page, token=token, status="doing")

    sent_by(reader, thanks, token=token, status="doing", note="", hours="5", what_happened="Well.")
    page = reader.get(f"/copies/follow-up?token={token}&status=trying")
    sent_by(reader, page, token=token, status="trying")
    now_of(session, copy)

    assert (copy.status, copy.hours_spent, copy.what_happened) == ("trying", 5, "Well.")


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "%00"])
def test_a_forged_token_opens_nothing(browser, token, forged):
    browser.get(f"/copies/follow-up?token={forged}&status=doing", 404)


def test_a_foreign_token_answers_for_its_own_copy_alone(app, copy, token, session):
    other = make_copy(session, copy.resource)
    session.commit()
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=doing")

    sent_by(reader, page, token=token, status="doing", copy_id=other.id, of=other.id)

    assert now_of(session, other).status == "planned"


def test_an_answer_needs_our_token_too(app, token):
    Browser(app).post("/copies/follow-up", 400, token=token, status="doing")


def test_a_made_up_answer_is_shown_again(app, token):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=burning")

    again = reader.post(
        "/copies/follow-up", 422, csrf_token=token_of(page), token=token, status="burning"
    )

    assert again.title.startswith("Error: ")


def test_who_has_not_begun_can_say_so(app, copy, token, session):
    reader = Browser(app)
    other = reader.get(f"/copies/follow-up?token={token}&status=doing")
    page = reader.get(f"/copies/follow-up?token={token}&status=planned")

    sent_by(reader, page, token=token, status="planned")

    assert "We have not begun yet" in dict(other.links)
    assert "No, we have not begun yet" in page.words
    assert now_of(session, copy).status == "planned"
    assert (
        "Nobody has copied it yet. 1 plans to."
        in reader.get(f"/case-studies/{copy.resource.slug}").words
    )


@pytest.mark.parametrize(
    ("wrong", "field"), [({"note": "x" * 501}, "note"), ({"hours": "six"}, "hours")]
)
def test_a_first_answer_that_is_refused_is_not_said_to_be_saved(app, copy, token, wrong, field):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=stopped")

    again = reader.post(
        "/copies/follow-up", 422, csrf_token=token_of(page), token=token, status="stopped", **wrong
    )

    assert again.heading == "How does it go?"
    assert "Nothing is saved yet. What you typed is still below." in again.words
    assert "is saved. You" not in again.words
    assert len(again.find(f".//*[@id='{field}']")) == 1


def test_an_addition_that_is_refused_leaves_the_answer_and_says_so(app, copy, token, session):
    reader = Browser(app)
    page = reader.get(f"/copies/follow-up?token={token}&status=doing")
    thanks = sent_by(reader, page, token=token, status="doing")

    again = reader.post(
        "/copies/follow-up",
        422,
        csrf_token=token_of(thanks),
        token=token,
        status="doing",
        hours="six",
    )

    assert "What you said before is saved." in again.words
    assert now_of(session, copy).status == "doing"
