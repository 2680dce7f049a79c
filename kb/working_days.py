"""Days on which people are at work."""

from datetime import date, timedelta

SATURDAY = 5


def working_days(since: date, until: date) -> int:
    """How many working days lie after `since`, up to `until`; a weekend has none."""
    days = max(0, (until - since).days)
    weeks, rest = divmod(days, 7)
    first = since + timedelta(days=weeks * 7 + 1)
    return weeks * 5 + sum((first + timedelta(days=n)).weekday() < SATURDAY for n in range(rest))
