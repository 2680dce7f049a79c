"""Phones in a room: real browsers that follow what is on, also without scripts or a mouse."""

import pytest

from kb.training.models import Answer, Participant, Pledge
from tests.browser.forced_colours import lost
from tests.browser.keyboard import Keyboard
from tests.browser.room import PHONE
from tests.web.in_rooms import DO, WOULD

SMALLEST = {"width": 320, "height": 568}
SCREENS = ["waiting", "gap", "said", "one", "scale", "stops", "ideas", "pledge", "results"]


def test_the_page_follows_what_is_on_by_itself(room, phone):
    room.ask("gap")
    phone.get_by_role("heading", name=WOULD).wait_for()
    phone.get_by_role("button", name="Yes, hand up").click()
    phone.get_by_text("You said yes.").wait_for()

    room.ask("gap", part=2)

    phone.get_by_role("heading", name=DO).wait_for()
    assert phone.title().startswith(DO)
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_nobody_is_interrupted_while_typing(room, phone):
    room.ask("ideas")
    field = phone.get_by_label("Your idea")
    field.fill("Half a tho")
    with phone.expect_response(lambda answer: answer.url.endswith("/state") and answer.ok):
        room.ask("one")

    assert field.input_value() == "Half a tho"
    assert field.evaluate("e => e === document.activeElement")
    field.blur()
    phone.get_by_label("Every week").wait_for()
    room.ask("ideas")
    phone.get_by_label("Your idea").wait_for()
    assert phone.get_by_label("Your idea").input_value() == "Half a tho"


def test_the_focus_stays_where_it_was_when_something_new_is_shown(room, open_phone):
    phone, other = open_phone(), open_phone()
    room.ask("ideas")
    field = phone.get_by_label("Your idea")
    field.focus()
    other.get_by_label("Your idea").fill("Post the agenda")
    other.get_by_role("button", name="Send my idea").click()
    other.get_by_text("Waiting for the trainer").wait_for()

    room.let_through()

    phone.get_by_text("Post the agenda").wait_for()
    assert field.evaluate("e => e === document.activeElement")


def test_two_tabs_of_one_phone_are_one_participant(room, phone):
    room.ask("gap")
    second = phone.context.new_page()
    second.goto(room.path)

    phone.get_by_role("button", name="Yes, hand up").click()
    phone.get_by_text("You said yes.").wait_for()
    second.reload()

    assert second.get_by_text("You said yes.").is_visible()
    second.get_by_text("Change it").click()
    second.get_by_role("button", name="Not for me").click()
    second.get_by_text("You said no.").wait_for()
    assert room.stored(Answer, "chosen") == [(["no"],)]
    assert len(room.stored(Participant, "id")) == 1


def test_a_phone_that_lost_its_cookie_joins_again_and_its_answer_follows(room, phone):
    room.ask("gap")
    phone.get_by_role("button", name="Yes, hand up").wait_for()
    phone.context.clear_cookies()

    phone.get_by_role("button", name="Yes, hand up").click()
    phone.get_by_role("button", name="Join").click()

    phone.get_by_text("You said yes.").wait_for()
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_when_it_is_over_every_phone_says_thank_you(room, phone):
    room.close()

    phone.get_by_role("heading", name="This session is over. Thank you.").wait_for()


def test_all_of_it_works_without_scripts(room, open_phone):
    phone = open_phone(java_script_enabled=False)
    assert phone.locator(".live__note").is_visible()
    assert not phone.locator(".itself").first.is_visible()
    room.ask("gap")
    phone.get_by_role("link", name="Refresh").click()
    phone.get_by_role("button", name="Yes, hand up").click()
    assert phone.get_by_text("You said yes.").is_visible()
    phone.get_by_text("Change it").click()
    phone.get_by_role("button", name="Not for me").click()
    room.ask("stops")
    phone.get_by_role("link", name="Refresh").click()
    phone.get_by_label("No time").check()
    phone.get_by_role("button", name="Send my answer").click()
    room.ask("ideas")
    phone.get_by_role("link", name="Refresh").click()
    phone.get_by_label("Your idea").fill("Post the agenda")
    phone.get_by_role("button", name="Send my idea").click()

    assert phone.get_by_text("Waiting for the trainer").is_visible()
    assert room.stored(Answer, "chosen") == [(["no"],), (["time"],)]


def test_all_of_it_works_with_the_keyboard_alone(room, open_phone):
    page = open_phone(joins=False)
    keys = Keyboard(page)
    keys.leave_by(page.get_by_role("button", name="Join"))
    room.ask("gap")
    page.get_by_role("button", name="Yes, hand up").wait_for()
    keys.press(page.get_by_role("button", name="Yes, hand up"))
    page.get_by_text("You said yes.").wait_for()
    room.ask("one")
    page.get_by_label("Every week").wait_for()
    keys.choose(page.get_by_label("Every week"))
    keys.press(page.get_by_role("button", name="Send my answer"))
    page.get_by_text("You said Every week.").wait_for()
    room.ask("pledge")
    page.get_by_label("I will …").wait_for()
    keys.write(page.get_by_label("I will …"), "post the call for evidence")
    keys.press(page.get_by_role("button", name="Make my pledge"))
    page.get_by_text("I will post the call for evidence.").wait_for()

    assert room.stored(Answer, "chosen") == [(["yes"],), (["weekly"],)]
    assert room.stored(Pledge, "will") == [("post the call for evidence",)]


@pytest.mark.parametrize("viewport", [PHONE, SMALLEST], ids=["390", "320"])
@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(room, open_phone, axe, name, viewport):
    phone = open_phone(viewport=viewport)
    arrange(room, phone, name)

    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    phone.emulate_media(forced_colors="active")
    assert lost(phone) == []


@pytest.mark.parametrize("viewport", [PHONE, SMALLEST], ids=["390", "320"])
def test_the_ways_in_and_out_are_sound_too(room, open_phone, axe, viewport):
    phone = open_phone(joins=False, viewport=viewport)
    assert axe(phone) == []
    phone.goto("/join")
    assert axe(phone) == []
    phone.get_by_label("The code on the screen").fill("ZZZZZZ")
    phone.get_by_role("button", name="Go to the session").click()
    phone.get_by_text("We could not find your session").wait_for()
    assert axe(phone) == []
    room.close()
    phone.goto(room.path)
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("name", ["gap", "one", "stops", "pledge"])
def test_answers_are_large_enough_for_a_thumb(room, open_phone, name):
    phone = open_phone()
    arrange(room, phone, name)

    heights = phone.evaluate(
        "[...document.querySelectorAll('.big, .pickcard')].filter(e => e.offsetParent)"
        ".map(e => e.getBoundingClientRect().height)"
    )

    assert min(heights) >= 68


def test_nothing_is_refused_by_the_content_security_policy(room, open_phone):
    phone = open_phone()
    heard = []
    phone.on("console", lambda message: heard.append(message.text))
    arrange(room, phone, "ideas")

    phone.get_by_label("One more idea").fill('<img src=x onerror="alert(1)">')
    phone.get_by_role("button", name="Send my idea").click()
    phone.get_by_text("<img src=x").wait_for()

    assert heard == []


def arrange(room, phone, name):
    """Bring the room, and this phone, to one of its screens."""
    if name == "waiting":
        return
    if name == "pledge":
        for number in range(1, 8):
            room.card(number=number)
    key = {"said": "one", "results": "one"}.get(name, name)
    room.ask(key)
    phone.reload()
    if name in {"said", "results"}:
        phone.get_by_label("Every week").check()
        phone.get_by_role("button", name="Send my answer").click()
        phone.get_by_text("You said Every week.").wait_for()
    if name == "ideas":
        phone.get_by_label("Your idea").fill("Post the agenda as a picture, שלום 🐉")
        phone.get_by_role("button", name="Send my idea").click()
        phone.get_by_text("Waiting for the trainer").wait_for()
    if name == "results":
        room.end_round("one", show=True)
        phone.reload()
