"""Every route as every role, against the table in audiences.csv, which is a promise to people.

yes      the page, what was done, or the form again; "yes" says who it is for, not how
sign in  led to the sign-in page
no       told that it is not theirs to do
hidden   nothing at this address, as far as they can know
"""

import csv
import re
import sqlite3
from pathlib import Path

import pytest

from tests.apps import create_app
from tests.audience_world import ROLES, build, seal_of, sit_in
from tests.pages import Browser
from tests.people import Person, token_of

TABLE = Path(__file__).with_name("audiences.csv")
CONVERTER = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>")
WORDS = {
    "slug": {"councils": "home", "case-studies": "study", "tip-cards": "card"}
    | {"training": "exercise", "barriers": "skills"},
    "name": {"share": "summary", "files": "a.png"},
    "number": "1",
    "ref": "test:1",
    "signature": "none",
}
FIELDS = {"block": "1", "format": "exercise"}  # where to go, and what to swap in
QUERIES = {"copies.new": "?of=1"}
WITH_A_FORM = {  # the page about cookies names them; reading anything else sets none
    *("/sign-in", "/sign-in/letter", "/sign-in/reset", "/sign-up"),
    *("/sessions/new", "/councils/like/choice"),
}
SHOWN_BY_A_COOKIE = {"/councils/like", "/join", "/j/<code>", "/j/<code>/state"}  # if there is one


@pytest.fixture
def world(runtime):
    """The app with one of everything, a browser for each role, and a way back to the start."""
    with runtime.database.transaction(quietly=True) as session:
        people, things = build(session)
    app = create_app(runtime=runtime)
    browsers = {"visitor": Browser(app)}
    browsers |= {role: Person(app, user) for role, user in people.items()}
    return World(runtime, app, browsers, things)


class World:
    def __init__(self, runtime, app, browsers, things):
        self.app = app
        self._runtime = runtime
        self._browsers = browsers
        self._things = things
        self._tokens = {role: self._token(role) for role in ROLES}
        self._cookies = {role: self._cookie(role) for role in ROLES}
        self._fields = {role: sit_in(browsers[role].client, things) for role in ROLES}
        self._seal = seal_of(browsers["owner"], things)  # it helps nobody else
        self._file = Path(runtime.database.engine.url.database)
        self._kept = self._file.with_suffix(".kept")
        with sqlite3.connect(self._file) as now, sqlite3.connect(self._kept) as kept:
            now.backup(kept)

    def rows(self):
        """(method, route) -> role -> what came of it."""
        return {
            (method, rule.rule): {role: self._try(method, rule, role) for role in ROLES}
            for rule in self.app.url_map.iter_rules()
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        }

    def read_by_a_stranger(self):
        """Route -> the answer to a browser that comes without any cookie."""
        stranger = self.app.test_client(use_cookies=False)
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in rule.methods]
        return {rule.rule: stranger.get(self._address(rule)) for rule in rules}

    def _try(self, method, rule, role):
        self._begin_again()
        client = self._browsers[role].client
        client.set_cookie(self._name, self._cookies[role])
        own = FIELDS | self._fields[role]
        own |= {"csrf_token": self._tokens[role], "seal": self._seal}
        options = {} if method == "GET" else {"data": own}
        return _verdict(client.open(self._address(rule), method=method, **options))

    def _begin_again(self):
        with sqlite3.connect(self._kept) as kept, sqlite3.connect(self._file) as now:
            kept.backup(now)

    def _address(self, rule):
        first = rule.rule.split("/")[1]

        def value(match):
            name = match[1]
            if name == "draft_id" and first == "review":
                name = "waiting_id"
            word = self._things.get(name, WORDS.get(name, "nothing"))
            if name == "slug" and first == "sessions":
                word = self._things["pack_slug"]
            found = word.get(first, word.get(_last(rule), "x")) if isinstance(word, dict) else word
            return str(found)

        return CONVERTER.sub(value, rule.rule) + QUERIES.get(rule.endpoint, "")

    @property
    def _name(self):
        return self.app.config["SESSION_COOKIE_NAME"]

    def _cookie(self, role):
        return self._browsers[role].client.get_cookie(self._name).value

    def _token(self, role):
        page = "/sign-in" if role == "visitor" else "/account"
        return token_of(self._browsers[role].get(page))


def _last(rule):
    return rule.rule.split("/")[-2]


def _verdict(response):
    location = response.headers.get("Location", "")
    if response.status_code == 303 and re.match(r"/sign-in\?next=", location):
        return "sign in"
    return {403: "no", 404: "hidden", 500: "broken"}.get(response.status_code, "yes")


def test_every_route_answers_every_role_as_the_table_says(world):
    with TABLE.open(encoding="utf-8", newline="") as file:
        promised = {(row.pop("method"), row.pop("route")): row for row in csv.DictReader(file)}

    found = world.rows()

    assert {key: row for key, row in found.items() if promised.get(key) != row} == {}
    assert set(promised) == set(found), "the table names routes that are no more"


def test_reading_gives_nobody_a_cookie_but_where_a_form_needs_one(world):
    answers = world.read_by_a_stranger()

    given = {route for route, answer in answers.items() if "Set-Cookie" in answer.headers}
    personal = {
        route
        for route, answer in answers.items()
        if answer.status_code == 200 and "private" in answer.headers["Cache-Control"]
    }
    assert given == WITH_A_FORM
    assert personal - given == SHOWN_BY_A_COOKIE
