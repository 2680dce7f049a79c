"""What of a copy nobody should read: words that a reviewer hides, a page that was taken down."""

import pytest
from sqlalchemy import select

from kb.copying.models import Copy
from kb.library.models import Standing
from kb.library.publish import set_standing
from kb.submissions.models import Decision, Verdict
from tests.copying.making import change, make_copy
from tests.factories import make_user
from tests.web.copiers import signed_in

PERSON = "Ring Ann Example at home."


@pytest.fixture
def reviewer(app, session):
    return signed_in(app, session, make_user(session, is_reviewer=True))


@pytest.fixture
def copy(officer, study, session):
    """Testford's, with a name in each of its texts."""
    writer = session.merge(officer.user)
    words = {"first_step": PERSON, "what_happened": PERSON, "status_note": PERSON}
    steps = [change(PERSON, PERSON), change(PERSON)]
    copy = make_copy(session, study, writer, steps=steps, status="stopped", **words)
    session.commit()
    return copy


def robots(page):
    return [each.get("content") for each in page.find(".//meta[@name='robots']")]


def test_a_reviewer_hides_what_a_council_wrote_and_shows_it_again(
    app, browser, officer, reviewer, copy, study, session
):
    page, source = f"/copies/{copy.id}", f"/case-studies/{study.slug}"
    before = browser.get(page)
    assert ("Hide what this council wrote", f"{page}/hiding") in reviewer.get(page).links
    assert reviewer.post(f"{page}/hiding", 422, reason=" ").title.startswith("Error: ")

    reviewer.post(f"{page}/hiding", reason="It names a person.")

    hidden = browser.get(page)
    assert (robots(before), robots(hidden)) == ([], ["noindex, follow"])
    assert "A reviewer has hidden what this council wrote here." in hidden.words
    for everybody in (hidden, browser.get(source), browser.get(f"/p/{study.id}/copies")):
        assert "Ann" not in everybody.words
    assert "Stopped" in hidden.words
    assert "It names a person." not in hidden.words
    assert "The reason: It names a person." in officer.get(page).words
    assert PERSON in officer.get(page).words
    stranger = signed_in(app, session, make_user(session, study.councils[0]))
    assert "Ann" not in stranger.get(page).words
    assert "Ann" not in signed_in(app, session, study.owner).get("/work").words
    reviewer.post(f"{page}/publication")
    assert PERSON in browser.get(page).words
    verdicts = list(session.scalars(select(Decision.verdict).order_by(Decision.id)))
    assert verdicts == [Verdict.COPY_HIDDEN, Verdict.COPY_SHOWN]


def test_a_council_that_pressed_by_mistake_takes_its_copy_away(officer, browser, study, session):
    copy = make_copy(session, study, session.merge(officer.user))
    session.commit()
    page = f"/copies/{copy.id}"
    assert ("We pressed this by mistake", f"{page}/removal") in officer.get(page).links
    assert "so it goes altogether" in officer.get(f"{page}/removal").words

    officer.post(f"{page}/removal")

    browser.get(page, 404)
    assert "Nobody has copied it yet." in browser.get(f"/case-studies/{study.slug}").words
    assert session.scalars(select(Copy)).all() == []


def test_what_was_begun_stays_in_the_list_without_its_words(officer, browser, copy, session):
    page = f"/copies/{copy.id}"
    assert "So it stays in the list of copies" in officer.get(f"{page}/removal").words

    officer.post(f"{page}/removal")
    hidden, own = browser.get(page), officer.get(page)
    officer.post(f"{page}/publication")

    assert "The council has taken back what it wrote here." in hidden.words
    assert "Ann" not in hidden.words
    assert PERSON in own.words
    assert PERSON in browser.get(page).words


def test_a_copy_written_up_in_a_draft_is_not_taken_away(officer, study, session):
    copy = make_copy(session, study, session.merge(officer.user))
    session.commit()
    officer.post(f"/copies/{copy.id}/case-study")

    officer.post(f"/copies/{copy.id}/removal")

    session.expire_all()
    assert session.get(Copy, copy.id).is_hidden


def test_of_a_page_that_was_taken_down_a_copy_shows_none_of_its_words(
    officer, browser, copy, study, session
):
    copy.changes = [{**copy.changes[0], "choice": "keep", "text": ""}, copy.changes[1]]
    set_standing(session, study, Standing.WITHDRAWN, note="It was wrong.")
    session.commit()
    page = f"/copies/{copy.id}"

    shown = browser.get(page)

    assert robots(shown) == ["noindex, follow"]
    assert "The page that this was copied from was taken down." in shown.words
    assert ("What was said of it", f"/p/{study.id}") in shown.links
    assert "KeptStep 1" in shown.words.replace("Kept Step", "KeptStep")
    assert f"Instead: {PERSON}" in shown.words
    browser.get(f"{page}/changes", 410)
    table = officer.response("/copies.csv").text
    edit = officer.get(f"{page}/edit")
    for each in (shown.words, edit.words, table):
        assert "three posts" not in each
        assert "Ask comms" not in each
    officer.post(f"{page}/case-study")
    draft = officer.get("/share/1/answers").words
    assert "three posts" not in draft
    assert PERSON in draft
