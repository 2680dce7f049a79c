"""Drafts that begin with something: an address, a lead, or a page that is there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kb.accounts.models import State
from kb.errors import NotAllowed
from kb.factory import create_app
from kb.feeds import leads
from kb.feeds.fetch import Fetcher
from kb.library import lessons
from kb.library.models import Resource, Visibility
from kb.mail.models import Letter
from kb.submissions.drafts import answers_of
from kb.submissions.models import Draft
from tests.factories import (
    NOW,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
    make_user,
)
from tests.pages import Browser
from tests.people import Person
from tests.services.feedserver import Reply, serve
from tests.submissions.writing import know_terms
from tests.web.sharing import saved, start, user

HTML = {"Content-Type": "text/html; charset=utf-8"}
POST = """<!doctype html><title>x</title><meta property="og:title" content="How we asked ŵ">
<meta property="og:site_name" content="Fenbridge"><h1>Other</h1>
<meta property="article:published_time" content="2025-03-04">""".encode()


@pytest.fixture
def web():
    with serve({"/post": Reply(body=POST, headers=HTML)}) as server:
        yield server


@pytest.fixture
def app(runtime, web):
    with runtime.database.transaction() as session:
        know_terms(session)
    fetcher = Fetcher(contact="https://swap.example.org", allow=frozenset({web.address}))
    yield create_app(runtime=replace(runtime, fetcher=fetcher))
    fetcher.close()


@pytest.fixture
def officer(app, runtime):
    return Person(app, user(runtime))


def test_the_address_of_a_post_fills_title_date_credit_and_link(officer, web, runtime):
    page = officer.post("/share/address", kind="case-study", address=web.url("/post"))

    (draft,) = [saved(runtime, 1)]
    assert page.heading == "Share a case study"
    assert draft.answers["title"] == "How we asked ŵ"
    assert draft.answers["years"] == "March 2025"
    assert draft.answers["credit"] == "Fenbridge"
    assert draft.answers["source_url"] == web.url("/post")
    question = officer.get(f"/share/{draft.id}/questions/summary")
    assert "We filled this in for you. Check that it is right." in question.words
    with runtime.database.reading() as session:
        (letter,) = session.scalars(select(Letter))
    assert f"/share/{draft.id}\n" in letter.text


@pytest.mark.parametrize(
    "address",
    [
        *("", "not an address", "javascript:alert(1)", "file:///etc/passwd"),
        *("http://127.0.0.1:1/", "http://169.254.169.254/latest/", "http://[::1]/", "x" * 5000),
    ],
)
def test_an_address_that_cannot_be_read_is_kindly_refused(officer, session, address):
    page = officer.post("/share/address", expect=422, kind="tip-card", address=address)

    assert page.title.startswith("Error: ")
    assert page.heading == "Share something small"
    assert "Start now" in page.words
    assert session.scalars(select(Draft)).all() == []


def test_a_page_that_does_not_answer_loses_nothing(officer, web):
    page = officer.post("/share/address", expect=422, address=web.url("/gone"))

    assert page.find(".//input[@id='address']")[0].get("value") == web.url("/gone")


def test_a_lead_fills_what_the_feed_said(officer, runtime):
    with runtime.database.transaction() as session:
        source = make_source(session, name="Craffu")
        entry = make_entry(
            session,
            source,
            title="We asked tenants",
            language="cy",
            published_at=datetime(2026, 11, 2, tzinfo=UTC),
        )
        lead = make_lead(session, entry, council=make_council(session, short_name="Otherton"))

    page = officer.get(f"/share/new?lead={lead.id}")
    draft = saved(runtime, start(officer, lead=lead.id))

    assert "We asked tenants" in page.words
    assert "This lead is about Otherton Council." in page.words
    assert draft.lead_id == lead.id
    assert draft.answers["title"] == "We asked tenants"
    assert draft.answers["years"] == "November 2026"
    assert draft.answers["credit"] == "Craffu"
    assert draft.answers["lang"] == "cy"


def test_a_lead_that_is_closed_starts_nothing(officer, runtime):
    with runtime.database.transaction() as session:
        lead = make_lead(session)
        leads.close(session, lead, now=NOW)

    officer.get(f"/share/new?lead={lead.id}", expect=404)
    officer.post("/share/drafts", expect=404, lead=lead.id)


def test_a_made_up_lead_starts_nothing(officer, runtime):
    with runtime.database.transaction() as session:
        lead = make_lead(session, make_entry(session, make_source(session, is_sample=True)))

    officer.get(f"/share/new?lead={lead.id}", expect=403)


@pytest.mark.parametrize("query", ["lead=x", "lead=99999999999", "change=-1", "change=%00"])
def test_made_up_starts_are_not_found(officer, query):
    officer.get(f"/share/new?{query}", expect=404)


def test_a_page_of_my_council_is_changed_from_what_it_says(officer, runtime):
    with runtime.database.transaction() as session:
        code = officer.user.council.code
        study = make_case_study(session, title="Old title", councils=(code,), results="They came.")

    assert officer.get(f"/share/new?change={study.id}").heading == "Change “Old title”"
    draft = saved(runtime, start(officer, change=study.id))

    assert (draft.resource_id, draft.base_version) == (study.id, 1)
    assert draft.answers["results"] == "They came."


@pytest.mark.parametrize("visibility", [Visibility.PEERS, Visibility.UNATTRIBUTED])
def test_what_was_told_apart_from_the_page_comes_back_to_its_council(officer, runtime, visibility):
    with runtime.database.transaction() as session:
        study = told_apart(session, officer.user, visibility)

    draft = saved(runtime, start(officer, change=study.id))

    assert draft.answers["went_wrong"] == "The box was stolen."
    assert draft.answers["visibility"] == visibility.value
    assert "The box was stolen." in officer.get(f"/share/{draft.id}/questions/went-wrong").text
    assert (
        officer.get(f"/share/{draft.id}").find(".//*[@id='t-went-wrong']")[0].text == "Completed"
    )


def test_what_was_told_apart_from_the_page_comes_to_nobody_else(app, officer, runtime):
    with runtime.database.transaction() as session:
        study = told_apart(session, officer.user, Visibility.UNATTRIBUTED)
        other = make_user(session, make_council(session))
        waiting = make_user(session, officer.user.council, state=State.WAITING)
    new, drafts = f"/share/new?change={study.id}", "/share/drafts"

    for somebody in (other, waiting):
        person = Person(app, somebody)
        assert "stolen" not in person.get(new, expect=403).text
        assert "stolen" not in person.post(drafts, expect=403, change=study.id).text
        with runtime.database.reading() as session, pytest.raises(NotAllowed):
            answers_of(session, session.get(Resource, study.id), by=somebody)
    visitor = Browser(app)
    assert visitor.response(new).status_code == 303
    assert "stolen" not in visitor.get(f"/case-studies/{study.slug}").text
    assert "stolen" not in Person(app, other).get(f"/case-studies/{study.slug}").text


def told_apart(session, by, visibility):
    study = make_case_study(session, councils=(by.council.code,))
    said = {"text": "The box was stolen.", "visibility": visibility}
    lessons.tell(session, study, council_type=by.council.type, now=NOW, **said)
    return study


def test_a_page_of_another_council_is_not_changed(officer, runtime):
    with runtime.database.transaction() as session:
        study = make_case_study(session, councils=(make_council(session).code,))

    officer.get(f"/share/new?change={study.id}", expect=403)
    officer.post("/share/drafts", expect=403, change=study.id)


def test_the_way_to_change_a_page_is_shown_to_its_council_alone(app, officer, runtime):
    with runtime.database.transaction() as session:
        study = make_case_study(session, councils=(officer.user.council.code,))
        stranger = make_user(session, make_council(session))
    address = f"/case-studies/{study.slug}"

    assert "Propose a change" in officer.get(address).words
    assert "Propose a change" not in Person(app, stranger).get(address).words
    assert "Propose a change" not in Browser(app).get(address).words
