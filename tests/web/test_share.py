"""Share yours, as somebody does it in a browser: one question at a time."""

import pytest
from sqlalchemy import select

from kb.accounts.models import State as AccountState
from kb.mail.models import Letter
from kb.submissions.models import Decision, Draft, State, Verdict
from tests.apps import create_app
from tests.factories import (
    NOW,
    make_user,
)
from tests.pages import Browser, words
from tests.people import Person, Reviewer
from tests.submissions.writing import CASE, know_terms
from tests.web.sharing import drafted, saved, start, user

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def app(runtime):
    with runtime.database.transaction() as session:
        know_terms(session)
    return create_app(runtime=runtime)


@pytest.fixture
def officer(app, runtime):
    return Person(app, user(runtime))


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


def test_an_address_may_be_typed_as_people_say_it(officer, runtime):
    draft_id = start(officer)

    officer.post(f"/share/{draft_id}/questions/source", source_url="www.example.org/x")

    assert saved(runtime, draft_id).answers["source_url"] == "https://www.example.org/x"


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
