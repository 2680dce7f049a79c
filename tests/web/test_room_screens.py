"""One thing at a time on a phone: what is asked, what I said, and what may be seen by now."""

import pytest

from kb.clock import utcnow
from kb.training import sessions
from kb.training.models import Answer
from kb.training.types import Block
from tests.factories import make_case_study, make_term
from tests.web.in_rooms import BLOCKS, DO, WOULD, Phone, Room

JOKER = '<script>alert(1)</script> \u202eevil\u202c 🐉 שלום <img src=x onerror="x">'


def test_before_it_begins_people_wait_in_the_room(app):
    page = Phone(Room(app)).join()

    assert page.heading == "You are in"
    assert "has not begun yet" in page.words


def test_the_two_questions_of_the_gap_are_answered_by_one_press_each(room, phone):
    room.ask("gap")
    page = phone.page()
    assert page.heading == WOULD
    assert [button.get("value") for button in page.find(".//fieldset//button")] == ["yes", "no"]

    answered = phone.choose("yes")
    room.ask("gap", part=2)

    assert "You said yes." in answered.words
    assert phone.page().heading == DO
    assert "Question 2 of 2" in phone.page().words
    assert dots(page) == ["on", None, None]
    assert dots(phone.page()) == ["on", "on", None]
    room.ask("pledge")
    assert dots(phone.page()) == ["on", "on", "on"]
    assert room.stored(Answer, "chosen") == [(["yes"],)]


@pytest.mark.parametrize(
    ("key", "control", "chosen"),
    [("one", "radio", "weekly"), ("scale", "radio", "4"), ("stops", "checkbox", "skills")],
)
def test_choices_are_native_controls_under_the_question(room, phone, key, control, chosen):
    room.ask(key)
    page = phone.page()

    answered = phone.choose(chosen)

    assert {each.get("type") for each in page.find(".//fieldset//input")} == {control}
    assert len(page.find(".//fieldset/legend/h1")) == 1
    assert "You said" in answered.words
    assert room.stored(Answer, "chosen") == [([chosen],)]


def test_several_can_be_chosen_where_that_is_asked(room, phone):
    room.ask("stops")

    answered = phone.choose("skills", "time")

    assert "You said We do not know how; No time." in answered.words


def test_results_are_hidden_until_they_are_shown_and_then_are_numbers_and_words(room, phone):
    other = Phone(room)
    other.join()
    room.ask("one")
    phone.choose("weekly")
    other.choose("never")
    room.end_round("one")
    hidden = phone.page()

    room.end_round("one", show=True)
    shown = phone.page()

    assert hidden.heading == "Look at the screen"
    assert "You said Every week." in hidden.words
    assert "Never" not in hidden.words
    assert shown.heading == "How often do you post?"
    assert "Every week You said this1" in shown.words
    assert "Never1" in shown.words


def test_whoever_cannot_see_the_screen_finds_its_links_on_their_phone(app, session):
    make_term(session, "barrier", "skills", label="Nobody has shown us how")
    study = make_case_study(session, title="A tea-break lesson", barrier=["skills"])
    session.commit()
    read = Block(key="read", title="Read", minutes=5, refs=(study.ref,))
    room = Room(app, blocks=(*BLOCKS, read)).open()
    phone = Phone(room)
    phone.join()
    room.ask("stops")
    phone.choose("skills")
    before = phone.page()
    room.end_round("stops", show=True)
    voted = phone.page()
    room.does(lambda session, training: sessions.go_to(session, training, 7, now=utcnow()))

    waiting = phone.page()

    address = f"/case-studies/{study.slug}"
    assert address not in before.text
    assert waiting.heading == "Look at the screen"
    for page in (voted, waiting):
        (link,) = page.find(f".//a[@href='{address}']")
        assert (link.text, link.get("target")) == ("A tea-break lesson", "_blank")


def test_the_gap_is_told_in_its_sentence(room, phone):
    room.ask("gap")
    phone.choose("yes")
    room.ask("gap", part=2)
    phone.choose("no")
    room.end_round("gap", show=True)
    room.end_round("gap", part=2, show=True)

    page = phone.page()

    assert page.heading == "What the room said"
    assert "1 person wants to and does not yet." in page.words


def test_ideas_are_shown_to_others_only_when_the_trainer_lets_them(room, phone):
    other = Phone(room)
    other.join()
    room.ask("ideas")

    mine = phone.send("ideas", text="Post the agenda as a picture")
    before = other.page()
    room.let_through()
    after = other.page()

    assert "Post the agenda as a pictureWaiting for the trainer" in mine.words
    assert "agenda" not in before.words
    assert "Post the agenda as a picture" in after.words


def test_jokers_are_shown_as_harmless_text(room, phone):
    other = Phone(room)
    other.join()
    room.ask("ideas")
    phone.send("ideas", text=JOKER)
    room.let_through()

    page = other.page()

    assert "<script>alert(1)</script>" in page.words
    assert "🐉 שלום" in page.words
    assert "\u202e" not in page.text
    assert len(page.find(".//main//img")) == 0
    (said,) = page.find(".//ul[@class='saids']//bdi")
    assert said.text.startswith("<script>")


def test_nobody_sees_what_another_answered(room, phone):
    other = Phone(room)
    other.join()
    room.ask("one")

    phone.choose("weekly")

    assert "You said" not in other.page().words
    assert len(other.page().find(".//input[@checked]")) == 0


def dots(page):
    return [dot.get("class") for dot in page.find(".//ol[@class='dots']/li")]
