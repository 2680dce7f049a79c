from datetime import timedelta

import pytest
from sqlalchemy import select

from kb.accounts.models import CouncilRole
from kb.clock import utcnow
from kb.library.models import Resource
from kb.mail.models import Letter
from kb.submissions.models import Decision, Verdict
from kb.upkeep.models import ReaderNote
from kb.web import upkeep as pages
from tests.factories import (
    make_case_study,
    make_council,
    make_tip_card,
    make_training,
    make_user,
)
from tests.pages import Browser
from tests.people import Person, Reviewer

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def study(runtime):
    with runtime.database.transaction() as session:
        council = make_council(session)
        study = make_case_study(session, title="Walks", councils=[council.code])
        study.owner = make_user(session, council=council)
        study.review_by = utcnow().date() - timedelta(days=1)
        return study


def rows(runtime, model):
    with runtime.database.reading() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def more(page):
    return page.find(".//input[@name='note']")[0].get("value")


@pytest.mark.parametrize("make", [make_case_study, make_tip_card, make_training])
def test_every_page_of_a_resource_asks_whether_it_is_still_right(browser, runtime, make):
    with runtime.database.transaction() as session:
        resource = make(session)

    page = browser.get(f"/p/{resource.id}")

    (form,) = page.find(".//section[@aria-labelledby='still-right']//form")
    assert form.get("action") == f"/p/{resource.id}/notes"
    assert "csrf_token" not in page.text


def test_one_click_makes_a_note_and_leaves_no_cookie(browser, runtime, study):
    page = browser.post(f"/p/{study.id}/notes")

    (note,) = rows(runtime, ReaderNote)
    assert page.heading == "Thank you"
    assert (note.resource_id, note.text) == (study.id, "")
    assert [letter.to for letter in rows(runtime, Letter)] == [study.owner.email]
    assert browser.client.get_cookie("kb") is None


def test_a_reader_may_say_what_is_wrong(browser, runtime, study):
    mine = more(browser.post(f"/p/{study.id}/notes"))

    page = browser.post(f"/p/{study.id}/notes/text", note=mine, text="The link is gone.")

    (note,) = rows(runtime, ReaderNote)
    assert note.text == "The link is gone."
    assert page.find(".//textarea") == []
    browser.post(f"/p/{study.id}/notes/text", 404, note=mine, text="And again.")


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001])
def test_what_cannot_be_kept_is_shown_again(browser, runtime, study, text):
    mine = more(browser.post(f"/p/{study.id}/notes"))

    page = browser.post(f"/p/{study.id}/notes/text", 422, note=mine, text=text)

    assert page.title.startswith("Error: ")
    assert more(page) == mine
    assert (page.find(".//textarea")[0].text or "").strip() == text.strip()


@pytest.mark.parametrize("mine", ["", "1", "1.abc.def", "x" * 3000])
def test_nobody_adds_words_to_somebody_elses_note(browser, runtime, study, mine):
    browser.post(f"/p/{study.id}/notes")

    browser.post(f"/p/{study.id}/notes/text", 404, note=mine, text="Mine now.")

    assert rows(runtime, ReaderNote)[0].text == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
@pytest.mark.parametrize("path", ["notes", "notes/text"])
def test_other_sites_cannot_make_their_readers_write(browser, runtime, study, path, headers):
    answer = browser.client.post(f"/p/{study.id}/{path}", headers=headers)

    assert answer.status_code == 403
    assert rows(runtime, ReaderNote) == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}]
)
def test_our_own_pages_can(browser, runtime, study, headers):
    answer = browser.client.post(f"/p/{study.id}/notes", headers=headers)

    assert answer.status_code == 303


def test_a_flood_of_notes_is_refused(browser, app, runtime, study):
    for _ in range(pages.NOTES_OF_ONE):
        browser.post(f"/p/{study.id}/notes")

    refused = browser.client.post(f"/p/{study.id}/notes")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(rows(runtime, ReaderNote)) == pages.NOTES_OF_ONE
    assert len(rows(runtime, Letter)) == 1
    elsewhere = Browser(app).client.post(
        f"/p/{study.id}/notes", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 303


def test_a_page_that_is_none_takes_no_notes(browser, runtime):
    browser.post("/p/999/notes", 404)
    browser.get("/p/999/notes/thanks", expect=404)
    browser.post("/p/999/notes/text", 404, text="Hello")


def test_reading_changes_nothing(browser, runtime, study):
    assert browser.response(f"/p/{study.id}/notes").status_code == 405
    browser.get(f"/p/{study.id}/notes/thanks")

    assert rows(runtime, ReaderNote) == []


def test_an_owner_says_still_true_with_one_button(app, browser, runtime, study):
    owner = Person(app, study.owner)
    browser.post(f"/p/{study.id}/notes")
    before = owner.get(f"/upkeep/{study.id}")

    after = owner.post(f"/upkeep/{study.id}/renewal", version="1")

    assert "Check before use" in before.words
    assert "Check before use" not in after.words
    (page,) = rows(runtime, Resource)
    assert (page.checked, page.version) == (utcnow().date(), 2)
    assert page.review_by > utcnow().date()
    assert rows(runtime, ReaderNote)[0].settled_at is not None
    assert [each.verdict for each in rows(runtime, Decision)] == [Verdict.RENEWED]
    assert "Checked again: still true" in browser.get(f"/p/{study.id}/history").words


def test_an_owner_can_change_the_page_from_there(app, study):
    page = Person(app, study.owner).get(f"/upkeep/{study.id}")

    assert dict(page.links)["change the page"] == f"/share/new?change={study.id}"


def test_only_what_was_read_is_called_true(app, runtime, study):
    owner = Person(app, study.owner)
    for version in ("", "0", "2"):
        owner.post(f"/upkeep/{study.id}/renewal", 409, version=version)

    assert rows(runtime, Resource)[0].version == 1


def test_others_neither_see_nor_renew_nor_settle(app, runtime, browser, study):
    with runtime.database.transaction() as session:
        council = make_council(session)
        stranger = make_user(session, council=council, council_role=CouncilRole.EDITOR)
    browser.post(f"/p/{study.id}/notes")
    (note,) = rows(runtime, ReaderNote)
    person = Person(app, stranger)

    person.get(f"/upkeep/{study.id}", expect=403)
    person.post(f"/upkeep/{study.id}/renewal", 403, version="1")
    person.post(f"/upkeep/{study.id}/notes/{note.id}/settlement", 403)
    assert "Look after this page" not in person.get(f"/p/{study.id}").words
    assert browser.response("/upkeep").status_code == 303
    assert browser.response(f"/upkeep/{study.id}").status_code == 303
    assert browser.client.post(f"/upkeep/{study.id}/renewal").status_code == 400


def test_a_note_is_settled_on_its_own_page_alone(app, runtime, browser, study):
    with runtime.database.transaction() as session:
        other = make_case_study(session)
    browser.post(f"/p/{study.id}/notes")
    (note,) = rows(runtime, ReaderNote)
    reviewer = Reviewer(app)

    reviewer.post(f"/upkeep/{other.id}/notes/{note.id}/settlement", 404)
    page = reviewer.post(f"/upkeep/{study.id}/notes/{note.id}/settlement")
    reviewer.post(f"/upkeep/{study.id}/notes/{note.id}/settlement", 409)

    assert "The note is dealt with." in page.words


def test_nothing_is_renewed_without_our_token(app, runtime, study):
    owner = Person(app, study.owner)

    owner.post(f"/upkeep/{study.id}/renewal", 400, version="1", csrf_token="")

    assert rows(runtime, Resource)[0].version == 1


def test_what_readers_say_stays_text(app, browser, study):
    mine = more(browser.post(f"/p/{study.id}/notes"))
    browser.post(f"/p/{study.id}/notes/text", note=mine, text=NASTY)

    page = Person(app, study.owner).get(f"/upkeep/{study.id}")

    assert NASTY not in page.text
    assert NASTY in page.words


def test_people_find_the_pages_that_they_look_after(app, runtime, browser, study):
    browser.post(f"/p/{study.id}/notes")
    with runtime.database.transaction() as session:
        nobody = make_user(session, council=make_council(session))

    page = Person(app, study.owner).get("/upkeep")
    empty = Person(app, nobody).get("/upkeep")

    assert dict(page.links)["Walks"] == f"/upkeep/{study.id}"
    assert "Check before use" in page.words
    assert "You look after no page yet" in empty.words
