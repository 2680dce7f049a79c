"""The projector: one question at a time, and buttons that only its trainer can press."""

import pytest

from kb.clock import utcnow
from kb.training import answering
from kb.training.types import Block, Option, RoundKind
from tests.factories import make_case_study, make_term, make_tip_card, make_user
from tests.pages import Browser
from tests.people import Person
from tests.web.trainers import DO, FLIP, WANT, Trainer

SVG = "{http://www.w3.org/2000/svg}"
SCRIPT = '<script>alert("x")</script>'


@pytest.fixture
def trainer(app):
    return Trainer(app)


def test_a_private_link_shows_a_button_and_opens_the_session(app, trainer):
    browser = Browser(app)

    page = browser.get(f"{trainer.base}/key?key={trainer.key}")
    opened = browser.post(f"{trainer.base}/key", key=trainer.key)

    assert page.heading == "Run “Would like to, already do”"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert opened.heading == "Would like to, already do"
    assert "Set-Cookie" not in opened.headers


def test_the_key_is_kept_for_this_session_alone_and_out_of_reach_of_scripts(app, trainer):
    response = Browser(app).client.post(f"{trainer.base}/key", data={"key": trainer.key})

    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"trainer-{trainer.id}={trainer.key}; ")
    assert "HttpOnly" in cookie
    assert f"Path={trainer.base}" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "query", ["", "?key=", "?key=wrong", "?key=%F0%9F%94%91", "?key=" + "x" * 5000]
)
def test_a_wrong_or_missing_key_explains_itself(app, trainer, query):
    page = Browser(app).get(f"{trainer.base}/key{query}", expect=404)

    assert page.heading == "This link opens no session"


def test_keys_cannot_be_tried_for_ever(app, trainer):
    browser = Browser(app)
    for _ in range(60):
        browser.client.post(f"{trainer.base}/key", data={"key": "wrong"})

    page = browser.post(f"{trainer.base}/key", expect=429, key="wrong")
    right = browser.post(f"{trainer.base}/key", key=trainer.key)

    assert "Try again in" in page.words
    assert right.status == 200


def test_the_key_stands_on_no_page_and_in_no_log(trainer, caplog):
    pages = [trainer.present(), trainer.run(), trainer.get(f"{trainer.base}/close")]
    trainer.get(f"{trainer.base}/key?key={trainer.key}")

    assert len(trainer.key) == 43
    assert not any(trainer.key in page.text for page in pages)
    assert trainer.key not in caplog.text


@pytest.mark.parametrize("path", ["present", "run", "state", "run/state", "close"])
def test_nobody_else_sees_a_trainers_screens(app, trainer, path):
    other = Trainer(app)

    assert Browser(app).response(f"{trainer.base}/{path}").status_code == 404
    assert other.response(f"{trainer.base}/{path}").status_code == 404


def test_an_owner_opens_and_runs_it_with_their_account(app, session, runtime):
    owner, other = make_user(session), make_user(session)
    session.commit()
    trainer = Trainer(app)
    with trainer.session() as changed:
        trainer.training(changed).owner_id = owner.id
    person, somebody = Person(app, owner), Person(app, other)

    page = person.get(f"{trainer.base}/present")
    seal = page.find(".//input[@name='seal']")[0].get("value")
    at = page.find(".//input[@name='at']")[0].get("value")
    after = person.post(f"{trainer.base}/steps", seal=seal, at=at, way="next")

    assert page.heading == WANT
    assert "people have answered" in after.words
    assert somebody.response(f"{trainer.base}/present").status_code == 404


def test_a_guest_trainer_is_given_no_session_of_ours(trainer):
    for path in ("present", "run", "state"):
        response = trainer.response(f"{trainer.base}/{path}")

        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_button_that_another_site_presses_does_nothing(trainer):
    other = Trainer(trainer.client.application)

    for seal in ("", "x", other.seal()):
        page = trainer.post(f"{trainer.base}/gap", expect=403, seal=seal, hidden="1")
        assert "open for too long" in page.words
    assert "Voting is not open yet." in trainer.present().words


def test_the_join_address_and_code_stand_on_every_screen(trainer):
    pages = [trainer.present()]
    for _ in range(6):
        pages.append(trainer.step())

    for page in pages:
        assert trainer.code in page.text
        assert "/join" in page.text
        assert page.find(f".//{SVG}path")


def test_the_two_questions_lead_to_the_gap(trainer):
    one, two = trainer.rounds()
    trainer.step()
    people = [trainer.answer(one, "yes") for _ in range(3)]
    asked = trainer.step()
    with trainer.session() as session:
        answering.answer(session, two, people[0], ["yes"], now=utcnow())
        for each in people[1:]:
            answering.answer(session, two, each, ["no"], now=utcnow())
    page = trainer.step()

    assert asked.heading == DO
    assert "Hands up, question 2 of 2" in asked.words
    assert "3 would like to" in page.words
    assert "1 already do" in page.words
    assert "2 people want to and do not yet. That is the gap we are here to close." in page.words


def test_while_a_vote_is_open_only_how_many_answered_is_shown(trainer):
    trainer.step()
    trainer.answer(trainer.rounds()[0], "yes")
    page = trainer.present()

    assert "1 of 1 person has answered" in page.words
    assert "would like to" not in page.words
    assert page.find(".//noscript")


def test_pressing_next_twice_goes_on_once(trainer):
    page = trainer.present()
    at = [e.get("value") for e in page.find(".//input[@name='at']")][-1]

    trainer.press("steps", way="next", at=at)
    again = trainer.press("steps", way="next", at=at)

    assert again.heading == WANT


def test_the_gap_can_be_hidden_and_shown(trainer):
    for one, number in zip(trainer.rounds(), ("23", "4"), strict=True):
        trainer.press(f"rounds/{one.id}/hands", people="25", **{"hands-yes": number})

    hidden = trainer.press("gap", hidden="1")
    shown = trainer.press("gap", hidden="0")

    assert "19 people want to" not in hidden.words
    assert "Show the gap" in words_of(hidden)
    assert "19 people want to and do not yet." in shown.words
    assert "totals" in shown.words
    assert len(shown.find(f".//div[@class='hands of-25']/{SVG}svg")) == 50


def test_a_crowd_is_two_bars_with_numbers(trainer):
    for one, number in zip(trainer.rounds(), ("230", "40"), strict=True):
        trainer.press(f"rounds/{one.id}/hands", people="300", **{"hands-yes": number})

    page = trainer.present()

    assert not page.find(".//div[@class='hands of-300']")
    assert len(page.find(f".//{SVG}svg[@class='crowd']")) == 2
    assert "190 people want to and do not yet." in page.words


@pytest.mark.parametrize(
    ("hands", "people"),
    [
        *(("-1", "25"), ("1e9", "25"), ("many", "25"), ("999999999999", "25"), ("26", "25")),
        *(("5", "many"), ("5", "-3"), ("5", "0"), ("5", ""), ("²", "25"), ("5", "99999999")),
    ],
)
def test_a_hand_count_that_cannot_be_is_refused_where_it_was_typed(trainer, hands, people):
    one = trainer.rounds()[0]

    page = trainer.press(
        f"rounds/{one.id}/hands", expect=422, people=people, **{"hands-yes": hands}
    )

    assert page.title.startswith("Error: ")
    assert trainer.rounds()[0].hands == {}


def test_hands_are_typed_in_while_voting_is_open(trainer):
    one = trainer.rounds()[0]
    trainer.step()
    trainer.answer(one, "yes")
    trainer.press(f"rounds/{one.id}/hands", people="10", **{"hands-yes": "4"})

    page = trainer.present()

    closed = (trainer.step(), trainer.step())[1]

    assert "1 person has answered on phones Hands were counted in a room of 10." in page.words
    assert "4" not in page.words.partition(trainer.code)[0]
    assert "5 would like to" in closed.words


def test_hands_of_another_sessions_question_are_not_found(app, trainer):
    foreign = Trainer(app).rounds()[0]

    page = trainer.press(
        f"rounds/{foreign.id}/hands", expect=404, people="9", **{"hands-yes": "1"}
    )

    assert page.status == 404


def test_barriers_bring_who_got_round_them(trainer, session):
    term = make_term(session, "barrier", "skills", label="Nobody has shown us how")
    make_case_study(session, title="A tea-break lesson", barrier=[term.slug])
    make_tip_card(session, title="Start small", number=2, barrier=[term.slug])
    session.commit()
    trainer.press("place", block="1")
    one = trainer.rounds("way")[0]
    trainer.step()
    trainer.answer(one, "skills")
    page = trainer.step()

    assert "1 Skills" in page.words
    (link,) = page.find(".//a[@href='/case-studies/a-tea-break-lesson']")
    assert (link.text, link.get("target")) == ("A tea-break lesson", "_blank")
    assert "Tip card 2 Start small" in page.words
    assert any(address == "/barriers/skills" for _, address in page.links)


def test_ideas_are_seen_only_when_they_are_let_through(trainer):
    trainer.press("place", block="3")
    one = trainer.rounds("ideas")[0]
    trainer.step()
    idea = trainer.say(one, f"Ask early {SCRIPT}")
    before = trainer.present()
    trainer.press(f"ideas/{idea}", to="shown")
    after = trainer.present()

    assert "1 idea has come in" in before.words
    assert "Ask early" not in before.text
    assert f"Ask early {SCRIPT}" in after.words
    assert SCRIPT not in after.text


def test_what_packs_and_hosts_say_is_text(app):
    block = Block(
        key="a",
        title=SCRIPT,
        minutes=5,
        round=RoundKind.ONE,
        question=SCRIPT,
        options=(Option(key="a", label=SCRIPT), *FLIP),
        notes=SCRIPT,
    )
    trainer = Trainer(app, blocks=[block], title=SCRIPT, host=SCRIPT)

    for text in (
        trainer.present().text,
        trainer.run().text,
        trainer.step().text,
        trainer.step().text,
        trainer.get(f"{trainer.base}/close").text,
    ):
        assert SCRIPT not in text


def test_a_poll_is_told_that_nothing_changed(trainer):
    first = trainer.response(f"{trainer.base}/state")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = trainer.response(f"{trainer.base}/state", headers=tag)
    trainer.step()
    after = trainer.response(f"{trainer.base}/state", headers=tag)

    assert first.json["title"] == WANT
    assert set(first.json["parts"]) == {"top", "screen", "foot"}
    assert again.status_code == 304
    assert after.status_code == 200


def test_the_timer_stands_there_as_clock_times(trainer):
    clock = trainer.present().find(".//span[@data-timer]")[0]

    assert clock.get("data-minutes") == "10"
    assert " to " in clock.text


def test_before_it_begins_the_room_is_invited(app):
    trainer = Trainer(app, is_open=False)
    before = trainer.present()
    after = trainer.step()

    assert "We begin soon" in before.words
    assert after.heading == WANT


def test_back_leads_to_the_block_before(trainer):
    trainer.press("place", block="2")

    page = trainer.step("back")

    assert page.heading == "What gets in the way?"


def test_a_closed_session_says_so(trainer):
    trainer.press("close")

    page = trainer.present()

    assert page.heading == "Thank you"
    assert trainer.code not in page.words
    assert not page.find(".//button[@id='go-back']")
    (keep,) = page.find(".//a[@class='joincard__keep']")
    _, path, query = keep.get("href").partition("/sessions/")
    assert Browser(trainer.client.application).get(path + query).heading


def test_a_participant_cannot_press_the_trainers_buttons(app, trainer):
    phone = Browser(app)
    phone.client.post("/join", data={"code": trainer.code})
    one = trainer.rounds()[0]

    for path in ("steps", "gap", "close", "parking", "blocks", f"rounds/{one.id}/state"):
        answer = phone.client.post(f"{trainer.base}/{path}", data={"seal": "x", "to": "open"})
        assert answer.status_code == 404


def words_of(page):
    return " ".join(page.text.split())
