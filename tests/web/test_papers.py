import io

import pytest
from sqlalchemy import select

from kb.submissions.models import Draft
from tests.factories import make_council, make_user
from tests.people import Person
from tests.services import filesamples as samples
from tests.submissions.writing import know_terms

XSS = "<script>alert(1)</script>"


@pytest.fixture
def officer(app, runtime):
    with runtime.database.transaction() as session:
        know_terms(session)
        user = make_user(session, make_council(session))
    return Person(app, user)


def send(officer, content, expect=200, name="filled.docx"):
    form = samples.sent(officer.token(), "paper", [(name, content)])
    response = officer.client.post("/share/paper", follow_redirects=True, **form)
    return officer._page(response, expect)


def drafts(runtime):
    with runtime.database.reading() as session:
        return list(session.scalars(select(Draft)))


def test_everybody_may_have_the_template_in_both_forms(officer, browser):
    text = browser.response("/share/template.md?kind=tip-card")
    word = browser.response("/share/template.docx")

    assert text.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "## The tip, in one line" in text.text
    assert word.headers["Content-Disposition"] == 'attachment; filename="share-a-full-case.docx"'
    assert word.data.startswith(b"PK")


def test_the_page_offers_the_template_and_takes_a_filled_one(officer, browser):
    page = browser.get("/share")

    assert ("Word", "/share/template.docx") in page.links
    assert not page.find(".//input[@type='file']")
    assert officer.get("/share").find(".//input[@name='paper']")


def test_a_filled_word_file_becomes_a_draft(officer, runtime):
    content = samples.word((0, "Share something small"), (2, "The tip, in one line"), "Ask ŵ once")

    page = send(officer, content)

    (draft,) = drafts(runtime)
    assert draft.answers["title"] == "Ask ŵ once"
    assert "We filled in 1 answer from your file. Check them." in page.text
    assert page.heading == "Share a tip card"


def test_a_filled_text_becomes_a_draft(officer, runtime):
    empty = officer.response("/share/template.md").text
    text = empty.replace("## Money spent\n", "## Money spent\n\n12.50\n")

    send(officer, text.encode(), name="filled.md")

    assert drafts(runtime)[0].answers["money"] == "12.50"


def test_what_has_no_place_is_shown_and_stays(officer, runtime, app):
    text = f"## The tip, in one line\nA tip\n\n## My {XSS} heading\n{XSS} text\n"

    page = send(officer, text.encode(), name="filled.txt")

    assert page.heading == "What we could not place"
    assert f"My {XSS} heading" in page.words
    assert f"{XSS} text" in page.words
    (draft,) = drafts(runtime)
    path = f"/share/{draft.id}/paper"
    assert ("What we could not place from your file", path) in officer.get(
        f"/share/{draft.id}"
    ).links
    with runtime.database.transaction() as session:
        stranger = make_user(session, make_council(session))
    Person(app, stranger).get(path, 404)


def test_a_draft_without_leftovers_has_no_such_page(officer, runtime):
    send(officer, b"## The tip, in one line\nA tip\n", name="a.md")

    officer.get(f"/share/{drafts(runtime)[0].id}/paper", 404)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nothing of ours", "We found none of our questions in it."),
        (b"\x00\x01", "We could not read it as text."),
        (samples.pdf(["x"]), "This is no Word file (.docx)."),
        (samples.word_with_entity(), "This file holds a document type declaration"),
        (samples.zip_bomb(30), "This file unpacks to far more than it seems"),
        (bytes(20 * 1024 * 1024 + 1), "It is larger than 20 MB."),
    ],
)
def test_what_cannot_be_read_is_said_kindly_and_makes_no_draft(
    officer, runtime, content, sentence
):
    page = send(officer, content, 422)

    assert page.title.startswith("Error: ")
    assert sentence in page.words
    assert drafts(runtime) == []


def test_a_form_without_a_file_says_so(officer):
    assert "Choose the file that you filled in" in officer.post("/share/paper", 422).words


def test_nobody_sends_one_without_signing_in_or_our_token(officer, browser):
    sent = {"paper": (io.BytesIO(b"## Money spent\n1\n"), "a.md")}

    assert browser.client.post("/share/paper").status_code == 400
    assert officer.client.post("/share/paper", data=sent).status_code == 400
