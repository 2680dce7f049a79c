from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kb.web import calendar_files

WHEN = datetime(2027, 2, 22, 17, 15, tzinfo=UTC)
NAMES = [
    *("BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND"),
    *("SUMMARY", "DESCRIPTION", "URL", "END", "END", ""),
]


def event(title="Ask again", text="Words"):
    return calendar_files.event(
        uid="1@x", title=title, text=text, url="https://x.example", start=WHEN, end=WHEN, now=WHEN
    )


def test_times_are_told_in_utc():
    assert "DTSTART:20270222T171500Z\r\n" in event()


@given(st.text(max_size=300), st.text(max_size=300))
def test_nobodys_words_become_a_property_or_too_long_a_line(title, text):
    lines = event(title, text).split("\r\n")

    names = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert names == NAMES
    assert all(len(line.encode()) <= 75 for line in lines)
