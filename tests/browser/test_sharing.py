"""A practice travels: shared, reviewed, copied and asked about, with the keyboard alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from kb import jobs
from kb.clock import utcnow
from kb.factory import build_runtime
from kb.library.content import Kind
from kb.submissions import form
from kb.submissions.form import Ask
from tests.apps import create_app
from tests.browser.keyboard import Keyboard
from tests.browser.post import Post, link
from tests.browser.serving import running
from tests.factories import make_council, make_user
from tests.feeds.test_pictures import drawn
from tests.people import Person
from tests.services.mailserver import free_port, mail_server
from tests.submissions.writing import CASE, know_terms

FIRST, SECOND, THIRD = "Fenbridge City", "Ravensey", "Strathlorne"
SHARER = "ann@fenbridge.gov.uk"
COPIER = "ben@ravensey.gov.uk"
ASKER = "cat@strathlorne.gov.uk"
PICTURE = {"name": "postcard.png", "mimeType": "image/png", "buffer": drawn("PNG", (640, 400))}
ALT = "A postcard that says: what should we look into?"
TITLE = CASE["title"]


@dataclass
class Scene:
    """The running site, its post, and a way to sit down at a new browser."""

    address: str
    runtime: object
    post: Post
    sit_down: object

    def work(self):
        """What the worker does by itself. Playwright's loop is this thread's only one."""
        with ThreadPoolExecutor(1) as other_thread:
            other_thread.submit(jobs.update_index, self.runtime).result()


@pytest.fixture
def scene(runtime, new_page):
    """An empty site with three councils of the register, and a reviewer."""
    port = free_port()
    with mail_server() as server:
        address = f"http://127.0.0.1:{port}"
        settings = replace(
            runtime.settings, base_url=address, mail_url=server.url, mail_from="swap@example.org"
        )
        own = build_runtime(settings)
        app = create_app(own)
        people = _people(own)
        cookies = {name: _cookie(app, person, address) for name, person in people.items()}

        def sit_down(name=""):
            signed_in = [cookies[name]] if name else []
            return Keyboard(new_page(base_url=address, cookies=signed_in, locale="en-GB"))

        with running(app, port):
            yield Scene(address, own, Post(own, server), sit_down)
        for part in (own.reader, own.apart, own.fetcher, own.database):
            part.close()


def _people(runtime):
    with runtime.database.transaction() as session:
        know_terms(session)
        councils = {
            name: make_council(session, short_name=name, website=f"https://www.{domain}")
            for name, domain in [
                (FIRST, "fenbridge.gov.uk"),
                (SECOND, "ravensey.gov.uk"),
                (THIRD, "strathlorne.gov.uk"),
            ]
        }
        make_user(session, councils[SECOND], email=COPIER)
        return {
            "reviewer": make_user(session, is_reviewer=True),
            "asker": make_user(session, councils[THIRD], email=ASKER),
        }


def _cookie(app, user, address):
    name = app.config["SESSION_COOKIE_NAME"]
    return {"name": name, "value": Person(app, user).client.get_cookie(name).value, "url": address}


def test_a_practice_travels(scene):
    sharer, reviewer = scene.sit_down(), scene.sit_down("reviewer")
    sign_up(sharer, scene.post)
    share_a_case(sharer, scene.post)
    ask_for_one_change(reviewer, scene.post)
    make_the_change(sharer, scene.post)
    page = publish(reviewer, scene)

    copier = scene.sit_down()
    copy_with_two_changes(copier, page, scene.post)
    report_back(copier, scene.post)
    answer_with_two_clicks(scene)

    asker = scene.sit_down("asker")
    question = ask_the_team(asker, page, scene.post)
    answer_and_agree(sharer, question, scene.post)
    agree(asker, scene.post)

    anybody_reads_it_all(scene.sit_down(), page)
    assert scene.post.is_empty()


def sign_up(keys, post):
    page = keys.page
    page.goto("/share")
    keys.leave_by(page.get_by_role("button", name="Share a full case"))
    keys.leave_by(page.get_by_role("link", name="Sign up"))
    keys.write(page.get_by_label("Email address"), SHARER)
    keys.write(page.get_by_label("Your name"), "Ann Example")
    keys.leave_by(page.get_by_role("button", name="Send me the letter"))
    (letter,) = post.brings((SHARER, "Confirm your email address"))

    page.goto(link(letter))
    assert page.get_by_text(f"You will write for {FIRST} Council").count() == 1
    keys.leave_by(page.get_by_role("button", name="Confirm the address"))


def share_a_case(keys, post):
    page = keys.page
    keys.leave_by(page.get_by_role("button", name="Start now"))
    keys.leave_by(page.get_by_role("button", name="Carry on"))
    for step in form.pages(Kind.CASE_STUDY):
        assert page.locator("h1").inner_text() == step.title
        for question in step.questions:
            give(keys, question, CASE[question.name])
        keys.leave_by(page.get_by_role("button", name="Save and continue"))
    post.brings((SHARER, "Your draft"))
    add_a_picture(keys)
    send(keys, post)


def give(keys, question, answer):
    name = question.name
    if question.ask is Ask.ONE:
        keys.choose(keys.page.locator(f"[name={name}][value='{answer}']"))
    elif question.ask is Ask.SEVERAL:
        for value in answer:
            keys.tick(keys.page.locator(f"[name={name}][value='{value}']"))
    elif question.ask is Ask.STEPS:
        for number, text in enumerate(answer, 1):
            keys.write(keys.page.locator(f"#steps-{number}"), text)
    elif answer:
        keys.write(keys.page.locator(f"#{name}"), answer)


def add_a_picture(keys):
    page = keys.page
    keys.leave_by(page.get_by_role("link", name="Files and templates (optional)"))
    page.set_input_files("#files", PICTURE)
    keys.leave_by(page.get_by_role("button", name="Add them"))
    keys.write(page.get_by_label("Describe it for people who cannot see it"), ALT)
    keys.leave_by(page.get_by_role("button", name="Save what they show"))


def send(keys, post):
    page = keys.page
    keys.leave_by(page.get_by_role("link", name="Shareability check"))
    keys.leave_by(page.get_by_role("button", name="Continue to preview"))
    keys.tick(page.get_by_label("My manager or scrutiny lead is happy"))
    keys.tick(page.get_by_label("Others can copy it under the licence"))
    keys.leave_by(page.get_by_role("button", name="Send to a reviewer"))
    assert page.get_by_text("Sent. It is with our reviewers.").count() == 1
    post.brings((SHARER, "We have what you sent"))


def ask_for_one_change(keys, post):
    page = keys.page
    open_the_draft(keys)
    keys.leave_by(page.get_by_role("button", name="Take it"))
    keys.press(page.locator("summary", has_text="What came of it?"))
    keys.write(page.locator("#request-results"), "Say what you did with them.")
    decide(keys, "Send back to the team")
    (letter,) = post.brings((SHARER, "Please change something"))
    assert "What came of it?\n  Say what you did with them." in letter


def open_the_draft(keys):
    keys.page.goto("/review")
    keys.leave_by(keys.page.get_by_role("link", name=TITLE))


def decide(keys, choice):
    keys.choose(keys.page.get_by_role("radio", name=choice))
    keys.leave_by(keys.page.get_by_role("button", name="Decide"))


def make_the_change(keys, post):
    page = keys.page
    page.reload()
    keys.leave_by(page.get_by_role("link", name="What came of it?"))
    assert page.get_by_text("Say what you did with them.").count() == 1
    keys.write(page.locator("#results"), "40 people sent one. Two became reviews.")
    keys.leave_by(page.get_by_role("button", name="Save and continue"))
    send(keys, post)


def publish(keys, scene):
    open_the_draft(keys)
    decide(keys, "Publish it as it is")
    (letter,) = scene.post.brings((SHARER, "Published"))
    scene.work()
    return link(letter)


def copy_with_two_changes(keys, address, post):
    page = keys.page
    page.goto(address)
    assert page.get_by_role("img", name=ALT).count() == 1
    keys.leave_by(page.get_by_role("button", name="We are copying this"))
    keys.write(page.get_by_label("Email address"), COPIER)
    keys.leave_by(page.get_by_role("button", name="Email me a link"))
    (letter,) = post.brings((COPIER, "Your link to sign in"))
    page.goto(link(letter))
    keys.leave_by(page.get_by_role("button", name="Sign in"))

    for number, text in [(0, "Print a bilingual postcard"), (2, "Collect it each month")]:
        keys.choose(page.locator(f"[name=choice_{number}][value=change]"))
        keys.write(page.locator(f"[name=text_{number}]"), text)
    keys.write(page.get_by_label("Your own first step"), "Ask the printer for a price")
    keys.write_day(page.get_by_label("When will you look again?"), "01012027")
    keys.leave_by(page.get_by_role("button", name="We are copying this"))
    assert page.locator(".choices__change").count() == 2
    assert page.get_by_text("Print a bilingual postcard").count() == 1
    assert page.get_by_text("1 January 2027").count() == 1
    (letter,) = post.brings((SHARER, f"{SECOND} Council is copying your practice"))
    assert link(letter) == page.url


def report_back(keys, post):
    page = keys.page
    keys.leave_by(page.get_by_role("link", name="Say how it goes"))
    keys.choose(page.get_by_role("radio", name="Doing it"))
    keys.write(page.get_by_label("Hours you have really spent"), "6")
    keys.write(page.get_by_label("What happened?"), "Nine postcards came in the first month.")
    keys.leave_by(page.get_by_role("button", name="Save"))
    (letter,) = post.brings((SHARER, f"{SECOND} Council says how your practice went there"))
    assert "Nine postcards came in the first month." in letter
    assert link(letter) == page.url


def answer_with_two_clicks(scene):
    """What the letter after four weeks asks for: to follow a link and to press a button."""
    later = utcnow() + timedelta(weeks=4)
    jobs.ask_copiers(scene.runtime, now=later)
    (letter,) = scene.post.brings((COPIER, "4 weeks on: are you still doing it?"), now=later)
    keys = scene.sit_down()
    keys.page.goto(link(letter))
    keys.leave_by(keys.page.get_by_role("button", name="Yes, we are doing it"))
    assert keys.page.locator("h1").inner_text() == "Thank you"
    scene.post.brings()  # of one copy, its source hears once a day at most


def ask_the_team(keys, address, post):
    page = keys.page
    page.goto(address)
    keys.leave_by(page.get_by_role("link", name="Send them a question"))
    keys.write(page.get_by_label("Your question"), "Who reads the postcards?")
    keys.leave_by(page.get_by_role("button", name="Send the question"))
    (letter,) = post.brings((SHARER, "A question about"))
    assert "> Who reads the postcards?" in letter
    return link(letter)


def answer_and_agree(keys, address, post):
    page = keys.page
    page.goto(address)
    keys.write(page.get_by_label("Your answer"), "The chair, every second Friday.")
    keys.leave_by(page.get_by_role("button", name="Send the answer"))
    (letter,) = post.brings((ASKER, "An answer to your question"))
    assert "> The chair, every second Friday." in letter
    say_yes(keys)
    post.brings((ASKER, "May others read this"))


def say_yes(keys):
    keys.choose(keys.page.get_by_role("radio", name="Yes"))
    keys.leave_by(keys.page.get_by_role("button", name="Save your choice"))


def agree(keys, post):
    keys.page.reload()
    say_yes(keys)
    post.brings((ASKER, "Others can read it now"), (SHARER, "Others can read it now"))


def anybody_reads_it_all(keys, address):
    page = keys.page
    page.goto(address)
    tree = page.locator("ol.lineage").first
    assert f"{FIRST} Council" in tree.locator("li.origin").inner_text()
    assert tree.get_by_role("link", name=SECOND).count() == 1
    assert "Doing it. Changed: Print a bilingual postcard" in tree.inner_text()
    assert page.get_by_text("Copied by 1 council").count() >= 1
    exchange = page.locator(".qa")
    assert f"Asked by an officer at {THIRD} Council" in exchange.inner_text()
    assert exchange.get_by_text("Who reads the postcards?").count() == 1
    assert exchange.get_by_text("The chair, every second Friday.").count() == 1
    whole = page.content()
    assert not [each for each in (SHARER, COPIER, ASKER, "Ann Example") if each in whole]
