"""What strangers may try against every page alike; each is refused, and nothing has changed.

What is tried              where it is tried
stored XSS                 tests/test_typed.py, through every field and every page
CSRF                       here, every form; web/test_upkeep.py, the two forms without a token
IDOR                       test_audiences.py, every address; here, every second id
account enumeration        web/test_sign_in.py, web/test_sign_up.py, accounts/test_by_mail.py
session fixation           web/test_sign_in.py, web/test_second_step.py, web/test_identity.py
open redirect              here, every address; web/test_sign_in.py, web/test_own_paths.py
host header                here, every address and letter
mail headers               tests/test_typed.py; mail/test_senders.py
CSV formulas               tests/test_typed.py, every table
oversize, million fields   here, every form, and on the real server
forged file types          web/test_files.py, files/test_judging.py
mass sign-up               tests/test_crowds.py
"""

import html
import re
import sqlite3
from contextlib import ExitStack, closing, suppress
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from kb.accounts.models import CouncilRole, User
from tests import routes
from tests.audience_world import build, make_room, seal_of, sit_in
from tests.copying.making import make_copy
from tests.factories import make_case_study, make_council, make_user
from tests.pages import Browser
from tests.people import Person, token_of
from tests.questions.asking import make_question
from tests.services.site import running_site
from tests.submissions.writing import make_draft
from tests.web.entering import Newcomer

OURS = {"localhost", "127.0.0.1"}
ELSEWHERE = (
    "//evil.example/x",
    "https://evil.example/x",
    "/\\evil.example",
    "javascript:alert(1)",
)
WAYS = ("next", "back", "to", "url", "return", "return_to", "redirect", "continue")
WITHOUT_TOKEN = {"upkeep.create_note", "upkeep.create_text"}  # they use the authority of nobody
# Guests have no session of Flask's: the forms of phones and of trainers carry tokens of their own.
BY_PHONES = {
    *("rooms.create_participant", "rooms.create_answer", "rooms.create_idea"),
    *("rooms.create_vote", "rooms.create_pledge"),
}
BY_TRAINERS = {
    *("presenting.create_step", "presenting.create_gap", "presenting.create_hands"),
    *("running.update_round", "running.update_words", "running.create_merging"),
    *("running.update_idea", "running.update_pledge", "running.update_place"),
    *("running.create_parking", "running.create_block", "running.create_closing"),
    *("running.create_paper", "running.create_idea_hands"),
}
BY_KEY = {"rooms.find", "presenting.create_key"}  # what is typed there is itself the key
OWN_TOKENS = BY_PHONES | BY_TRAINERS | BY_KEY
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
LINK = re.compile(r"""(?:href|action|src)=["']?([^"'> ]*)""")
SEEN = ('INTO "attempt"', 'INTO "sign_in"')
BY_OTHERS = "PRAGMA data_version"  # another number once another connection has changed anything


NAMES = (
    *("id", "of", "from", "change", "lead", "copy", "other", "number", "version", "with", "do"),
    *("source_version", "draft_version", "live_version", "status", "hours", "owner", "council"),
    *("decision", "message", "reason", "text", "agrees", "note", "role", "code", "key", "name"),
    *("email", "password", "present", "next", "title", "steps", "kind", "address", "resource"),
    *("first_step_by", "review_on", "choice_0", "text_0", "pick", "look", "found", "listed"),
)
ALIASES = ("id", "of", "from", "change", "resource", "lead", "owner", "council", "user", "by")


class World:
    """The site with one of everything, and a browser for each role."""

    def __init__(self, runtime, app, people, things, ending):
        self.ending = ending
        self.runtime, self.app, self.things = runtime, app, things
        self.database = runtime.settings.data_dir / "kb.sqlite"
        self.browsers = {"visitor": Browser(app)}
        self.browsers |= {role: Person(app, user) for role, user in people.items()}
        self.tokens = {role: self.browsers[role].token() for role in people}
        self.tokens["visitor"] = token_of(self.browsers["visitor"].get("/sign-in"))

    def addresses(self, *methods):
        """(method, endpoint, address) of every route, with one of everything in it."""
        values = self.things | {"number": 1, "name": "title", "barrier": "skills"}
        values["slug"] = {"councils": "home", "case-studies": "study", "tip-cards": "card"}
        values["slug"] |= {"sessions": self.things["pack_slug"]}
        waiting = values | {"draft_id": self.things["waiting_id"]}
        return {
            (method, rule.endpoint, routes.address(rule, each))
            for method, rule in routes.of(self.app, *methods)
            for each in (values, waiting)
        }

    def rows(self):
        """Everything that is kept, but who was seen and how often somebody tried."""
        with closing(sqlite3.connect(self.database)) as database:
            return [row for row in database.iterdump() if not any(seen in row for seen in SEEN)]


@pytest.fixture
def world(runtime, app):
    with runtime.database.transaction(quietly=True) as session:
        people, things = build(session)
    with ExitStack() as ending:
        yield World(runtime, app, people, things, ending)


def test_no_form_of_any_page_is_taken_without_our_token(world):
    before = world.rows()

    for method, endpoint, address in world.addresses(*CHANGES):
        if endpoint in WITHOUT_TOKEN | OWN_TOKENS:
            continue
        for role, token in (("visitor", ""), ("owner", ""), ("admin", world.tokens["owner"])):
            client = world.browsers[role].client
            answer = client.open(address, method=method, data={"csrf_token": token})
            assert answer.status_code == 400, (method, address, role)

    assert world.rows() == before


def test_no_button_of_a_trainer_is_taken_without_the_seal_of_their_page(world):
    owner = world.browsers["owner"]
    right = seal_of(owner, world.things)
    before = world.rows()
    tried = set()

    for method, endpoint, address in world.addresses("POST"):
        if endpoint in BY_TRAINERS:
            tried.add(endpoint)
            for seal in ("", right[::-1], world.tokens["owner"]):
                answer = owner.client.open(address, method=method, data={"seal": seal})
                assert answer.status_code == 403, address
            for role in ("visitor", "colleague", "admin"):
                client = world.browsers[role].client
                answer = client.open(address, method=method, data={"seal": right})
                assert answer.status_code == 404, (address, role)

    assert tried == BY_TRAINERS
    assert world.rows() == before


def test_no_phone_answers_by_a_page_of_another_site(world):
    """The browser brings the cookie along; the token in the form, only our page knows."""
    client = world.browsers["visitor"].client
    fields = sit_in(client, world.things)
    before = world.rows()

    for _, endpoint, address in world.addresses("POST"):
        if endpoint in BY_PHONES:
            wrong = fields | {"room": "x", "text": "Mine", "will": "win", "is_for": "yes"}
            elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
            answer = client.post(address, data=wrong, headers=elsewhere)
            assert answer.status_code == 403, address

    assert world.rows() == before


def test_reading_changes_nothing(world):
    before = world.rows()

    for method, _, address in world.addresses("GET", "HEAD", "OPTIONS"):
        for role in ("visitor", "owner", "reviewer", "admin") if method == "GET" else ("owner",):
            answer = world.browsers[role].client.open(address, method=method)
            assert answer.status_code < 500, (method, address, role)

    assert world.rows() == before


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_address_leads_to_another_site(world, elsewhere):
    for _, _, address in world.addresses("GET"):
        for role in ("visitor", "admin"):
            answer = world.browsers[role].client.get(
                address, query_string=dict.fromkeys(WAYS, elsewhere)
            )
            assert _leads_elsewhere(answer) == [], (address, role)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_form_leads_to_another_site(world, elsewhere):
    begin_again = _keeping(world, "owner")
    done = 0

    for method, _, address in world.addresses(*CHANGES):
        data = dict.fromkeys(WAYS, elsewhere) | {"csrf_token": world.tokens["owner"]}
        begin_again()
        answer = world.browsers["owner"].client.open(address, method=method, data=data)
        assert _leads_elsewhere(answer) == [], address
        done += answer.status_code == 303

    assert done > 8


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/..", "/\\evil.example", "///x"]
)
def test_no_odd_path_leads_to_another_site(browser, path):
    browser.client.set_cookie("council", "KIR")

    answer = browser.client.open(environ_overrides={"PATH_INFO": path, "REQUEST_URI": path})

    assert _leads_elsewhere(answer) == []


@pytest.mark.parametrize("typed", [None, "", "²", "9" * 30, "-1", "a\x00b\r\n", "x" * 3000])
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_nothing_that_is_typed_is_a_fault_of_ours(world, role, typed):
    begin_again = _keeping(world, role)
    data = {} if typed is None else dict.fromkeys(NAMES, typed)

    for method, _, address in world.addresses("GET", *CHANGES):
        begin_again()
        sent = data | {"csrf_token": world.tokens[role]}
        said = {"query_string" if method == "GET" else "data": sent}
        answer = world.browsers[role].client.open(address, method=method, **said)
        assert answer.status_code != 500, address


def test_other_names_of_the_site_are_answered_nowhere(world):
    for method, _, address in world.addresses("GET", *CHANGES):
        data = {"csrf_token": world.tokens["owner"]} if method != "GET" else None
        answer = world.browsers["owner"].client.open(
            address, method=method, data=data, headers={"Host": "evil.example"}
        )
        assert answer.status_code == 400, address
        assert "evil" not in answer.text


def test_no_form_takes_a_million_fields(world):
    form = (b"a=&" * 1_000_000, "application/x-www-form-urlencoded")
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    parts = (part * 5_000 + b"--x--\r\n", "multipart/form-data; boundary=x")

    for method, _, address in world.addresses(*CHANGES):
        for role, body, kind in (("visitor", *form), ("admin", *parts)):
            answer = world.browsers[role].client.open(
                address, method=method, data=body, content_type=kind
            )
            assert answer.status_code in {400, 413}, (address, kind)


def _leads_elsewhere(answer):
    """Where an answer would take somebody that is not this site."""
    links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
    found = [*map(html.unescape, links), answer.headers.get("Location", "")]
    return [each for each in found if ("evil" in each and not _is_ours(each)) or _is_script(each)]


def _is_ours(address):
    parts = urlsplit(urljoin("http://localhost/", address.strip().replace("\\", "/")))
    return parts.scheme == "http" and parts.hostname in OURS


def _is_script(address):
    return address.strip().lower().startswith("javascript:")


def test_ids_in_a_form_reach_nothing_that_the_address_does_not_name(world):
    """Somebody sends every form about their own things, and names another's in its fields."""
    theirs = _foreign_rows(world)
    plain = {name: each for name, each in world.things.items() if name != "code"}
    named = plain | dict.fromkeys(ALIASES, world.things["resource_id"])
    named |= {"copy": world.things["copy_id"], "draft": world.things["draft_id"]}
    named |= {"idea": world.things["idea_id"], "round": world.things["round_id"]}
    role, own = "elsewhere", _own_things(world)
    browser = world.browsers[role]
    named |= {"room": sit_in(browser.client, own)["room"], "seal": seal_of(browser, own)}
    data = named | {"csrf_token": world.tokens[role], "status": "doing", "title": "Mine"}
    data |= {f"alt-{world.things['upload_id']}": "Mine", "choice_0": "keep", "version": 1}

    begin_again = _keeping(world, role)

    for method, rule in routes.of(world.app, *CHANGES):
        path = routes.address(rule, own | {"name": "summary", "slug": "mine", "number": 1})
        begin_again()
        answer = world.browsers[role].client.open(path, method=method, data=data)
        assert answer.status_code not in {400, 500}, path
        assert _foreign_rows(world) == theirs, path


def _own_things(world):
    """What belongs to somebody of another council, with the second ids of what does not."""
    with world.runtime.database.transaction(quietly=True) as session:
        user = session.get(User, world.browsers["elsewhere"].user.id)
        user.council_role = CouncilRole.EDITOR
        study = make_case_study(session, title="Mine", councils=[user.council.code])
        draft, other = make_draft(session, user), make_draft(session, user)
        copy = make_copy(session, by=user)
        room = make_room(session, user)
        return room | {
            "code": {"j": room["room_code"]},
            "draft_id": draft.id,
            "waiting_id": other.id,
            "copy_id": copy.id,
            "resource_id": study.id,
            "user_id": user.id,
            "question_id": make_question(session, by=user).id,
            **{name: world.things[name] for name in ("upload_id", "note_id")},
        }


def _keeping(world, role):
    """Remember all that is there, and who is signed in; what is given brings it back."""
    name = world.app.config["SESSION_COOKIE_NAME"]
    client = world.browsers[role].client
    cookie = client.get_cookie(name).value
    kept, ours = (
        world.ending.enter_context(closing(sqlite3.connect(place)))
        for place in (":memory:", world.database)
    )
    ours.backup(kept)
    (before,) = ours.execute(BY_OTHERS).fetchone()

    def begin_again():
        nonlocal before
        (now,) = ours.execute(BY_OTHERS).fetchone()
        if now != before:
            kept.backup(ours)
            before = now
        client.set_cookie(name, cookie)

    return begin_again


def _foreign_rows(world):
    """The rows of everything that is the owner's."""
    tables = {name.removesuffix("_id"): number for name, number in world.things.items()}
    tables |= {"reader_note": tables["note"], "saved_plan": tables["plan"]}
    tables |= {"training_session": tables["training"], "write_up": 1}
    with closing(sqlite3.connect(world.database)) as database:
        known = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        return {
            table: database.execute(f'SELECT * FROM "{table}" WHERE id = {number}').fetchall()
            for table, number in tables.items()
            if table in known
        }


def test_no_letter_says_what_a_header_says(runtime, app):
    """Proxies set these; nobody else may make us believe one."""
    newcomer = Newcomer(app)
    newcomer.client.environ_base |= {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_SERVER": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "evil",
        "HTTP_X_FORWARDED_PREFIX": "//evil.example",
        "HTTP_X_ORIGINAL_URL": "//evil.example",
        "HTTP_FORWARDED": "host=evil.example;proto=evil",
    }
    with runtime.database.transaction(quietly=True) as session:
        user = make_user(session, make_council(session))

    newcomer.send("/sign-up", email="sian@fen.gov.uk", name="Siân")
    newcomer.send("/sign-in/link", email=user.email)
    newcomer.send("/sign-in/reset", email=user.email)

    letters = newcomer.letters("sian@fen.gov.uk") + newcomer.letters(user.email)
    assert len(letters) == 3
    for letter in letters:
        assert re.findall(r"(\S+)/sign-", letter.text) == [runtime.settings.base_url]
        assert "evil" not in letter.text


def test_the_real_server_outlives_what_is_too_large(tmp_path):
    """Bodies that say how long they are, that do not, and that never come."""
    with running_site(tmp_path) as site:
        url = f"http://127.0.0.1:{site.port}"
        for path in ("/sign-in", "/share/paper", "/share/1/files", "/review/1/decisions"):
            for body in (b"a=&" * 1_000_000, iter([b"a=&" * 100_000] * 10)):
                with suppress(requests.ConnectionError):  # cut off in the middle, as it should be
                    answer = requests.post(url + path, data=body, timeout=240)
                    assert answer.status_code in {400, 413}, path

        answers = [site.get(path)[0] for path in ("/healthz", "/", "/share", "/sign-in")]

    assert answers == [200] * 4
