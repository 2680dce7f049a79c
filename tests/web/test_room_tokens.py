"""One phone is one participant, and nobody else's page can speak for it."""

import pytest

from kb.training.models import Answer, Participant
from tests.web.in_rooms import Phone


def test_looking_at_the_address_joins_nobody(room, browser):
    browser.get(room.path)

    assert room.stored(Participant, "id") == []


def test_joining_again_in_the_same_browser_stays_the_same_participant(room, phone):
    phone.join()

    assert len(room.stored(Participant, "id")) == 1


def test_a_page_of_another_site_makes_nobody_join(room, browser):
    answer = browser.client.post(
        f"{room.path}/participants", headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert room.stored(Participant, "id") == []


def test_the_cookie_is_for_this_room_and_no_session_of_flask_is_opened(room, browser):
    answer = browser.client.post(f"{room.path}/participants")

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"room-{room.code}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={room.path}" in cookie
    assert "Max-Age=43200" in cookie


def test_nothing_here_sets_a_cookie_of_flask_or_may_be_kept_on_the_way(room, phone):
    room.ask("gap")
    fields = phone.fields()
    answers = [
        phone.response("/join"),
        phone.response(room.path),
        phone.response(f"{room.path}?part=1"),
        phone.client.post(f"{room.path}/answers", data=fields | {"chosen": "yes"}),
        phone.client.post(f"{room.path}/answers", data={}),
        phone.response("/j/ZZZZZZ"),
    ]

    assert {answer.headers.get("Set-Cookie") for answer in answers} == {None}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}


def test_two_tabs_are_one_participant(room, phone):
    room.ask("gap")
    one, two = phone.fields(), phone.fields()

    phone.post(f"{room.path}/answers", **one | {"chosen": "yes"})
    phone.post(f"{room.path}/answers", **two | {"chosen": "no"})

    assert room.stored(Answer, "chosen") == [(["no"],)]


@pytest.mark.parametrize("token", [None, "", "of somebody else"])
def test_an_answer_without_the_right_token_leads_to_joining_and_is_kept(room, phone, token):
    asked = room.ask("one")
    sent = {"round": asked, "chosen": "weekly"} | ({"room": token} if token is not None else {})

    page = phone.post(f"{room.path}/answers", expect=403, **sent)

    assert page.heading == "Join this session"
    assert "Your answer is not sent yet" in page.words
    assert room.stored(Answer, "chosen") == []
    kept = {each.get("name"): each.get("value") for each in page.find(".//form//input")}
    joined = phone.post(f"{room.path}/participants", **kept)
    assert "You said Every week." in joined.words
    assert len(room.stored(Participant, "id")) == 1


def test_the_token_of_one_phone_is_no_use_in_another(room, phone):
    room.ask("gap")
    stolen, other = phone.fields(), Phone(room)
    other.join()

    other.post(f"{room.path}/answers", expect=403, **stolen | {"chosen": "yes"})

    assert room.stored(Answer, "chosen") == []
