from datetime import date

from kb.web import filters


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
