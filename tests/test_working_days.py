from datetime import date, timedelta

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


@pytest.mark.parametrize(
    ("nation", "days"), [(None, 3), ("England", 3), ("Wales", 3), ("Scotland", 4)]
)
def test_easter_has_the_bank_holidays_of_the_nation(nation, days):
    thursday_before, thursday_after = date(2026, 4, 2), date(2026, 4, 9)

    assert working_days(thursday_before, thursday_after, nation=nation) == days


@pytest.mark.parametrize(
    ("nation", "day"),
    [("Scotland", date(2027, 1, 4)), ("Northern Ireland", date(2026, 3, 17))],
)
def test_a_nation_has_its_own_bank_holidays(nation, day):
    before = day - timedelta(days=1)

    assert working_days(before, day, nation=nation) == 0
    assert working_days(before, day) == 1


def test_over_the_turn_of_the_year_the_holidays_of_both_years_count():
    assert working_days(date(2026, 12, 24), date(2027, 1, 4)) == 4
