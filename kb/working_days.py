"""Days on which people are at work."""

from datetime import date, timedelta
from functools import cache

SATURDAY = 5
ENGLAND = "England"


def working_days(since: date, until: date, *, nation: str | None = None) -> int:
    """How many working days lie after `since`, up to `until`.

    A weekend has none, and neither has a bank holiday of the nation: England's, where it is
    not known. Holidays that a place has for itself alone are working days here.
    """
    days = max(0, (until - since).days)
    weeks, rest = divmod(days, 7)
    first = since + timedelta(days=weeks * 7 + 1)
    weekdays = weeks * 5 + sum(
        (first + timedelta(days=n)).weekday() < SATURDAY for n in range(rest)
    )
    if not weekdays:
        return 0
    years = range(since.year, until.year + 1)
    free = (day for year in years for day in _free_weekdays(nation or ENGLAND, year))
    return weekdays - sum(since < day <= until for day in free)


@cache
def _free_weekdays(nation: str, year: int) -> tuple[date, ...]:
    """The bank holidays of a year that are no weekend anyway."""
    from holidays import country_holidays  # not above: it loads the calendars of 250 countries

    found = country_holidays("GB", subdiv=nation, years=year)
    return tuple(sorted(day for day in found if day.weekday() < SATURDAY))
