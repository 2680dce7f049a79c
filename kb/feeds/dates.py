"""Reads the dates that feeds give, as people in Britain mean them."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
LONGEST = 100  # characters
A_DAY = len("2026-11-02")  # what ISO 8601 needs at most to name a day alone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan ion", "feb chw fév fev", "mar maw faw", "apr ebr avr", "may mai fai"),
            *("jun meh feh juin", "jul gor orf juil", "aug aws aoû aou", "sep med fed"),
            *("oct hyd", "nov tac dac", "dec rha rag déc"),
        ),
        start=1,
    )
    for name in names.split()
}
_HOURS_AHEAD = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "west", "cet", "ist"), 1),
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "edt": -4,
    "est": -5,
    "cdt": -5,
    "cst": -6,
    "mdt": -6,
    "mst": -7,
    "pdt": -7,
    "pst": -8,
}
_MORNING = r"(?:a\.?m|y\.?b|(?:yn\s+)?y\s+bore)"
_LATER = r"(?:p\.?m|y\.?[ph]|(?:yn\s+)?y\s+prynhawn|(?:yn\s+)?yr\s+hwyr)"
_HALF = rf"(?:{_MORNING}|{_LATER})\b\.?"
_TIME = (
    rf"(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:\.\d+)?)?|(?=\s*{_HALF}))"
    rf"(?:\s*(?P<half>{_HALF}))?"
)
_ZONE = rf"(?:\s*(?P<zone>(?!{_HALF})[A-Za-z]{{1,5}}|[+-]\d\d:?\d\d)(?:\s*\(.*\))?)?"
_AFTER = rf"(?:[\s,T]+(?:at\s+|am\s+)?{_TIME})?{_ZONE}\s*$"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|af|ail|il|ydd|fed|ed|eg|ain)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_WEEKDAY = r"(?:[^\W\d_]+[.,]*\s+){0,2}"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"{_WEEKDAY}{_DAY}(?:\s+of|\s+o)?[\s-]*{_MONTH},?[\s-]*{_YEAR}{_AFTER}",
        rf"(?P<day>\d{{1,2}})[/.](?P<month>\d{{1,2}})[/.]{_YEAR}{_AFTER}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}}){_AFTER}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})\s*$",
        rf"(?P<year>\d{{4}})-(?P<month>\d\d?)-(?P<day>\d\d?){_AFTER}",
    )
)


def read(text: str, given: Sequence[int] | None = None, *, now: datetime) -> datetime | None:
    """The time that the text means, in UTC; None for one in the future or before 1995.

    `given` is how the parser read it (year to second, in UTC), for shapes not known here.
    A time without a zone is London's, a day alone begins in UTC.
    """
    try:
        moment = _moment(text.strip()) if len(text) <= LONGEST else None
        if moment is None and given is not None:
            year, month, day, hour, minute, second = given[:6]
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        if moment is None:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if EARLIEST <= moment <= now else None


def _moment(text: str) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) in {10, 13}:
        return datetime.fromtimestamp(int(text[:10]), tz=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _shaped(text)
    if moment.tzinfo:
        return moment
    local = moment.replace(tzinfo=UTC)
    return local if len(text) <= A_DAY else local - _ahead(None, local)


def _shaped(text: str) -> datetime | None:
    for shape in _SHAPES:
        if match := shape.match(text):
            return _built(match.groupdict())
    return None


def _built(parts: dict[str, str | None]) -> datetime | None:
    month = _month(parts["month"] or "")
    if not month:
        return None
    year = int(parts["year"] or 0)
    day = date(year + 2000 if year < 100 else year, month, int(parts["day"] or 0))
    if parts["hour"] is None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    hour = int(parts["hour"])
    if parts["half"]:
        is_morning = re.match(_MORNING, parts["half"], re.IGNORECASE)
        hour = hour % 12 + (0 if is_morning else 12)
    minute, second = int(parts["minute"] or 0), min(int(parts["second"] or 0), 59)
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)
    return local - _ahead(parts["zone"], local)


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    name = name.lower()
    return _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)


def _ahead(zone: str | None, local: datetime) -> timedelta:
    if not zone:
        return timedelta(hours=1 if _is_summer(local) else 0)
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timedelta(hours=_HOURS_AHEAD.get(zone.lower(), 0))


def _is_summer(local: datetime) -> bool:
    """Does British Summer Time hold? From the last Sunday of March to that of October."""
    return _last_sunday(local.year, 3) <= local < _last_sunday(local.year, 10)


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)
