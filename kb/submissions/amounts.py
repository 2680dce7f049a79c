"""Read times, money, years and addresses as people write them."""

import re
from urllib.parse import urlsplit

HOURS_A_DAY = 7
DAYS_A_WEEK = 5
MOST_MINUTES = 100_000 * 60
_MINUTES = {
    "m": 1,
    "h": 60,
    "d": 60 * HOURS_A_DAY,
    "w": 60 * HOURS_A_DAY * DAYS_A_WEEK,
}
_UNIT = r"minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w"
_NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?"
_TIME = re.compile(rf"({_NUMBER})\s*({_UNIT})\b", re.IGNORECASE)
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_LESS = re.compile(rf"{_NUMBER}\s*(?:(?:{_UNIT})\b\s*)?(?:[-–—]|\b(?:to|or)\b)\s*(?={_NUMBER})")
_MINUTES_AFTER = re.compile(
    rf"(\d)\s*(?:hours?|hrs?|h)\s*(\d{{1,2}})(?:\s*(?:minutes?|mins?|m))?(?![\w.,])(?!\s*(?:{_UNIT})\b)"
)
_PART = re.compile(r"(\d*)\s*([½¼¾])")
_PARTS = {"½": ".5", "¼": ".25", "¾": ".75"}
_FILLER = re.compile(
    r"\b(?:about|around|roughly|up to|less than|and|a|each|per|week|weekly|in all)\b|[~.,]",
    re.IGNORECASE,
)
_WORDS = {
    "an hour and a half": "1.5 hours",
    "quarter of an hour": "15 minutes",
    "half an hour": "30 minutes",
    "half hour": "30 minutes",
    "half a day": "0.5 days",
    "an hour": "1 hour",
    "a day": "1 day",
    "one hour": "1 hour",
    "one day": "1 day",
    "two hours": "2 hours",
    "two days": "2 days",
    "a few hours": "3 hours",
    "a few days": "3 days",
}
_NONE = {"0", "none", "nil", "nothing", "no time", "dim"}
_FREE = {"none", "nil", "zero", "nothing", "no cost", "no costs", "free", "dim", "am ddim"}
_MONEY = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?\s*(k)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*[/–-]\s*(\d\d)(?!\d)")
_NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[^\W\d]{2,}(?::\d+)?(?:[/?#]\S*)?")
_NOTED = (" to set up", " in all")  # the second stands on pages of before


def minutes(text: str) -> int | None:
    """How many minutes that is: "3 hours", "half a day", "1h30"; None where it says no time.

    Figures alone are minutes, and of "2-3 hours" it is the longer.
    """
    plain = _in_figures(text)
    if plain in _NONE:
        return 0
    found = _TIME.findall(plain)
    rest = _FILLER.sub("", _TIME.sub("", plain)).strip()
    if not found and rest.isdecimal() and _FIGURES.findall(plain) == [rest]:
        found, rest = [(rest, "minutes")], ""
    if not found or rest:
        return None
    total = sum(float(number.replace(",", ".")) * _MINUTES[unit[0]] for number, unit in found)
    return round(total) if total <= MOST_MINUTES else None


def _in_figures(text: str) -> str:
    """The same with figures for words and fractions, and without the lesser end of a range."""
    plain = " ".join(text.lower().split())
    for words, figures in _WORDS.items():
        plain = re.sub(rf"\b{words}\b", figures, plain)
    plain = _PART.sub(lambda part: f"{part[1] or 0}{_PARTS[part[2]]}", plain)
    return _LESS.sub("", _MINUTES_AFTER.sub(r"\1 hours \2 minutes", plain))


def setup_note(text: str) -> str:
    """A time to set something up in words, where whole hours would not say it."""
    return f"{text}{' minutes' if text.isdecimal() else ''}{_NOTED[0]}"


def time_in(note: str) -> str:
    """The time that such a note says, "" where it says something else."""
    ending = next((each for each in _NOTED if note.endswith(each)), None)
    text = note.removesuffix(ending) if ending else ""
    return text if text and minutes(text) is not None else ""


def pounds(text: str) -> float | None:
    """How much money that is: "£40", "nil"; None where it says none."""
    plain = " ".join(text.split()).rstrip(".").lower()
    if plain in _FREE:
        return 0.0
    found = _MONEY.fullmatch(plain)
    if found is None:
        return None
    amount = float(f"{found[1].replace(',', '')}.{found[2] or 0}")
    return amount * 1000 if found[3] else amount


def money_in_words(text: str) -> str:
    """The money that was typed as everybody reads it; what is none stays as it is."""
    amount = pounds(text)
    return text if amount is None else as_pounds(amount)


def as_pounds(amount: float) -> str:
    """£40, or £1,250.50."""
    return f"£{amount:,.0f}" if amount == int(amount) else f"£{amount:,.2f}"


def years(text: str) -> list[int]:
    """The years that are named, in order: "2024/25" names two."""
    found = {int(year) for year in _YEAR.findall(text)}
    found |= {
        int(f"{first[:2]}{second}")
        for first, second in _SHORT_YEAR.findall(text)
        if int(second) == (int(first) + 1) % 100
    }
    return sorted(found)


def web_address(text: str) -> str:
    """The same with the scheme that people leave out: www.example.org/x."""
    return f"https://{text}" if _NO_SCHEME.fullmatch(text) else text


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable()


def setup_term(spent: int) -> str:
    """The term of the facet "setup" for so many minutes."""
    steps = ((60, "hour"), (240, "hours"), (4 * 60 + 30, "half-day"), (3 * 420, "days"))
    return next((term for most, term in steps if spent <= most), "more")


def weekly_term(spent: int) -> str:
    """The term of the facet "weekly" for so many minutes."""
    steps = ((0, "none"), (15, "15"), (30, "30"), (60, "60"))
    return next((term for most, term in steps if spent <= most), "more")


def cost_term(amount: float) -> str:
    """The term of the facet "cost" for so much money."""
    steps = ((0.0, "free"), (99.99, "under-100"), (999.99, "under-1000"))
    return next((term for most, term in steps if amount <= most), "more")
