"""Dates are read as people in Britain mean them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.feeds import dates
from tests.factories import NOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Nov 2026 10:00:00 GMT", "2026-11-02T10:00"),
        ("Mon, 02 Nov 26 10:00 +0000", "2026-11-02T10:00"),
        ("Monday, 02-Nov-26 10:00:00 GMT", "2026-11-02T10:00"),
        ("Mon Nov  2 10:00:00 2026", "2026-11-02T10:00"),
        ("Tue, 2 Jun 2026 10:00:00 BST", "2026-06-02T09:00"),
        ("Tue, 2 Jun 2026 10:00:00 -0530", "2026-06-02T15:30"),
        ("Tue, 3 Jun 2025 10:00 EDT (summer)", "2025-06-03T14:00"),
        ("2026-11-02", "2026-11-02T00:00"),
        ("2026-11-02 10:00", "2026-11-02T10:00"),
        ("2026-07-02 10:00", "2026-07-02T09:00"),
        ("2026-07-02T10:00:00", "2026-07-02T09:00"),
        ("2026-07-02T10:00:00Z", "2026-07-02T10:00"),
        ("2026-07-02", "2026-07-02T00:00"),
        ("20260702", "2026-07-02T00:00"),
        ("20260702T100000", "2026-07-02T09:00"),
        ("2026-11-02 10:00:00 +0100", "2026-11-02T09:00"),
        ("2026-11-02T10:00:00+01:00", "2026-11-02T09:00"),
        ("20261102T100000Z", "2026-11-02T10:00"),
        ("1793613600", "2026-11-02T10:00"),
        ("1793613600000", "2026-11-02T10:00"),
        ("02/11/2026", "2026-11-02T00:00"),
        ("02/06/2026 14:00", "2026-06-02T13:00"),
        ("28/03/2026 14:00", "2026-03-28T14:00"),
        ("29/03/2026 14:00", "2026-03-29T13:00"),
        ("25/10/2026 14:00", "2026-10-25T14:00"),
        ("2.11.2026 2.30 p.m.", "2026-11-02T14:30"),
        ("2 November 2026", "2026-11-02T00:00"),
        ("2 July 2026 10:00", "2026-07-02T09:00"),
        ("2 July 2026, 2pm", "2026-07-02T13:00"),
        ("Nov 2, 2026", "2026-11-02T00:00"),
        ("Monday, 2nd November 2026 12.15 am", "2026-11-02T00:15"),
        ("Llun, 02 Tach 2026 10:00:00 GMT", "2026-11-02T10:00"),
        ("Dydd Mawrth, 2 o Fehefin 2026 am 14:30", "2026-06-02T13:30"),
        ("20fed Hydref 2026 10yb", "2026-10-20T09:00"),
        ("Dydd Llun, 2il o Dachwedd 2026, 10.30 y.b.", "2026-11-02T10:30"),
        ("6ed Gorffennaf 2026 am 2.15yp", "2026-07-06T13:15"),
        ("2 Tachwedd 2026 12 yp", "2026-11-02T12:00"),
        ("1af Tachwedd 2026 7:00yh GMT", "2026-11-01T19:00"),
        ("1 Tachwedd 2026 8 yn y bore", "2026-11-01T08:00"),
        ("lun., 02 nov. 2026 10:00:00 +0000", "2026-11-02T10:00"),
    ],
)
def test_a_date_is_read(text, expected):
    found = dates.read(text, now=NOW)
    assert found.replace(tzinfo=None) == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("Ionawr", 1), ("Chwefror", 2), ("Mawrth", 3), ("Ebrill", 4), ("Mai", 5)),
        *(("Mehefin", 6), ("Gorffennaf", 7), ("Awst", 8), ("Medi", 9), ("Hydref", 10)),
        *(("Tachwedd", 11), ("Rhagfyr", 12)),
    ],
)
def test_welsh_months_are_known(name, number):
    assert dates.read(f"7 {name} 2025", now=NOW) == datetime(2025, number, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "Invalid Date", "Mon, 31 Feb 2026 10:00:00 GMT", "11/25/2025"),
        *(
            "Mon, 02 Nov 2026 25:61:00 GMT",
            "0000-00-00 00:00:00",
            "99999-01-01",
            "1 Foo 2026",
            "2 July 10am",
        ),
        "1 " * 100_000,
    ],
)
def test_what_is_no_date_is_none(text):
    assert dates.read(text, now=NOW) is None


@pytest.mark.parametrize(
    "text", ["Fri, 02 Jan 2099 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "1994-12-31"]
)
def test_the_future_and_the_time_before_feeds_are_none(text):
    assert dates.read(text, now=NOW) is None


def test_now_is_not_the_future_and_a_second_later_is():
    assert dates.read(NOW.isoformat(), now=NOW) == NOW
    assert dates.read((NOW + timedelta(seconds=1)).isoformat(), now=NOW) is None


def test_a_shape_that_the_parser_knows_is_taken_from_it():
    given = (2025, 5, 1, 10, 0, 0, 3, 121, 0)
    assert dates.read("peth arall", given, now=NOW) == datetime(2025, 5, 1, 10, tzinfo=UTC)
    assert dates.read("peth arall", (2025, 13, 1, 10, 0, 0), now=NOW) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    dates.read(text, now=NOW)
