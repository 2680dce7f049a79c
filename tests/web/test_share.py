from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kb.accounts.models import State as AccountState
from kb.factory import create_app
from kb.feeds import leads
from kb.feeds.fetch import Fetcher
from kb.mail.models import Letter
from kb.submissions.models import Decision, Draft, State, Verdict
from tests.factories import (
    NOW,
    make_case_study,
    make_council,
    make_entry,
    make_lead,
    make_source,
    make_user,
)
from tests.pages import Browser, words
from tests.people import Person, Reviewer
from tests.services.feedserver import Reply, serve
from tests.submissions.writing import CASE, know_terms, make_draft

HTML = {"Content-Type": "text/html; charset=utf-8"}
POST = """<!doctype html><title>x</title><meta property="og:title" content="How we asked ŵ">
<meta property="og:site_name" content="Fenbridge"><h1>Other</h1>
<meta property="article:published_time" content="2025-03-04">""".encode()
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


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


def user(runtime, **values):
    with runtime.database.transaction() as session:
        council = make_council(session, short_name="Fenbridge")
        return make_user(session, council, **values)


@pytest.fixture
def officer(app, runtime):
    return Person(app, user(runtime))


def start(officer, kind="case-study", **data):
    officer.post("/share/drafts", kind=kind, **data)
    with officer.client.application.extensions["kb"].database.reading() as session:
        return session.scalars(select(Draft).order_by(Draft.id.desc())).first().id


def saved(runtime, draft_id):
    with runtime.database.reading() as session:
        return session.get(Draft, draft_id)


def drafted(runtime, owner, **values):
    with runtime.database.transaction() as session:
        return make_draft(session, owner, **values).id


def test_anybody_reads_what_sharing_is(browser):
    page = browser.get("/share")

    assert page.heading == "Share yours"
    assert "Share something small" in page.words
    assert "Share a full case" in page.words


@pytest.mark.parametrize(
    "path", ["/share/new", "/share/drafts", "/share/1", "/share/1/questions/cost"]
)
def test_visitors_sign_in_first_and_come_back(browser, path):
    response = browser.response(path)

    assert response.status_code == 303
    assert response.headers["Location"].endswith(f"next={path}")


def test_visitors_write_nothing(browser, session):
    assert browser.client.post("/share/drafts").status_code == 400

    assert session.scalars(select(Draft)).all() == []


def test_a_case_is_written_one_question_at_a_time(officer, runtime):
    draft_id = start(officer)
    tasks = officer.get(f"/share/{draft_id}")

    assert tasks.heading == "Share a case study"
    assert "Cannot start yet" in tasks.words
    page = officer.post(
        f"/share/{draft_id}/questions/summary",
        title="Asked by postcard",
        summary="It worked.",
        lang="en",
    )

    assert page.heading == "Which kind of scrutiny was it?"
    assert "Fenbridge Council, from your account" in page.words
    assert saved(runtime, draft_id).answers["title"] == "Asked by postcard"
    (item,) = [
        words(li)
        for li in officer.get(f"/share/{draft_id}").find(".//li")
        if "in one" in words(li)
    ]
    assert item == "What you did, in one sentence Completed"


def test_the_link_to_come_back_is_in_a_letter(officer, browser, runtime, session):
    draft_id = start(officer)
    officer.post(f"/share/{draft_id}/questions/summary", title="Asked", summary="x", lang="en")

    (letter,) = session.scalars(select(Letter)).all()

    assert f"{runtime.settings.base_url}/share/{draft_id}" in letter.text
    response = browser.response(f"/share/{draft_id}")
    assert response.headers["Location"].endswith(f"/sign-in?next=/share/{draft_id}")
    assert officer.get(f"/share/{draft_id}").status == 200


def test_a_letter_never_says_what_the_host_header_says(officer, runtime, session):
    draft_id = start(officer)

    officer.client.post(
        f"/share/{draft_id}/questions/summary",
        data={"title": "x", "csrf_token": officer.token()},
        headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"},
    )

    assert all("evil" not in letter.text for letter in session.scalars(select(Letter)))


def test_what_was_typed_is_kept_beside_what_is_wrong_with_it(officer, runtime):
    draft_id = start(officer)

    page = officer.post(
        f"/share/{draft_id}/questions/cost",
        expect=422,
        setup_time="ages",
        money="not much",
        money_for="x" * 246,
    )

    assert page.title.startswith("Error: ")
    summary = page.find(".//div[@role='alert']")[0]
    assert "Cost must be a number, like 0 or 250" in words(summary)
    assert "You have 46 too many" in words(summary)
    targets = [a.get("href").removeprefix("#") for a in summary.iter("a")]
    assert [t for t in targets if not page.find(f".//*[@id='{t}']")] == []
    assert page.find(".//input[@id='money']")[0].get("value") == "not much"
    assert saved(runtime, draft_id).answers["money"] == "not much"
    again = officer.get(f"/share/{draft_id}/questions/cost")
    assert again.find(".//input[@id='money']")[0].get("value") == "not much"


def test_another_step_needs_no_script_and_keeps_what_was_typed(officer):
    draft_id = start(officer)
    address = f"/share/{draft_id}/questions/steps"

    page = officer.post(address, steps=["One", "Two", "Three"], do="add")

    boxes = page.find(".//textarea[@name='steps']")
    assert [(box.text or "").strip() for box in boxes] == ["One", "Two", "Three", ""]
    assert words(page.find(".//label[@for='steps-4']")[0]) == "Step 4"
    page = officer.post(address, steps=[], do="add")
    assert len(page.find(".//textarea[@name='steps']")) == 3


def test_saving_for_later_goes_back_to_the_list(officer, runtime):
    draft_id = start(officer)

    page = officer.post(f"/share/{draft_id}/questions/summary", title="Half a", do="later")

    assert page.heading == "Share a case study"
    assert "In progress" in page.words
    assert saved(runtime, draft_id).answers["title"] == "Half a"


def test_people_go_back_to_where_they_came_from(officer, runtime):
    draft_id = drafted(runtime, officer.user)
    data = {"next_step": "Ask.", "csrf_token": officer.token()}

    for back, end in (
        ("check", f"/share/{draft_id}/check"),
        ("answers", f"/share/{draft_id}/answers"),
        ("https://evil.example", f"/share/{draft_id}/questions/source"),
    ):
        response = officer.client.post(
            f"/share/{draft_id}/questions/next-step", data=data | {"back": back}
        )
        assert response.headers["Location"] == end


def test_no_question_of_another_name(officer):
    draft_id = start(officer)

    officer.get(f"/share/{draft_id}/questions/owner", expect=404)
    officer.post(f"/share/{draft_id}/questions/owner", expect=404)


def test_nobody_reads_or_writes_the_draft_of_another(app, officer, runtime):
    draft_id = drafted(runtime, officer.user)
    with runtime.database.transaction() as session:
        colleague = make_user(session, officer.user.council)
    others = [Person(app, colleague), Reviewer(app)]
    token = others[0].token()

    for other in others:
        for path in ("", "/questions/cost", "/check", "/answers", "/preview", "/end"):
            other.get(f"/share/{draft_id}{path}", expect=404)
        for path in ("/questions/cost", "/sending", "/links", "/end"):
            other.post(f"/share/{draft_id}{path}", expect=404, agreed="yes", licensed="yes")
    assert token
    assert saved(runtime, draft_id).state is State.DRAFT


@pytest.mark.parametrize("number", ["0", "999999", "2147483647", "2147483648", "1e3", "-1"])
def test_there_are_no_drafts_at_made_up_numbers(officer, number):
    officer.get(f"/share/{number}", expect=404)


def test_a_form_without_our_token_changes_nothing(officer, runtime):
    draft_id = drafted(runtime, officer.user)

    for path in ("/questions/summary", "/sending", "/end", "/links"):
        response = officer.client.post(f"/share/{draft_id}{path}", data={"title": "Gone"})
        assert response.status_code == 400
    assert saved(runtime, draft_id).answers["title"] == CASE["title"]


@pytest.mark.parametrize("kind", ["case-study", "tip-card"])
def test_no_field_carries_a_script_to_anybody(officer, runtime, kind):
    draft_id = start(officer, kind)
    draft = saved(runtime, draft_id)
    from kb.submissions import form

    for page in form.pages(draft.kind):
        typed = {question.name: [XSS] for question in page.questions}
        shown = officer.client.post(
            f"/share/{draft_id}/questions/{page.name}",
            data=typed | {"csrf_token": officer.token()},
            follow_redirects=True,
        )
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
    for path in ("", "/check", "/answers", "/preview", "/end"):
        text = officer.get(f"/share/{draft_id}{path}").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "<img src=x" not in officer.get("/share/drafts").text


def test_a_body_that_is_too_large_loses_nothing(officer, runtime):
    draft_id = drafted(runtime, officer.user)
    address = f"/share/{draft_id}/questions/summary"

    large = officer.post(address, expect=413, title="x" * 80_000)
    many = officer.client.post(address, data="&".join(["title=x"] * 1_000_000))
    parts = officer.client.post(
        address,
        data={f"f{n}": "x" for n in range(300)},
        content_type="multipart/form-data",
    )

    assert "saved" in large.words
    assert {many.status_code, parts.status_code} == {413}
    assert saved(runtime, draft_id).answers["title"] == CASE["title"]


def test_bytes_that_no_text_holds_are_dropped(officer, runtime):
    draft_id = start(officer)

    officer.post(
        f"/share/{draft_id}/questions/summary",
        title="A\x00B\x1b ŵ",
        summary="x\x00\r\ny",
        lang="en",
    )

    answers = saved(runtime, draft_id).answers
    assert (answers["title"], answers["summary"]) == ("AB ŵ", "x\ny")


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


def test_who_waits_for_an_admin_may_write(app, runtime):
    waiting = Person(app, user(runtime, state=AccountState.WAITING))

    assert "an admin still has to confirm" in waiting.get("/share/new").words
    draft_id = start(waiting)

    assert "an admin still has to confirm" in waiting.get(f"/share/{draft_id}").words


def test_drafts_are_listed_with_how_they_are(officer, runtime):
    assert "You have none yet." in officer.get("/share/drafts").words
    drafted(runtime, officer.user)

    page = officer.get("/share/drafts")

    assert CASE["title"] in page.words
    assert "Not sent yet" in page.words


def test_nobody_begins_drafts_without_end(officer, runtime):
    for _ in range(20):
        start(officer)
    page = officer.post("/share/drafts", expect=429)

    assert page.headers["Retry-After"]


def test_what_a_reviewer_asked_for_is_beside_its_question(officer, runtime):
    draft_id = drafted(runtime, officer.user)
    with runtime.database.transaction() as session:
        reviewer = make_user(session, is_reviewer=True)
        draft = session.get(Draft, draft_id)
        draft.state = State.CHANGES
        session.add(
            Decision(
                draft_id=draft_id,
                by_id=reviewer.id,
                at=NOW,
                verdict=Verdict.CHANGES,
                message="Nearly there.",
                requests={"money": "Was it £40 <b>in all</b>?"},
            )
        )

    tasks = officer.get(f"/share/{draft_id}")
    page = officer.get(f"/share/{draft_id}/questions/cost")

    assert "Nearly there." in tasks.words
    assert ("Money spent", f"/share/{draft_id}/questions/cost?back=list#money") in tasks.links
    assert "Changes asked" in tasks.words
    assert "A reviewer asked: Was it £40 <b>in all</b>?" in page.words
    field = page.find(".//input[@id='money']")[0]
    assert "money-asked" in field.get("aria-describedby")


def test_an_address_says_nothing_to_who_is_not_signed_in(app, runtime, officer):
    draft_id = drafted(runtime, officer.user)

    response = Browser(app).response(f"/share/{draft_id}/preview")

    assert response.status_code == 303
    assert CASE["title"] not in response.text
