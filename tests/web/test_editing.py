from datetime import timedelta

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from kb.clock import utcnow
from kb.web.context import FOR_EDITORS
from tests.factories import make_entry, make_lead
from tests.pages import Browser
from tests.web.editors import Editor, link_key, token_of

POSTS = [
    *("/feeds/sources/candidates", "/feeds/sources", "/feeds/sources/1/check"),
    *("/feeds/sources/1/probe", "/feeds/sources/1/retirement"),
    *("/feeds/sources/1/pause", "/feeds/sources/1/pause/end"),
    *("/feeds/entries/1/hiding", "/feeds/entries/1/hiding/end", "/feeds/entries/1/lead"),
    *("/feeds/entries/1/separation", "/feeds/entries/1/union", "/feeds/leads/1/end"),
    *("/editing/session", "/editing/session/end"),
]


@pytest.fixture
def editor(app):
    return Editor(app)


@pytest.fixture
def lead(runtime):
    with runtime.database.transaction() as session:
        return make_lead(session)


def cookie_of(app, **said):
    """A session cookie with our true signature."""
    return SecureCookieSessionInterface().get_signing_serializer(app).dumps(said)


def test_the_link_shows_a_page_and_only_its_button_makes_an_editor(app, browser):
    page = browser.get(f"/editing/link?key={link_key(app)}")

    assert page.heading == "Become an editor in this browser"
    browser.get("/feeds/sources/new", expect=403)

    browser.post("/editing/session", csrf_token=token_of(page), key=link_key(app))

    assert browser.get("/feeds/sources/new").heading == "Add a source"


def test_the_address_of_the_link_is_kept_by_nobody_and_told_to_nobody(app, browser):
    headers = browser.response(f"/editing/link?key={link_key(app)}").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_link_that_has_run_out_makes_nobody_an_editor(app, browser):
    old = link_key(app, now=utcnow() - timedelta(hours=13))
    fresh = browser.get(f"/editing/link?key={link_key(app)}")

    page = browser.get(f"/editing/link?key={old}", expect=403)
    browser.post("/editing/session", expect=403, csrf_token=token_of(fresh), key=old)

    assert "This link has run out" in page.words
    browser.get("/feeds/sources/new", expect=403)


@pytest.mark.parametrize("key", ["", "x", "x.y.z", "<script>", "%00", "A" * 5000])
def test_a_forged_link_makes_nobody_an_editor(app, browser, key):
    fresh = browser.get(f"/editing/link?key={link_key(app)}")

    page = browser.get(f"/editing/link?key={key}", expect=403)
    browser.post("/editing/session", expect=403, csrf_token=token_of(fresh), key=key)

    assert "not whole" in page.words
    assert "<script>" not in page.text


def test_a_link_of_another_site_makes_nobody_an_editor(app, browser, runtime):
    other = Flask("other")
    other.secret_key = "the secret of another site"

    forged = cookie_of(other, _user_id=f"editor-until-{int(utcnow().timestamp()) + 3600}")
    browser.client.set_cookie("kb", forged)

    browser.get("/feeds/sources/new", expect=403)


@pytest.mark.parametrize("user", ["editor-until-1", "editor-until-0"])
def test_an_editor_is_one_no_longer_than_the_link_allowed(app, browser, user):
    browser.client.set_cookie("kb", cookie_of(app, _user_id=user))

    browser.get("/feeds/sources/new", expect=403)


def test_signing_out_leaves_no_cookie_behind(app, editor):
    assert editor.client.get_cookie("kb")

    page = editor.post("/editing/session/end")

    assert page.heading.startswith("Someone has already tried it.")
    assert editor.client.get_cookie("kb") is None
    editor.get("/feeds/sources/new", expect=403)


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_for_a_form_that_is_not_ours(editor, lead, path):
    editor.client.get("/feeds/leads")
    for token in ("", "x", "ImEi.Zz.zz"):
        response = editor.client.post(path, data={"csrf_token": token, "why": "x"})

        assert response.status_code == 400


@pytest.mark.parametrize("path", [path for path in POSTS if path != "/editing/session"])
def test_a_visitor_can_post_nothing(app, browser, lead, path):
    token = token_of(browser.get(f"/editing/link?key={link_key(app)}"))

    page = browser.post(path, expect=403, csrf_token=token, why="x", reason="x", address="x")

    assert FOR_EDITORS in page.words


def test_every_post_is_in_these_tests(app):
    places = {
        rule.rule.replace("<int(max=2147483647):source_id>", "1")
        .replace("<int(max=2147483647):entry_id>", "1")
        .replace("<int(max=2147483647):lead_id>", "1")
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint.partition(".")[0] in FEATURES
    }

    assert places == set(POSTS)


FEATURES = {"feeds", "sources", "leads", "editing"}


def test_the_token_of_one_browser_is_worth_nothing_in_another(app, editor, lead):
    other = Editor(app)

    response = editor.client.post("/feeds/leads/1/end", data={"csrf_token": other.token()})

    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/", "/feeds", "/search?q=x", "/councils"])
def test_pages_for_an_editor_are_kept_by_nobody(editor, browser, path):
    response = editor.client.get(path)

    assert "Editor: sign out" in response.text
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in response.headers
    assert "Editor: sign out" not in browser.get(path).text


@pytest.mark.parametrize("path", ["/", "/feeds", "/feeds/leads", "/feeds/sources", "/nothing"])
def test_reading_sets_no_cookie_and_opens_no_session(browser, lead, path):
    response = browser.response(path)

    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "csrf_token" not in response.text


def test_signing_in_leads_to_no_other_site(app, browser):
    page = browser.get(f"/editing/link?key={link_key(app)}&next=https://evil.example")
    data = {"csrf_token": token_of(page), "key": link_key(app), "next": "https://evil.example"}

    response = browser.client.post("/editing/session?next=//evil.example", data=data)

    assert response.status_code == 303
    assert response.headers["Location"] == "/feeds"


def test_what_was_done_is_said_once_and_as_text(editor, runtime):
    with runtime.database.transaction() as session:
        entry = make_entry(session, title="<script>alert(1)</script>")

    page = editor.post(f"/feeds/entries/{entry.id}/hiding")

    assert "“<script>alert(1)</script>” is hidden" in page.words
    assert "is hidden" not in editor.get("/feeds").words


def test_a_session_from_before_is_not_taken_over(app):
    browser = Browser(app)
    page = browser.get(f"/editing/link?key={link_key(app)}")
    before = browser.client.get_cookie("kb").value
    browser.post("/editing/session", csrf_token=token_of(page), key=link_key(app))

    stale = browser.client.post("/editing/session/end", data={"csrf_token": token_of(page)})

    assert browser.client.get_cookie("kb").value != before
    assert stale.status_code == 400
