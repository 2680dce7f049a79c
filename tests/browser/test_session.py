"""A whole session in real browsers at once: a projector, its facilitator and five phones."""

import io
import re

import pytest
from pypdf import PdfReader

from kb.library.content import Kind
from kb.submissions import form
from kb.submissions.form import Ask
from kb.submissions.models import Draft, State
from kb.training.models import Answer, Participant
from tests.browser import session_world
from tests.browser.room import (
    OWN_SCREEN,
    PHONE,
    PROJECTOR,
    Phone,
    PhoneByKeys,
    PlainPhone,
    Room,
    Trainer,
)
from tests.browser.session_world import PACK, PASSWORD, TRAINER
from tests.services import chromium
from tests.submissions.writing import CASE

WOULD = "Would you like to use social media for your scrutiny work?"
DO = "Do you already use it for your scrutiny work?"
STOPS = "What gets in your way most?"
TRY = "What is one small thing that we could copy or try in the next month?"
PROMISE = "When will you do which one thing?"
GAP = "19 people want to and do not yet. That is the gap we are here to close."
POST, SAME, FILM = "Post one question a week", "One question, each week", "A film, שלום <b>now</b>"
RUDE = "Blame the chair"


@pytest.fixture
def world(seeded_runtime, tmp_path):
    with session_world.serving(seeded_runtime, tmp_path / "data") as world:
        yield world


@pytest.fixture
def sit_down(chromium_browser, world):
    """A new browser of somebody's."""
    contexts = []

    def sit_down(viewport, **options):
        given = {"viewport": viewport, "base_url": world.address, "locale": "en-GB"} | options
        context = chromium.new_context(chromium_browser, **given)
        contexts.append(context)
        return context.new_page()

    yield sit_down
    for context in contexts:
        context.close()


@pytest.fixture
def room(sit_down, axe):
    """The session is prepared, its two screens are on, and five people have joined."""
    own = sit_down(OWN_SCREEN)
    base, private_link = prepare(own)
    projector = sit_down(PROJECTOR)
    phones = [
        *[Phone(sit_down(PHONE)) for _ in range(3)],
        PlainPhone(sit_down(PHONE, java_script_enabled=False)),
        PhoneByKeys(sit_down(PHONE)),
    ]
    room = Room(Trainer(projector, base), Trainer(own, base), phones, axe)
    projector.goto(private_link)
    room.look("private link", projector)
    room.projector.press("Open my session on this device")
    room.projector.come("present")
    own.goto(f"{base}/run")
    return room


def prepare(page):
    """As a guest: the addresses of the new session, and the link that opens it elsewhere."""
    page.goto("/sessions")
    page.get_by_role("link", name=PACK).click()
    page.get_by_role("button", name="Start a live session").click()
    page.get_by_role("button", name="Prepare the session").click()
    page.wait_for_url("**/ready")
    return page.url.removesuffix("/ready"), page.locator("#private-link").inner_text()


def test_a_whole_session(room, world, sit_down):
    join(room)
    hands_up(room)
    show_the_gap(room)
    vote_on_barriers(room)
    look_at_examples(room)
    say_ideas(room)
    vote_on_ideas(room)
    pledge(room, world)
    close(room)
    check_results(room)
    print_the_handout(room, world)
    send_the_write_up(room, world)
    find_it_in_review(sit_down, world)

    assert room.found == {}
    assert len(world.stored(Participant)) == len(room.phones)
    assert len(world.stored(Answer)) == 3 * len(room.phones)


def join(room):
    room.look("lobby", room.projector.page)
    room.look("facilitator before it starts", room.facilitator.page)
    code = room.projector.page.locator(".joincard b").inner_text()
    room.facilitator.press("Start the session")
    first, *others = room.phones
    first.page.goto("/join")
    room.look("phone: type the code", first.page)
    first.page.get_by_label("The code on the screen").fill(f" {code[:3].lower()} {code[3:]}")
    first.page.get_by_role("button", name="Go to the session").click()
    first.button("Join").wait_for()
    room.look("phone: join", first.page)
    for phone in (first, *others):
        phone.come(f"/j/{code}")
    room.projector.page.get_by_text("5 people have joined").wait_for()
    room.look("phone: waiting", first.page)
    room.look("presenter: waiting to vote", room.projector.page)


def hands_up(room):
    """Four phones would like to, the fifth would not; 18 hands of those without a phone."""
    room.projector.key("n")
    room.all_see(WOULD)
    room.look("presenter: open", room.projector.page)
    room.look("phone: question 1", room.phones[0].page)
    for phone, answer in zip(room.phones, ["yes", "yes", "yes", "yes", "no"], strict=True):
        phone.says(answer)
    room.projector.shows("5 of 5 people have answered")
    room.look("phone: said", room.phones[0].page)
    room.projector.type_hands(25, yes=18)
    room.projector.press("Next: do you already?")
    room.all_see(DO)


def show_the_gap(room):
    """One of those who would like to does, and one who would not: the gap is not 22 less 4."""
    room.look("phone: question 2", room.phones[0].page)
    for phone, answer in zip(room.phones, ["yes", "no", "no", "no", "yes"], strict=True):
        phone.says(answer)
    page = room.projector.page
    room.projector.key("h")
    room.look("presenter: hands", page)
    page.get_by_label("People in the room").fill("25")
    page.get_by_label("Hands up").fill("2")
    room.projector.press("Save the count")
    room.projector.press("Next: show the gap")
    assert re.sub(r"\s+", " ", page.locator(".gap__text").inner_text()) == GAP
    assert page.locator(".room__lab b").all_inner_texts() == ["22", "4"]
    assert "Worked out from the totals of raised hands" in page.content()
    room.look("presenter: gap", page)
    room.projector.key("g")
    assert page.locator(".gap__text").count() == 0
    room.look("presenter: gap hidden", page)
    room.projector.key("g")
    page.locator(".gap__text").wait_for()
    room.phones[0].page.get_by_text(GAP).wait_for()
    room.look("phone: results", room.phones[0].page)
    room.look("facilitator", room.facilitator.page)


def vote_on_barriers(room):
    room.projector.press("Next: Pairs: what gets in the way?")
    room.projector.press("Open the vote")
    room.all_see(STOPS)
    room.look("phone: barriers", room.phones[0].page)
    assert fits(room.projector.page, ".answers li", 7)
    for phone in room.phones[:3]:
        phone.chooses("skills", "central-comms")
    for phone in room.phones[3:]:
        phone.chooses("skills")
    room.projector.type_hands(25, skills=6, time=9)
    room.projector.press("Close and show")
    page = room.projector.page
    assert page.locator(".counts b").all_inner_texts()[:3] == ["11", "9", "3"]
    assert page.locator(".help a").count() > 2
    room.look("presenter: barriers", page)
    room.phones[1].page.get_by_text("You said this").first.wait_for()


def fits(page, what, least):
    """Is all of it on the wall, at least so much, also on a small one?"""
    heights = []
    for size in ({"width": 1280, "height": 720}, PROJECTOR):
        page.set_viewport_size(size)
        heights.append(page.evaluate("document.documentElement.scrollHeight <= innerHeight"))
    assert page.locator(what).count() >= least
    return all(heights)


def look_at_examples(room):
    room.projector.press("Next: Two examples to copy")
    assert room.projector.page.locator(".usedlist a").count() == 3
    room.look("presenter: examples", room.projector.page)
    room.facilitator.page.get_by_label("What do you want to come back to?").fill("Who signs off?")
    room.facilitator.press("Park it")
    room.facilitator.shows("Who signs off?")


def say_ideas(room):
    """Nothing is on the screen before it was let through."""
    room.projector.press("Next: Pick one")
    room.projector.press("Open the vote")
    room.all_see(TRY)
    room.look("phone: ideas", room.phones[0].page)
    said = (POST, SAME, FILM, RUDE, "Ask comms for a day")
    for phone, idea in zip(room.phones, said, strict=True):
        phone.proposes(idea)
    room.projector.shows("None is on the screen yet.")
    own = room.facilitator
    own.page.get_by_text("5 waiting for you").wait_for()
    own.press("Let all 5 through")
    own.press(f"Hide {RUDE}")
    for idea in (POST, SAME):
        own.page.get_by_label(f"Same as others: {idea}").check()
    own.press("Merge the ticked ones")
    room.look("facilitator: ideas", own.page)


def vote_on_ideas(room):
    for phone in room.phones:
        phone.sees("Ideas of the room")
    for phone in room.phones[1:]:
        phone.votes_for(POST)
    room.phones[0].votes_for(FILM)
    room.look("phone: ideas of the room", room.phones[0].page)
    page = room.projector.page
    for votes in ("^4 votes", "^1 vote"):
        page.locator(".said-list li", has_text=re.compile(votes)).wait_for()
    assert page.locator(".said-list bdi").all_inner_texts()[:2] == [POST, FILM]
    assert RUDE not in page.content()
    room.look("presenter: ideas", page)
    room.projector.press("Close it")


def pledge(room, world):
    room.projector.press("Next: Pledge")
    room.projector.press("Open the vote")
    room.all_see(PROMISE)
    room.look("phone: pledge", room.phones[0].page)
    first, second, _, plain, keys = room.phones
    first.pledges("post the call for evidence", when="our inquiry begins", card=0)
    second.pledges("ask comms", card=0, email="somebody@example.org")
    plain.pledges("write up what we did")
    keys.pledges("film one question", card=1)
    own = room.facilitator
    own.page.get_by_text("4 waiting for you").wait_for()
    own.press("Let all 4 through")
    room.projector.shows("When our inquiry begins, I will post the call for evidence")
    room.look("presenter: pledges", room.projector.page)
    room.look("facilitator: pledges", own.page)
    with session_world.a_crowd_of_pledges(world):
        room.projector.come("present")
        assert fits(room.projector.page, ".said-list li", 2)
        room.projector.shows("The results page will have them all.")
    room.projector.press("Close it")


def close(room):
    own = room.facilitator
    own.page.reload()
    own.follow("Close the session")
    room.look("close?", own.page)
    own.press("Close the session")
    assert own.page.url.endswith("/results")
    for phone in room.phones[:3]:
        phone.sees("This session is over. Thank you.")
    room.look("phone: closed", room.phones[0].page)
    room.projector.shows("Thank you")
    room.look("presenter: closed", room.projector.page)


def check_results(room):
    own = room.facilitator
    page = own.page
    room.look("results", page)
    table = page.get_by_role("table", name="The gap in numbers").locator("td").all_inner_texts()
    assert table == ["22", "4", "19", "25"]
    bars = page.locator(".bars li").all_inner_texts()
    assert [int(re.findall(r"\d+", each)[-1]) for each in bars] == [11, 9, 3]
    ideas = page.locator(".ideas li").all_inner_texts()
    assert POST in ideas[0]
    assert FILM in ideas[1]
    assert [re.findall(r"\d+", each)[0] for each in ideas[:2]] == ["4", "1"]
    people = page.locator(".pledges [data-l=People]").all_inner_texts()
    assert sorted(people) == ["1", "1", "2"]
    whole = page.content()
    assert not [each for each in (RUDE, "somebody@example.org") if each in whole]
    assert room.projector.page.request.get(f"{own.base}/results.json").json()
    assert room.phones[0].page.request.get(f"{own.base}/results.json").status == 404


def print_the_handout(room, world):
    """Two sheets, however much there is: what is left out is said."""
    own = room.facilitator
    own.come("handout")
    room.look("handout", own.page)
    pages, text = printed(own.page)
    assert pages <= 2
    assert POST in text
    assert "want to and do not yet" in text
    with session_world.a_crowd_of_pledges(world):
        own.come("handout")
        pages, text = printed(own.page)
    assert pages == 2
    assert re.search(r"And \d+ more on the results page", text)


def printed(page):
    """How many sheets, and all that stands on them."""
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, format="A4")))
    return len(paper.pages), "".join(sheet.extract_text() for sheet in paper.pages)


def send_the_write_up(room, world):
    own = room.facilitator
    page = own.page
    own.come("write-up")
    room.look("write-up", page)
    own.press("Send to review")
    page.get_by_label("Email address").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    own.press("Sign in", exact=True)
    own.press("Send to review")
    answer_what_is_open(own)
    own.follow("Shareability check")
    own.press("Continue to preview")
    page.get_by_label("My manager or scrutiny lead is happy").check()
    page.get_by_label("Others can copy it under the licence").check()
    own.press("Send to a reviewer")
    assert page.get_by_text("Sent. It is with our reviewers.").count() == 1
    assert [draft.state for draft in world.stored(Draft)] == [State.WAITING]


def answer_what_is_open(own):
    """From the first question without an answer to the last of all."""
    steps = {step.title: step for step in form.pages(Kind.CASE_STUDY)}
    own.press("Carry on")
    while step := steps.get(own.page.locator("h1").inner_text()):
        for question in step.questions:
            give(own.page, question, CASE[question.name])
        own.press("Save and continue")


def give(page, question, answer):
    """An answer, where the session itself has none."""
    controls = page.locator(f"[name={question.name}]")
    if question.ask in {Ask.ONE, Ask.SEVERAL}:
        if not any(each.is_checked() for each in controls.all()):
            for value in [answer] if question.ask is Ask.ONE else answer:
                page.locator(f"[name={question.name}][value='{value}']").check()
    elif question.ask is not Ask.STEPS and answer and not controls.first.input_value():
        controls.first.fill(answer)


def find_it_in_review(sit_down, world):
    page = sit_down(OWN_SCREEN)
    page.context.add_cookies(world.reviewers_cookies)
    page.goto("/review")
    page.get_by_role("link", name="Asked who would like to and who already does").click()
    assert page.get_by_text("22 would like to, 4 already do").count() >= 1
