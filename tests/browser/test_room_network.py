"""Phones in a room that lose the network and get it back: nothing is lost, or said twice."""

from urllib.parse import urlsplit

from kb.training.models import Answer, Idea
from tests.browser.serving import running
from tests.web.in_rooms import Room

KEPT = "Waiting for the network. Your answer is kept on this phone."
TOO_LATE = "This question is closed, so this answer was not counted."
OLD = "Waiting for the network. This is the last page that this phone has seen."
# Playwright waits for these, but for no promise: each asks, and says what it heard last.
PAGE_IS_KEPT = """words => {
  navigator.serviceWorker.ready.then(() => caches.match(location.pathname))
    .then(page => page ? page.text() : '').then(text => { window.isKept = text.includes(words); });
  return window.isKept;
}"""
NOTHING_IS_LEFT = """() => {
  Promise.all([navigator.serviceWorker.getRegistration('/j/'), caches.keys()])
    .then(([worker, names]) => { window.isGone = !worker && !names.length; });
  return window.isGone;
}"""


def test_without_the_network_an_answer_is_kept_and_sent_when_it_is_back(room, phone):
    room.ask("gap")
    phone.get_by_role("button", name="Yes, hand up").wait_for()
    phone.context.set_offline(True)

    phone.get_by_role("button", name="Yes, hand up").click()
    status(phone, KEPT).wait_for()
    assert room.stored(Answer, "chosen") == []
    phone.context.set_offline(False)

    status(phone, "Saved").wait_for()
    phone.get_by_text("You said yes.").wait_for()
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_the_last_of_several_presses_without_a_network_is_the_one_that_counts(room, phone):
    room.ask("gap")
    phone.get_by_role("button", name="Yes, hand up").wait_for()
    phone.context.set_offline(True)

    phone.get_by_role("button", name="Yes, hand up").click()
    phone.get_by_role("button", name="Not for me").click()
    phone.context.set_offline(False)

    phone.get_by_text("You said no.").wait_for()
    assert room.stored(Answer, "chosen") == [(["no"],)]


def test_an_answer_that_never_arrived_survives_a_reload(room, phone):
    room.ask("one")
    phone.get_by_label("Every week").wait_for()
    phone.route("**/answers", lambda route: route.abort())
    phone.get_by_label("Every week").check()
    phone.get_by_role("button", name="Send my answer").click()
    status(phone, KEPT).wait_for()
    phone.unroute("**/answers")

    phone.reload()

    phone.get_by_text("You said Every week.").wait_for()
    assert room.stored(Answer, "chosen") == [(["weekly"],)]


def test_an_answer_whose_receipt_was_lost_is_stored_once(room, phone):
    room.ask("gap")
    phone.get_by_role("button", name="Yes, hand up").wait_for()
    lost = []

    def lose_the_receipt(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    phone.route("**/answers", lose_the_receipt)
    phone.get_by_role("button", name="Yes, hand up").click()

    phone.get_by_text("You said yes.").wait_for()
    assert lost == [200]
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_an_idea_is_kept_too_and_said_once(room, phone):
    room.ask("ideas")
    phone.get_by_label("Your idea").wait_for()
    phone.context.set_offline(True)
    phone.get_by_label("Your idea").fill("Post the agenda")
    phone.get_by_role("button", name="Send my idea").click()
    phone.get_by_label("Your idea").fill("Ask on the doorstep")
    phone.get_by_role("button", name="Send my idea").click()
    status(phone, KEPT).wait_for()

    phone.context.set_offline(False)

    phone.get_by_text("Ask on the doorstep").wait_for()
    assert sorted(room.stored(Idea, "text")) == [("Ask on the doorstep",), ("Post the agenda",)]


def test_an_idea_that_comes_too_late_is_told_so_until_it_can_be_sent_again(room, phone):
    room.ask("ideas")
    phone.get_by_label("Your idea").fill("Ask early")
    phone.get_by_role("button", name="Send my idea").click()
    phone.get_by_text("Ask early").wait_for()
    phone.context.set_offline(True)
    for idea in ("Post the agenda", "Ask on the doorstep"):
        phone.get_by_label("One more idea").fill(idea)
        phone.get_by_role("button", name="Send my idea").click()
    room.end_round("ideas")
    phone.context.set_offline(False)
    status(phone, TOO_LATE).wait_for()
    phone.get_by_text("No more ideas for now.").wait_for()

    room.ask("ideas")

    kept = phone.get_by_label("One more idea")
    kept.wait_for()
    status(phone, TOO_LATE).wait_for(state="detached")
    assert kept.input_value() == "Post the agenda\nAsk on the doorstep"
    assert room.stored(Idea, "text") == [("Ask early",)]


def test_a_phone_that_reloads_without_a_network_shows_its_last_page(room, phone, axe):
    other = Room(room.app).open()
    room.ask("gap")
    phone.wait_for_function(PAGE_IS_KEPT, arg="Yes, hand up")
    room.network.close()

    phone.reload()
    status(phone, OLD).wait_for()
    phone.get_by_role("button", name="Yes, hand up").click()
    status(phone, KEPT).wait_for()
    phone.reload()
    status(phone, KEPT).wait_for()
    assert phone.locator("[aria-pressed=true]").inner_text().startswith("Yes, hand up")
    phone.goto(other.path)
    assert phone.get_by_role("heading", name="There is no network").is_visible()
    assert not phone.get_by_text("Your answer is kept on this phone.").is_visible()
    assert axe(phone) == []
    forget_page(room, phone)
    phone.goto(room.path)
    phone.get_by_text("Your answer is kept on this phone.").wait_for()
    mend(room, phone)

    phone.get_by_text("You said yes.").wait_for()
    assert room.stored(Answer, "chosen") == [(["yes"],)]


def test_ideas_said_on_a_kept_page_are_all_sent_and_once(room, phone):
    room.ask("ideas")
    phone.wait_for_function(PAGE_IS_KEPT, arg="Send my idea")
    room.network.close()

    for idea in ("Post the agenda", "Ask on the doorstep"):
        phone.reload()
        phone.get_by_label("Your idea").fill(idea)
        phone.get_by_role("button", name="Send my idea").click()
        status(phone, KEPT).wait_for()
    mend(room, phone)

    phone.get_by_text("Post the agenda").wait_for()
    phone.get_by_text("Ask on the doorstep").wait_for()
    status(phone, "Saved").wait_for()
    assert sorted(room.stored(Idea, "text")) == [("Ask on the doorstep",), ("Post the agenda",)]


def test_a_worker_that_the_site_no_longer_has_leaves_the_phone(room, phone):
    phone.wait_for_function(PAGE_IS_KEPT, arg="Look at the screen")
    room.network.close()
    phone.reload()
    status(phone, OLD).wait_for()
    mend(room, phone, without_worker(room.app))
    status(phone, OLD).wait_for(state="detached")

    phone.reload()

    phone.wait_for_function(NOTHING_IS_LEFT)


def mend(room, phone, app=None):
    """The network is back where it was, and the phone has heard so."""
    port = urlsplit(room.address).port
    room.network.enter_context(running(app or room.app, port))
    phone.evaluate("dispatchEvent(new Event('online'))")


def forget_page(room, phone):
    """As a browser may do that is short of room."""
    phone.evaluate("name => caches.delete(name)", f"room-{room.code}")


def without_worker(app):
    """The site behind a proxy that switches the worker off."""

    def answer(environ, start_response):
        if environ["PATH_INFO"] != "/j/worker.js":
            return app(environ, start_response)
        start_response("404 NOT FOUND", [])
        return []

    return answer


def status(phone, words):
    return phone.locator("[role=status]", has_text=words)
