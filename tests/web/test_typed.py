"""Whoever was signed out meanwhile finds what they typed, and nobody else's."""

import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask_wtf import FlaskForm
from sqlalchemy import update
from wtforms import PasswordField

from kb.accounts import passwords, sign_ins
from kb.accounts.models import SignIn
from kb.clock import utcnow
from kb.web import typed
from tests.factories import make_user
from tests.pages import Browser, words
from tests.people import Person, token_of
from tests.submissions.writing import know_terms
from tests.web import sharing
from tests.web.entering import PASSWORD

MARKUP = "</textarea><script>alert(1)</script>"
TYPED = {"title": MARKUP, "summary": "Cynllun\r\nyn y llyfrgell, ŵ " * 9, "back": "check"}
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SUMMARY = "The same in one sentence, with what came of it"
LATER = timedelta(hours=21)


@pytest.fixture
def officer(app, runtime):
    with runtime.database.transaction(quietly=True) as session:
        know_terms(session)
    return Person(app, with_password(runtime, sharing.user(runtime)))


@pytest.fixture
def path(officer):
    return f"/share/{sharing.start(officer)}/questions/summary"


def with_password(runtime, user):
    with runtime.database.transaction(quietly=True) as session:
        passwords.set_password(session.merge(user), PASSWORD)
    return user


def run_out(runtime):
    with runtime.database.transaction(quietly=True) as session:
        session.execute(update(SignIn).values(started_at=utcnow() - LATER))


def end(runtime, user):
    with runtime.database.transaction(quietly=True) as session:
        sign_ins.end_all(session, user, now=utcnow())


def sign_in(browser, user):
    token = token_of(browser.get("/sign-in"))
    sent = {"csrf_token": token, "email": user.email, "password": PASSWORD}
    assert browser.client.post("/sign-in", data=sent).status_code == 303


def shown(page):
    """Label -> value of all that a person sees of what they typed."""
    fields = {e.get("id"): e for tag in ("input", "textarea") for e in page.find(f".//{tag}")}
    return {
        words(label): (e.text or "").removeprefix("\n") if e.tag == "textarea" else e.get("value")
        for label in page.find(".//label")
        if (e := fields.get(label.get("for"))) is not None and e.get("readonly") is not None
    }


def sent_again(page):
    """What a browser sends when the button of the page is pressed."""
    [form] = [form for form in page.find(".//form") if "Send it again" in words(form)]
    fields = [e for tag in ("input", "textarea") for e in form.iter(tag) if e.get("name")]
    values = {
        e.get("name"): (e.text or "").removeprefix("\n") if e.tag == "textarea" else e.get("value")
        for e in fields
    }
    return form.get("action"), values


def way_in(page):
    """Where people are led to once they have signed in."""
    [href] = [href for text, href in page.links if text.startswith("Sign in (")]
    assert href.startswith("/sign-in")
    return parse_qs(urlsplit(href).query).get("next", [""])[0]


def test_what_was_typed_is_shown_and_sent_again_by_the_same_person(officer, runtime, path):
    data = {"csrf_token": officer.token(), **TYPED}
    run_out(runtime)

    page = officer._page(officer.client.post(path, data=data), 403)

    assert page.heading == "You were signed out"
    plain = TYPED["summary"].replace("\r\n", "\n")
    assert shown(page) == {"Title": MARKUP, SUMMARY: plain}
    assert way_in(page) == path
    action, again = sent_again(page)
    assert officer.client.post(action, data=again).status_code == 403
    sign_in(officer, officer.user)
    assert officer.client.post(action, data=again).status_code in {303, 422}
    draft = sharing.saved(runtime, int(path.split("/")[2]))
    assert (draft.answers["title"], draft.answers["summary"]) == (MARKUP, plain.strip())


def test_it_can_be_sent_again_after_a_second_step_too(app, runtime):
    with runtime.database.transaction(quietly=True) as session:
        user = make_user(session, is_reviewer=True, totp_secret=KEY)
    reviewer = Person(app, with_password(runtime, user))
    data = {"csrf_token": reviewer.token(), "why": "Because of ŵ"}
    run_out(runtime)
    action, again = sent_again(
        reviewer._page(reviewer.client.post("/feeds/leads/1/end", data=data), 403)
    )

    sign_in(reviewer, user)
    code = pyotp.TOTP(KEY).at(utcnow())
    token = token_of(reviewer.get("/sign-in/second-step"))
    reviewer.client.post("/sign-in/second-step", data={"csrf_token": token, "code": code})

    assert reviewer.client.post(action, data=again).status_code == 404  # there is no such lead


def test_somebody_else_in_this_browser_cannot_send_it(officer, runtime, path):
    with runtime.database.transaction(quietly=True) as session:
        other = make_user(session)
    with_password(runtime, other)
    data = {"csrf_token": officer.token(), **TYPED}
    run_out(runtime)
    action, again = sent_again(officer._page(officer.client.post(path, data=data), 403))

    sign_in(officer, other)
    page = officer._page(officer.client.post(action, data=again), 400)

    assert page.heading == "This page was open for too long"
    assert ("Open the form again (opens in a new tab)", path) in page.links
    assert "Send it again" not in page.words


def test_what_was_ended_elsewhere_is_shown_and_not_taken_up_again(officer, runtime, path):
    data = {"csrf_token": officer.token(), **TYPED}
    end(runtime, officer.user)

    page = officer._page(officer.client.post(path, data=data), 403)

    assert page.heading == "You were signed out"
    assert shown(page)["Title"] == MARKUP
    assert "Send it again" not in page.words
    sign_in(officer, officer.user)
    assert officer.client.post(path, data=data).status_code == 400


def test_a_form_without_a_session_is_shown_with_the_way_in(browser):
    page = browser.post("/copies", 400, text_0="Ask the library", why_0="", csrf_token="x")

    assert page.heading == "You were signed out"
    assert shown(page) == {"What you do instead of step 1": "Ask the library"}
    assert way_in(page) == "/copies"
    assert "Send it again" not in page.words


def test_a_visitor_is_not_told_that_they_were_signed_out(browser):
    token = token_of(browser.get("/sign-in"))

    page = browser.post("/planner/plans", 403, csrf_token=token, pick="a")

    assert page.heading == "Sign in first"


@pytest.mark.parametrize("path", ["/sign-in", "/account/second-step", "/sign-in/password"])
def test_nothing_secret_is_shown_again(browser, path):
    secret = {"password": "s3cret-p", "present": "s3cret-o", "code": "s3cret-c", "key": "s3cret-k"}
    more = {"token": "s3cret-t", "csrf_token": "s3cret-x", "New-Password": "s3cret-n"}

    page = browser.post(path, 400, email="sian@bryn.gov.uk", **secret, **more)

    assert "s3cret" not in page.text
    assert shown(page) == {"Email address": "sian@bryn.gov.uk"}


def test_every_password_of_a_form_is_known_to_be_secret():
    names = {
        name
        for form in typed._below(FlaskForm)
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    }

    assert names == {"password", "present"}
    assert all(map(typed.is_secret, {*names, "code", "token", "key", "csrf_token"}))


@pytest.mark.parametrize(
    ("referrer", "next_path"),
    [
        ("http://localhost/case-studies/x/copies/new?from=2", "/case-studies/x/copies/new?from=2"),
        ("https://evil.example/copies/new", "/copies"),
        ("http://localhost//evil.example", "/copies"),
        ("http://localhost/no/such/page", "/copies"),
        ("javascript:alert(1)", "/copies"),
    ],
)
def test_the_way_in_leads_back_to_the_form_and_nowhere_else(browser, referrer, next_path):
    answer = browser.client.post("/copies", headers={"Referer": referrer})

    assert way_in(browser._page(answer, 400)) == next_path


@pytest.mark.parametrize(
    "header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_of_another_site_does_not_choose_what_our_page_says(officer, runtime, path, header):
    data = {"csrf_token": officer.token(), "title": "Send your money"}
    run_out(runtime)

    signed_out = officer.client.post(path, data=data, headers=header)
    stale = Browser(officer.client.application).client.post(path, data=data, headers=header)

    assert (signed_out.status_code, stale.status_code) == (403, 400)
    assert "Send your money" not in signed_out.text + stale.text


def test_a_great_many_fields_make_no_great_page(officer, runtime, path):
    token = officer.token()
    run_out(runtime)
    body = f"csrf_token={token}&" + "a=b&" * 15_000

    kind = "application/x-www-form-urlencoded"
    page = officer._page(officer.client.post(path, data=body, content_type=kind), 403)

    assert len(shown(page)) == typed.MOST_FIELDS
    assert "Send it again" not in page.words
    assert officer.client.post(path, data=body * 2, content_type=kind).status_code == 413


def test_files_are_named_and_chosen_again(officer, runtime):
    data = {"csrf_token": officer.token(), "paper": (io.BytesIO(b"x"), "<b>cynllun.docx")}
    run_out(runtime)

    page = officer._page(officer.client.post("/share/paper", data=data), 403)

    assert "File: <b>cynllun.docx. Choose it again" in page.words
    assert "Send it again" not in page.words
