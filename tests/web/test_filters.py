from datetime import date

import pytest
from markupsafe import Markup

from kb import jobs
from kb.web import filters
from tests.factories import make_entry


def test_dates_are_written_out():
    assert filters.day(date(2026, 11, 3)) == "3 November 2026"


def test_what_is_unknown_is_said_to_be_not_stated():
    assert [filters.stated(value) for value in (None, "", 0, "Leeds")] == [
        "Not stated",
        "Not stated",
        0,
        "Leeds",
    ]


def test_markdown_is_shown_and_raw_html_is_not_obeyed():
    assert filters.markdown("**Go** <script>") == "<p><strong>Go</strong> &lt;script&gt;</p>\n"
    assert filters.markdown(None) == ""


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("Mae’r pwyllgor yn cwrdd – heno.", "Mae’r pwyllgor yn cwrdd heno", False),
        ("The committee", "The committee meets tonight", False),
        ("", "The committee", False),
        ("The committee meets tonight in Tŷ Hywel", "The committee meets…", True),
        ("… meets tonight", "The committee meets", True),
        (Markup("The <mark>committee</mark> &amp; we"), "The committee & we", False),
        ("Use <b> for bold", "Use for bold", True),
    ],
)
def test_a_summary_says_more_than_its_title_or_is_left_out(text, title, expected):
    assert filters.says_more(text, title) is expected


def test_a_short_post_is_found_and_listed_without_its_words_twice(browser, runtime):
    with runtime.database.transaction() as session:
        text = "Heno: craffu ar y gyllideb"
        make_entry(session, title=text, text=text)
    jobs.update_index(runtime)

    for path in ("/search?q=gyllideb", "/feeds"):
        assert browser.get(path).words.count("craffu ar y gyllideb") == 1
