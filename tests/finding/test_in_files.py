import pytest

from kb import jobs
from kb.files.models import StoredFile
from kb.finding import in_files
from kb.finding.service import find
from kb.search.engine import Query
from tests.factories import NOW, make_case_study

DIGEST = "b" * 64
PASSAGES = [
    ["page 1, line 1", "Nothing to see here\nNor here"],
    ["page 3, line 11", "Some words before\nThe marmalade of the mayor\nand after"],
]


@pytest.fixture
def places(runtime, session):
    def places(text, passages=PASSAGES, **values):
        row = StoredFile(digest=DIGEST, media_type="application/pdf", size=9, kept_at=NOW)
        row.passages = passages
        session.add(row)
        session.flush()
        attachment = {
            "digest": DIGEST,
            "name": "Plan.pdf",
            "media_type": "application/pdf",
            "size": 9,
        }
        make_case_study(session, title="Postcards", attachments=[attachment], **values)
        session.commit()
        jobs.update_index(runtime)
        query = Query(text=text)
        page = find(runtime, query).page
        assert page.total == 1
        return [*in_files.places(session, page, query).values()]

    return places


def test_words_that_stand_in_a_file_alone_are_shown_with_their_page_and_line(places):
    (place,) = places("marmalade postcards")

    assert (place.name, place.digest, place.place) == ("Plan.pdf", DIGEST, "page 3, line 12")
    assert "<mark>marmalade</mark>" in place.snippet


def test_words_that_the_page_says_itself_need_no_file(places):
    assert places("marmalade", body="Marmalade on a postcard.") == []


def test_what_stands_in_a_file_is_shown_escaped(places):
    (place,) = places("marmalade", [["page 1, line 1", "<script>marmalade</script>"]])

    assert "<script>" not in place.snippet


def test_a_word_that_is_still_being_typed_is_found_too(places):
    places("marmal")


def test_a_question_without_words_has_no_place(places):
    assert places("") == []
