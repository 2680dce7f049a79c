"""Whatever people type stays text: on every page, in every letter, in every table.

The whole loop is told with something bad in every field; then every page of the site is
read by everybody who may read it.
"""

import csv
import email
import email.policy
import io
import re
from itertools import cycle
from urllib.parse import quote, urljoin, urlsplit

import pytest

from kb import jobs
from kb.clock import utcnow
from kb.jobs.files import read_files
from kb.jobs.mailing import deliver_letters
from kb.library.content import Kind
from kb.library.models import Visibility
from kb.submissions import form
from kb.submissions.asking import LONGEST_PASSAGE
from kb.submissions.form import Ask
from kb.web.csv_files import FORMULA
from tests import routes
from tests.factories import make_user
from tests.pages import Browser, Page
from tests.people import Person
from tests.services import filesamples
from tests.story import COPIER, OWNER, REVIEWER, ROLES, Story, form_of, set_the_scene
from tests.submissions.writing import CASE, TIP

HERE = "http://127.0.0.1"
EVIL = "evil.example"
MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*191}}"
WORKED_OUT = "1337"
MARKDOWN = (
    "\n\n[a](javascript:alert(3)) <javascript:alert(4)> [b](JaVaScRiPt&#58;alert(5))\n\n"
    f"![c](data:text/html,<script>alert(6)</script>) [d](//{EVIL}) <http://{EVIL}/>\n\n"
    f'http://{EVIL}/"onmouseover=alert(7) [e](http://{EVIL} "x"onclick=alert(8)")\n\n'
    f"<iframe src=//{EVIL}></iframe><svg onload=alert(9)><style>*{{color:red}}</style>"
)
HEADER = f"\r\nBcc: all@{EVIL}\r\n\r\nHello"
TOKEN = re.compile(r'name="csrf_token"[^>]*')
FORBIDDEN = {"iframe", "object", "embed", "base", "frame", "applet", "math"}
TEXTS = {Ask.LINE, Ask.PROSE}
KINDS = [*((Kind.CASE_STUDY, each.value) for each in Visibility), (Kind.TIP_CARD, "")]
IDS = ("draft_id", "resource_id", "copy_id", "question_id", "upload_id", "note_id", "user_id")
SEARCHES = ("/search?q=alert", f"/search?q={quote(MARKUP)}", "/search?q=postcard&barrier=x")
ASKED = ("/feeds", "/councils", "/lessons", "/admin/people", "/review", "/planner", "/sign-in")


class Teller:
    """Somebody of the story, in a browser without a network."""

    def __init__(self, app):
        self.browser = Browser(app)

    def get(self, path):
        return self.browser.get(path).text

    def fields(self, path, action):
        return form_of(self.get(path), action)

    def send(self, action, fields, files=None):
        sent = {
            name: (io.BytesIO(content), file.replace("\r\n", "%0D%0A"), media_type)
            for name, (file, content, media_type) in (files or {}).items()
        }
        answer = self.browser.client.post(action, data=fields | sent)
        assert 200 <= answer.status_code < 400, (action, Page(answer).words)


@pytest.fixture
def tell(app, runtime):
    """Tell the story in these words, and let a reader and a second draft come after it."""

    def telling(say, kind=Kind.CASE_STUDY, visibility="public"):
        with runtime.database.transaction() as session:
            set_the_scene(session)
            admin = make_user(session, is_admin=True, name=say("Admin"))
        people = {role: Teller(app) for role in ROLES}
        answers = _answers(kind, say) | ({"visibility": visibility} if visibility else {})
        database = runtime.settings.data_dir / "kb.sqlite"
        story = Story(people, database, kind=kind, say=say, answers=answers)
        for step in story.steps():
            step.by.send(*step.request())
        _come_after(people, say)
        read_files(runtime, now=utcnow())
        jobs.update_index(runtime)
        return {each: people[each].browser for each in ROLES} | {
            "admin": Person(app, admin)
        }, story

    return telling


def _come_after(people, say):
    """A reader says what may be wrong, and the owner begins to change everything."""
    visitor, owner = people["visitor"], people["owner"]
    answer = visitor.browser.client.post("/p/1/notes")
    note = answer.location.partition("note=")[2]
    visitor.send("/p/1/notes/text", {"note": note, "text": say("It is old.")})
    change = owner.fields("/share/new?change=1", "/share/drafts")
    owner.send("/share/drafts", change)
    name = say("poster") + ".pdf"
    files = {"files": (name, filesamples.pdf(["<script>alert(1)</script>"]), "application/pdf")}
    owner.send("/share/2/files", owner.fields("/share/2/files", "/share/2/files"), files)


def _answers(kind, say):
    whole = CASE if kind is Kind.CASE_STUDY else TIP
    return {
        question.name: _answer(question, whole.get(question.name) or "Words.", say)
        for question in form.questions(kind)
    }


def _answer(question, answer, say):
    if question.ask is Ask.STEPS:
        return [say(each) for each in answer]
    if question.ask is Ask.ADDRESS:
        return f"{answer}?{MARKUP}"
    if question.ask is Ask.PROSE and question.longest >= LONGEST_PASSAGE:
        return say(answer) + MARKDOWN
    return say(answer) if question.ask in TEXTS else answer


def _addresses(app, story, method="GET"):
    """Every route, with the things of the story in it, and every question of the open draft."""
    slug = story.page.rpartition("/")[2]
    values = dict.fromkeys(IDS, 1) | {"number": 1, "name": "title", "barrier": "low-audience"}
    values["slug"] = {"councils": "fenbridge", "case-studies": slug, "tip-cards": slug}
    for _, rule in routes.of(app, method):
        yield routes.address(rule, values)
        yield routes.address(rule, values | {"draft_id": 2, "user_id": 3})


def _pages(app, story, people, ending=""):
    """(address, whose browser, answer) of everything that can be read and ends so."""
    asked = [f"{path}?q={quote(MARKUP)}&back={quote(MARKUP)}" for path in ASKED]
    questions = [f"/share/2/questions/{page.name}" for page in form.pages(story.kind)]
    every = {*_addresses(app, story), *SEARCHES, *asked, *questions}
    for path in filter(lambda path: path.endswith(ending), every):
        for role, browser in people.items():
            yield path, role, browser.client.get(path, follow_redirects=True)


def _dangers(page):
    """What a browser would do on this page that none of ours wants."""
    found = []
    for element in page.find(".//*"):
        if not isinstance(element.tag, str):
            continue
        if element.tag in FORBIDDEN:
            found.append(element.tag)
        for name in ("href", "src", "action", "formaction", "data", "poster", "srcset"):
            found.extend(_misleads(element, name, element.get(name)))
    return found


def _misleads(element, name, value):
    if value is None:
        return []
    parts = urlsplit(urljoin(HERE, value.strip()))
    is_ours = parts.scheme == "http" and parts.hostname == "127.0.0.1"
    if is_ours and (element.tag != "img" or parts.path != "/x"):
        return []
    is_link = element.tag == "a" and name == "href"
    if is_link and parts.hostname == EVIL:
        return [] if {"nofollow", "ugc"} <= {*element.get("rel", "").split()} else ["is followed"]
    if is_link and parts.scheme in {"http", "https", "mailto"}:
        return []
    return [] if element.tag == "link" and parts.scheme == "http" else [f"{name}={value}"]


@pytest.mark.parametrize(("kind", "visibility"), KINDS)
def test_no_markup_of_theirs_is_on_any_page(app, tell, kind, visibility):
    people, story = tell(lambda text: text + MARKUP, kind, visibility)

    seen, judged = 0, set()
    for path, role, answer in _pages(app, story, people):
        assert answer.status_code < 500, (path, role)
        if answer.mimetype != "text/html":
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            continue
        told = TOKEN.sub("", answer.text)
        if told in judged:
            continue
        judged.add(told)
        page = Page(answer)
        assert _dangers(page) == [], (path, role)
        assert WORKED_OUT not in page.text, (path, role)
        seen += "alert(1)" in page.words
    assert seen > 50


@pytest.mark.parametrize("kind", [Kind.CASE_STUDY, Kind.TIP_CARD])
def test_nothing_that_they_type_adds_a_header_to_a_letter(runtime, tell, kind):
    tell(lambda text: text + HEADER, kind)

    deliver_letters(runtime, now=utcnow())

    letters = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in runtime.settings.mail_dir.glob("*.eml")
    ]
    assert len(letters) > 8
    for letter in letters:
        assert "Bcc" not in letter
        assert {name: len(letter.get_all(name)) for name in letter} == dict.fromkeys(letter, 1)
        assert {each.addr_spec for each in letter["To"].addresses} <= {OWNER, COPIER, REVIEWER}


@pytest.mark.parametrize("kind", [Kind.CASE_STUDY, Kind.TIP_CARD])
def test_no_table_holds_a_formula_of_theirs(app, tell, kind):
    signs = cycle(sign for sign in FORMULA if sign.strip())
    people, story = tell(lambda text: f"{next(signs)}1 {text}", kind)

    tables = {
        (path, role): [*csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))]
        for path, role, answer in _pages(app, story, people, ".csv")
        if answer.mimetype == "text/csv"
    }

    cells = [cell for table in tables.values() for row in table for cell in row]
    assert {path for path, _ in tables} >= {"/copies.csv", "/work.csv"}
    assert sum(cell.startswith("'") for cell in cells) > 4
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
