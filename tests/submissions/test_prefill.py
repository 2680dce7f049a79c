from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import NotAllowed
from kb.library.content import LONGEST_SUMMARY, Kind
from kb.library.publish import publish
from kb.submissions import composing, prefill
from tests.factories import NOW, make_training
from tests.submissions.writing import CASE, know_terms, make_draft

PAGE = """<!doctype html><html><head><title>Fenbridge blog</title>
<meta property="og:title" content="Asking tenants, ŵ and all">
<meta property="og:site_name" content="Fenbridge scrutiny">
<meta name="description" content="We asked tenants on a postcard.">
<meta property="article:published_time" content="2025-03-04T10:00:00Z">
</head><body><h1>Other</h1><script>alert(1)</script></body></html>"""


def test_a_web_page_fills_title_date_credit_and_link():
    answers = prefill.from_page(PAGE.encode(), "https://www.fenbridge.example/post")

    assert answers["title"] == "Asking tenants, ŵ and all"
    assert answers["summary"] == "We asked tenants on a postcard."
    assert answers["years"] == "March 2025"
    assert answers["credit"] == "Fenbridge scrutiny"
    assert answers["source_url"] == "https://www.fenbridge.example/post"
    assert "title" in answers[prefill.FILLED]


@pytest.mark.parametrize(
    ("page", "title", "years"),
    [
        (b"<title>Only this</title>", "Only this", None),
        (b"", "fenbridge.example", None),
        (b"\x00\xff\xfe", "fenbridge.example", None),
        (b"<h1>A</h1><time datetime='2024-02-30'>x</time>", "A", None),
        (b"<h1>A</h1><time datetime='2024-02-03T01:00'>x</time>", "A", "February 2024"),
        (
            b"<h1>A</h1><script type='application/ld+json'>"
            b'[{"datePublished": "2023-01-02"}]</script>',
            "A",
            "January 2023",
        ),
        (b"<h1>A</h1><script type='application/ld+json'>{</script>", "A", None),
    ],
)
def test_pages_that_say_little_fill_little(page, title, years):
    answers = prefill.from_page(page, "https://www.fenbridge.example/")

    assert answers["title" if title != "fenbridge.example" else "source_title"] == title
    assert answers.get("years") == years


def test_a_page_is_read_in_the_letters_that_its_server_names():
    page = "<h1>Môn</h1>".encode("latin-1")

    answers = prefill.from_page(page, "https://example.org/", "text/html; charset=iso-8859-1")

    assert answers["title"] == "Môn"


@given(st.binary(max_size=500))
def test_any_page_may_come_back(page):
    prefill.from_page(page, "https://example.org/")


def test_a_feed_entry_fills_what_the_feed_said():
    answers = prefill.from_entry(
        title="Two\nlines",
        url="https://example.org/1",
        summary="word " * 60,
        published=date(2026, 11, 2),
        source_name="Craffu",
        language="cy-GB",
    )

    assert answers["title"] == "Two lines"
    assert answers["lang"] == "cy"
    assert answers["years"] == "November 2026"
    assert len(answers["summary"]) <= LONGEST_SUMMARY
    assert answers["summary"].endswith("…")


def test_a_published_page_comes_back_as_the_answers_it_was_made_of(session):
    know_terms(session)
    draft = make_draft(session)
    resource = publish(session, composing.compose(session, draft), author="x", now=NOW)

    answers = prefill.from_resource(resource)

    given = {name: value for name, value in CASE.items() if value}
    assert answers == given | {"credit": draft.council.name}


def test_a_published_tip_card_comes_back_too(session):
    know_terms(session)
    draft = make_draft(session, kind=Kind.TIP_CARD)
    resource = publish(session, composing.compose(session, draft), author="x", now=NOW)

    answers = prefill.from_resource(resource)

    assert answers["watch_out"] == "The second post came too late."
    assert answers["setup_time"] == "45 minutes"
    assert answers["money"] == "0"


def test_training_material_has_no_questions(session):
    with pytest.raises(NotAllowed):
        prefill.from_resource(make_training(session))
