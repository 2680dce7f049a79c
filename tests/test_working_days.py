from datetime import date

import pytest

from kb.working_days import working_days

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (MONDAY, MONDAY, 0),
        (MONDAY, date(2026, 11, 24), 1),
        (date(2026, 11, 20), MONDAY, 1),
        (date(2026, 11, 21), MONDAY, 1),
        (date(2026, 11, 22), MONDAY, 1),
        (date(2026, 11, 13), MONDAY, 6),
        (MONDAY, date(2026, 11, 20), 0),
    ],
)
def test_weekends_are_no_working_days(since, until, days):
    assert working_days(since, until) == days
