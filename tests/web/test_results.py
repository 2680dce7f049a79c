"""After a session, as its trainer and its room see it in a browser."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import select

from kb.training import attendance, sessions
from kb.training.models import SessionState, TrainingSession
from kb.training.types import RoundKind
from kb.web.forms.moments import NOT_A_TIME
from kb.web.outside import local
from tests.factories import make_council, make_tip_card, make_user
from tests.pages import Browser
from tests.people import Person, token_of
from tests.training.past import (
    SECRET,
    gap_block,
    join,
    make_barriers,
    make_block,
    make_gap,
    make_idea,
    make_pledge,
    make_round,
    make_session,
)

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = f".//{SVG}svg[@role='img']"
NASTY = '=1+1"><script>alert(1)</script>{{7*7}}\u202e'


@pytest.fixture
def training(session):
    """A session that is over, with one of everything."""
    made = make_session(
        session,
        blocks=[gap_block(), make_block("pairs", title="Pairs")],
        ran=[{"key": "gap", "title": "The gap", "minutes": 5, "seconds": 360}],
        parked=["Who prints the cards"],
    )
    make_gap(session, made, hands=(23, 4), people=25)
    make_barriers(session, made, {"skills": 7, "time": 5}, people=25)
    made.devices = join(session, made, 3)
    ideas = make_round(session, made, "i", RoundKind.IDEAS)
    make_idea(session, ideas, "Post a short film", votes=made.devices[:2])
    pledges = make_round(session, made, "p", RoundKind.PLEDGE)
    card = make_tip_card(session, title="Talk to comms anyway", number=4)
    make_pledge(session, pledges, made.devices[0], cards=[card], email="bev@example.org")
    session.commit()
    return made


@pytest.fixture
def trainer(app, training):
    return with_key(app, training)


def with_key(app, training):
    browser = Browser(app)
    give_key(browser, training, training.trainers_token)
    return browser


def give_key(browser, training, key):
    path = f"/sessions/{training.id}"
    browser.client.set_cookie(f"trainer-{training.id}", key, path=path)


def view(training):
    return attendance.view_token(training, secret=SECRET)


def at(training, page, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/sessions/{training.id}/{page}" + (f"?{asked}" if asked else "")


def typed_in(page):
    """What a browser sends back of the form that is on a page, untouched."""
    fields = page.find(".//form[@method='post']//input")
    return {field.get("name"): field.get("value") for field in fields}


def seal(browser, training):
    return token_of(browser.get(at(training, "results")))


def test_the_results_say_all_that_happened(trainer, training):
    page = trainer.get(at(training, "results"))

    assert page.heading == "19 of us want to and do not yet"
    for words in (
        "Calderwick scrutiny team",
        "25 people",
        "23 would like to",
        "4 already do",
        "Skills",
        "2 votes: Post a short film",
        "4. Talk to comms anyway",
        "4 December 2026",
        "When our inquiry starts, I will post the call for evidence",
        "Who prints the cards",
        "23 and 4 hands were counted in the room.",
        "6 min",
        "Did not run",
        "1 left an address",
    ):
        assert words in page.words


def test_the_picture_says_its_numbers_to_who_cannot_see_it(trainer, training):
    page = trainer.get(at(training, "results"))

    labels = [e.get("aria-label") for e in page.find(PICTURES)]
    assert labels == [
        "23 of 25 hands up",
        "4 of 25 hands up, 19 lowered: they would like to and do not yet",
    ]
    hands = page.find(f".//{SVG}svg[@role='img']//{SVG}use")
    assert [h.get("class") for h in hands].count("down") == 19


def test_more_than_sixty_people_are_a_bar(app, session):
    training = make_session(session, blocks=[gap_block()])
    make_gap(session, training, hands=(100, 10), people=120)
    session.commit()

    page = with_key(app, training).get(at(training, "results"))

    assert next(e.get("aria-label") for e in page.find(PICTURES)) == ("100 of 120 people")
    assert page.find(f".//{SVG}use") == []


def test_while_it_runs_the_trainer_sees_what_there_is_and_the_room_nothing(app, session):
    training = make_session(session, blocks=[gap_block()], state=SessionState.OPEN, closed_at=None)
    make_gap(session, training, hands=(9, 2), people=10)
    session.commit()

    page = with_key(app, training).get(at(training, "results"))

    assert "still running" in page.words
    assert page.heading == "7 of us want to and do not yet"
    Browser(app).get(at(training, "results", view=view(training)), expect=404)


@pytest.mark.parametrize("name", ["results", "handout", "certificate", "again.ics"])
def test_the_rooms_link_opens_what_is_for_the_room(browser, training, name):
    answer = browser.response(at(training, name, view=view(training)))

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "name", ["results.csv", "results.json", "attendance", "write-up", "again"]
)
def test_the_rooms_link_opens_nothing_of_the_trainers(browser, training, name):
    assert browser.response(at(training, name, view=view(training))).status_code == 404


def test_the_room_sees_no_parked_points_and_no_address(browser, training):
    page = browser.get(at(training, "results", view=view(training)))

    assert "Who prints the cards" not in page.words
    assert "left an address" not in page.words
    assert "write-up" not in page.words


@pytest.mark.parametrize(
    "name",
    [
        *("results", "handout", "results.csv", "results.json", "attendance"),
        *("certificate", "again", "again.ics", "write-up"),
    ],
)
@pytest.mark.parametrize("token", ["", "x", "0" * 40])
def test_nobody_else_finds_anything(browser, training, name, token):
    query = {"view": token} if token else {}

    assert browser.response(at(training, name, **query)).status_code == 404


def test_the_key_and_the_link_of_another_session_open_nothing(app, session, training):
    other = make_session(session)
    session.commit()
    browser = Browser(app)
    give_key(browser, training, other.trainers_token)

    browser.get(at(training, "results"), expect=404)
    browser.get(at(training, "results", view=view(other)), expect=404)
    browser.get("/sessions/4711/results", expect=404)


def test_its_owner_sees_it_without_the_key_and_others_with_accounts_do_not(app, session, training):
    owner, other = make_user(session, make_council(session)), make_user(session)
    training.owner_id = owner.id
    session.commit()

    assert Person(app, owner).get(at(training, "results")).heading.startswith("19 of us")
    Person(app, other).get(at(training, "results"), expect=404)


def test_nothing_is_told_that_somebody_did_not_let_through(session, app):
    training = make_session(session)
    ideas = make_round(session, training, "i", RoundKind.IDEAS)
    make_idea(session, ideas, "Hidden words", state="waiting")
    session.commit()

    browser = with_key(app, training)

    for name in ("results", "handout", "results.csv", "results.json"):
        assert "Hidden words" not in browser.response(at(training, name)).text


@pytest.fixture
def nasty(session):
    """Everything that somebody can type is hostile."""
    training = make_session(
        session,
        title=NASTY,
        host=NASTY,
        blocks=[gap_block(title=NASTY, question=NASTY, second_question=NASTY)],
        ran=[{"key": "gap", "title": NASTY, "minutes": 5, "seconds": 60}],
        parked=[NASTY],
    )
    make_gap(session, training, hands=(9, 2), people=10)
    device = join(session, training)[0]
    make_idea(session, make_round(session, training, "i", RoundKind.IDEAS), NASTY)
    pledges = make_round(session, training, "p", RoundKind.PLEDGE)
    make_pledge(session, pledges, device, when=NASTY, will=NASTY)
    make_round(session, training, "o", RoundKind.ONE, question=NASTY)
    session.commit()
    return training


@pytest.mark.parametrize(
    "name", ["results", "handout", "certificate", "attendance", "again", "write-up"]
)
def test_what_people_typed_is_text_on_every_page(app, nasty, name):
    page = with_key(app, nasty).get(at(nasty, name))

    assert "<script>alert" not in page.text
    assert "alert(1)" in page.text


def test_a_cell_never_begins_as_a_formula(app, nasty):
    answer = with_key(app, nasty).response(at(nasty, "results.csv"))

    cells = [cell for row in csv.reader(StringIO(answer.text)) for cell in row]
    assert answer.mimetype == "text/csv"
    assert any(cell.startswith("'=1+1") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_json_is_no_page(app, nasty):
    answer = with_key(app, nasty).response(at(nasty, "results.json"))

    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.text)["session"]["title"] == NASTY


def test_a_title_adds_no_line_to_a_calendar(app, session):
    training = make_session(
        session, blocks=[gap_block()], title="A;B,C\\D\r\nATTENDEE:mailto:x@example.org" + "ŵ" * 90
    )
    session.commit()

    text = with_key(app, training).client.get(at(training, "again.ics")).get_data(as_text=True)

    lines = text.split("\r\n")
    assert not [line for line in lines if line.startswith("ATTENDEE")]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "A\\;B\\,C\\\\D\\nATTENDEE:mailto:x@example.org" in text.replace("\r\n ", "")


def test_the_calendar_has_the_day_three_months_on(trainer, training):
    answer = trainer.response(at(training, "again.ics"))

    assert answer.mimetype == "text/calendar"
    start = training.opened_at + timedelta(weeks=13)
    assert f"DTSTART:{start:%Y%m%dT%H%M00Z}" in answer.text
    assert f"results?view={view(training)}" in answer.text.replace("\r\n ", "")


def test_attendance_says_yes_or_no_to_a_code(trainer, training):
    code = attendance.code_for(training, training.devices[1].token, secret=SECRET)

    assert "3 devices joined" in trainer.get(at(training, "attendance")).words
    assert "Yes." in trainer.get(at(training, "attendance", code=code.lower())).words
    assert "No." in trainer.get(at(training, "attendance", code="AAAAA-AAAAA")).words


def test_a_certificate_holds_the_code_but_no_name(browser, training):
    code = attendance.code_for(training, training.devices[1].token, secret=SECRET)

    mine = browser.get(at(training, "certificate", view=view(training), code=code))
    made_up = browser.get(at(training, "certificate", view=view(training), code="AAAAA-AAAAA"))

    assert code in mine.words
    assert "23 November 2026, 6 minutes" in mine.words
    assert "AAAAA" not in made_up.words
    assert "Certificate of taking part" in made_up.words


def test_the_same_gap_is_prepared_again(trainer, training, session):
    training.is_public = False
    session.commit()
    offered = typed_in(trainer.get(at(training, "again")))

    ready = trainer.post(at(training, "again"), **offered)

    new = session.scalars(select(TrainingSession).order_by(TrainingSession.id.desc())).first()
    assert ready.heading == "Your session is ready"
    link = ready.find(".//p[@id='private-link']")[0].text
    key = re.search(rf"/sessions/{new.id}/key\?key=([\w-]+)$", link)[1]
    assert sessions.of_trainer(session, new.id, key) is new
    assert (new.before_id, new.is_public) == (training.id, False)
    began = local(training.opened_at)
    assert local(new.starts_at).date() == began.date() + timedelta(weeks=13)
    assert f"{local(new.starts_at):%H:%M}" == offered["at"] == f"{began:%H:%M}"
    trainer.get(f"/sessions/{new.id}/present")


def test_a_day_or_time_that_is_none_is_refused_kindly(trainer, training):
    offered = typed_in(trainer.get(at(training, "again")))

    again = trainer.post(at(training, "again"), expect=422, **offered | {"at": "noon"})

    assert [link.text for link in again.find(".//a[@href='#at']")] == [NOT_A_TIME]
    assert typed_in(again)["at"] == "noon"


def test_without_a_gap_nothing_can_be_asked_again(app, session):
    training = make_session(session, blocks=[make_block()])
    session.commit()

    page = with_key(app, training).get(at(training, "again"))

    assert "there is no gap to ask again" in page.words


def test_asked_again_both_gaps_stand_side_by_side(app, session, training):
    second = make_session(session, blocks=[gap_block()], before_id=training.id)
    make_gap(session, second, hands=(22, 9), people=25)
    session.commit()

    page = with_key(app, second).get(at(second, "results"))

    assert "19 wanted to and did not" in page.words
    assert "4 did it then, 9 do now" in page.words


def test_the_trainer_takes_the_numbers_out_of_the_national_picture(trainer, training, session):
    page = trainer.post(
        at(training, "publicity"), csrf_token=seal(trainer, training), is_public="no"
    )

    session.expire_all()
    assert "is not counted" in page.words
    assert not session.get(TrainingSession, training.id).is_public


@pytest.mark.parametrize("name", ["publicity", "again", "write-up"])
def test_a_stranger_changes_nothing(app, training, name):
    browser = Browser(app)
    token = token_of(browser.get("/sign-in"))

    answer = browser.client.post(at(training, name), data={"csrf_token": token})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["publicity", "again", "write-up", "write-up/1"])
def test_another_site_cannot_press_the_trainers_buttons(trainer, training, name):
    assert trainer.client.post(at(training, name), data={}).status_code == 400


def test_nobody_who_reads_is_given_a_session(browser, training):
    answer = browser.response(at(training, "results", view=view(training)))

    assert "Set-Cookie" not in answer.headers
