"""A burst of 200 sign-ups and sendings reaches nobody, and buries nothing of others."""

import re

import pytest
from sqlalchemy import func, select

from kb import jobs
from kb.accounts.models import State, User
from kb.library.models import Resource
from kb.submissions.models import Draft
from kb.submissions.models import State as DraftState
from tests.accounts.letters import code_of, last_to
from tests.factories import make_council, make_user
from tests.pages import Browser, words
from tests.people import Person, Reviewer
from tests.submissions.writing import know_terms, make_draft

CROWD = 200
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
YES = {"agreed": "yes", "licensed": "yes"}
SPAM, HONEST = "Cheap watches", "Asked residents by postcard"


class Stranger:
    """One of many, each from a network of their own."""

    def __init__(self, app, number, email):
        self.email = email
        self.client = Browser(app).client
        self.client.environ_base["REMOTE_ADDR"] = f"198.51.{number // 200}.{number % 200 + 1}"
        self._database = app.extensions["kb"].database

    def sign_up(self):
        self.post("/sign-up", "/sign-up", email=self.email, name="Spam")
        with self._database.reading() as session:
            code = code_of(last_to(session, self.email))
        self.post("/sign-in/letter", "/sign-up/confirmation", code=code)

    def post(self, page, path, **data):
        token = TOKEN.search(self.client.get(page).text)[1]
        return self.client.post(path, data={"csrf_token": token} | data)

    def share(self, title):
        """Begin, fill and send it; the last answer. What is typed between is not the point."""
        with self._database.transaction(quietly=True) as session:
            user = session.scalars(select(User).where(User.email == self.email)).one()
            draft = make_draft(session, user, answers={"title": title})
        return self.post("/account", f"/share/{draft.id}/sending", **YES)


@pytest.fixture
def councils(runtime):
    with runtime.database.transaction(quietly=True) as session:
        know_terms(session)
        return [
            make_council(session, short_name=name, website=f"https://www.{name.lower()}.gov.uk")
            for name in ("Fen", "Elm")
        ]


@pytest.fixture
def honest(app, runtime, councils):
    """Sends something when everybody else has."""
    with runtime.database.transaction(quietly=True) as session:
        user = make_user(session, councils[1], email="dai@elm.gov.uk")

    def share():
        person = Person(app, user)
        with runtime.database.transaction(quietly=True) as session:
            draft = make_draft(session, user, answers={"title": HONEST})
        return person, person.post(f"/share/{draft.id}/sending", **YES)

    return share


def crowd(app, domain):
    strangers = [Stranger(app, n, f"s{n}@{domain.format(n)}") for n in range(CROWD)]
    for stranger in strangers:
        stranger.sign_up()
    return strangers


def waiting(runtime):
    with runtime.database.reading() as session:
        query = select(func.count()).where(Draft.state == DraftState.WAITING)
        return session.scalar(query)


def nothing_is_public(app, runtime):
    jobs.update_index(runtime)
    browser = Browser(app)
    pages = ("/", "/search?q=watches", "/search?kind=case-study", "/councils/fen", "/sitemap.xml")
    texts = [browser.client.get(path).text for path in (*pages, "/api/v1/search?q=watches")]
    with runtime.database.reading() as session:
        return not session.scalars(select(Resource)).all() and SPAM not in "".join(texts)


def test_strangers_of_no_council_send_nothing_to_anybody(app, runtime, councils, honest):
    answers = [stranger.share(SPAM) for stranger in crowd(app, "spam.example")]

    assert {answer.status_code for answer in answers} == {403}
    assert waiting(runtime) == 0
    assert nothing_is_public(app, runtime)
    _, page = honest()
    assert "It is next in the queue." in page.words


@pytest.mark.parametrize("domain", ["fen.gov.uk", "n{}.fen.gov.uk"])
def test_many_of_one_council_bury_nothing_of_others(app, runtime, councils, honest, domain):
    answers = [stranger.share(SPAM) for stranger in crowd(app, domain)]
    with runtime.database.reading() as session:
        states = set(session.scalars(select(User.state).where(User.name == "Spam")))

    _, page = honest()
    queue = Reviewer(app).get("/review")

    assert states == {State.ACTIVE}
    assert {answer.status_code for answer in answers} == {303}
    assert waiting(runtime) == CROWD + 1
    assert nothing_is_public(app, runtime)
    assert "6th in the queue" in page.words
    titles = [words(row) for row in queue.find(".//tbody/tr//a")]
    assert HONEST in titles
    assert titles.count(SPAM) == 5
    assert len(titles) < 20
