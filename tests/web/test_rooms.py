"""A participant's pages: found by a code, followed by asking, over when it is over."""

import json
import re

from kb.training.models import Answer, Participant
from kb.web import rooms
from tests.web.in_rooms import WOULD, Phone


def test_a_code_is_found_however_it_is_typed(room, browser):
    typed = f" {room.code[:3].lower()} {room.code[3:].lower()} "

    page = browser.post("/join", code=typed)

    assert page.heading == "Join this session"
    assert room.code in page.text


def test_an_address_typed_in_small_letters_leads_to_the_room(room, browser):
    answer = browser.response(f"/j/{room.code.lower()}")

    assert answer.location == room.path


def test_a_wrong_code_is_answered_kindly(room, browser):
    page = browser.post("/join", expect=404, code="ZZZZZZ")

    assert page.title.startswith("Error: ")
    assert "There is no session with this code." in page.words
    assert page.find(".//input[@id='code']")[0].get("value") == "ZZZZZZ"
    assert browser.get("/j/<b>x", expect=404).heading == "Join a session"


def test_no_code_is_asked_for_again_and_is_no_guess(browser):
    page = browser.post("/join", expect=422, code="  ")

    assert rooms.NO_CODE in page.words


def test_guessing_ends_and_a_right_code_still_gets_in(room, browser):
    tried = [
        browser.response(f"/j/{'ABCDEFGH'[n % 8] * 6}/state") for n in range(rooms.WRONG_CODES)
    ]
    assert {answer.status_code for answer in tried} == {404}

    page = browser.post("/join", expect=429, code="ZZZZZZ")

    assert "the right code still works" in page.words
    assert int(page.headers["Retry-After"]) > 0
    assert browser.post("/join", code=room.code).heading == "Join this session"
    assert Phone(room).join().heading


def test_joining_takes_one_button_and_no_name(room):
    page = Phone(room).join()

    assert page.heading == "Look at the screen"
    assert "The next question comes by itself." in page.words
    assert len(room.stored(Participant, "id")) == 1


def test_each_phone_asks_what_changed_and_is_told_little(room, phone):
    first = phone.response(f"{room.path}/state")
    again = phone.response(f"{room.path}/state", headers={"If-None-Match": first.headers["ETag"]})

    room.ask("gap")
    later = phone.response(f"{room.path}/state", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
    assert "no-cache" in again.headers["Cache-Control"]
    assert list(json.loads(later.data)) == ["change"]
    assert later.json["change"] > first.json["change"]


def test_what_works_without_a_network_is_made_of_files_that_are_there(room, browser):
    answer = browser.response("/j/worker.js")

    files = re.findall(r"/assets/[\w./-]+", answer.text)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "worker-src" in answer.text
    assert "There is no network" in answer.text
    assert {browser.response(file).status_code for file in files} == {200}
    assert any("room-worker." in file for file in files)


def test_a_vote_of_somebody_changes_nothing_for_the_others(room, phone):
    room.ask("gap")
    before = phone.response(f"{room.path}/state").headers["ETag"]

    phone.choose("yes")

    assert phone.response(f"{room.path}/state").headers["ETag"] == before


def test_a_script_is_told_in_json(room, phone):
    asked = room.ask("gap")
    token = phone.fields()["room"]

    def send(chosen, held=token):
        return phone.client.post(
            f"{room.path}/answers",
            data={"round": asked, "chosen": chosen},
            headers={"X-Room": held},
        )

    assert send("yes").json == {"is_saved": True, "note": ""}
    assert send("maybe").status_code == 422
    assert send("maybe").json["is_yours_to_mend"]
    assert send("yes", "wrong").status_code == 403
    room.end_round("gap")
    assert send("no").status_code == 409
    room.close()
    assert send("no").status_code == 410
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_a_part_is_the_same_page_without_its_frame(room, phone):
    room.ask("gap")

    part = phone.response(f"{room.path}?part=1").text

    assert part.lstrip().startswith('<div class="screen"')
    assert WOULD in part
    assert "<html" not in part
    assert "Join this session" in Phone(room).response(f"{room.path}?part=1").text


def test_a_closed_session_says_thank_you_and_where_its_results_are(room, phone):
    room.close()

    mine = phone.get(room.path, expect=410)
    strangers = Phone(room).get(room.path, expect=410)

    assert mine.heading == "This session is over. Thank you."
    assert "See what the room said" in mine.words
    assert "Your attendance code is" in mine.words
    assert "See what the room said" not in strangers.words
    assert phone.response(f"{room.path}/state").status_code == 410
    assert phone.post("/join", expect=410, code=room.code).heading == mine.heading
    assert Phone(room).post(f"{room.path}/participants", expect=410).heading == mine.heading


def test_a_page_without_scripts_says_so_and_has_a_link_to_refresh(room, phone):
    page = phone.page()

    assert "press Refresh" in page.text
    assert ("Refresh", room.path) in page.links
