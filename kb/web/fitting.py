"""How much room text takes, as far as can be told without drawing it.

Widths are in letters of our font, each half as wide as it is high. A guess is rather too large
than too small: what does not fit on a wall or a sheet is worse than a line that stays empty.
"""

from unicodedata import category, east_asian_width, normalize

SPACE = 0.55
WIDTHS = (
    dict.fromkeys("ijl.,:;'’|!I", 0.65)
    | dict.fromkeys("frt()-“”1", 0.85)
    | dict.fromkeys("mw%@—…", 1.75)
    | dict.fromkeys("MW", 2.0)
)
SMALL, CAPITAL, OTHER, WIDEST = 1.05, 1.35, 1.25, 2.2


def width(text: str) -> float:
    return sum(map(_width_of, normalize("NFD", text)))


def lines(text: str, longest: float) -> int:
    """How many lines the text takes, at least one; words break only where a line is too short."""
    count, used = 1, 0.0
    for word in text.split():
        wide = width(word)
        if used and used + SPACE + wide > longest:
            count, used = count + 1, 0.0
        used += wide + (SPACE if used else 0)
        while used > longest:
            count, used = count + 1, used - longest
    return count


def _width_of(letter: str) -> float:
    if letter in WIDTHS:
        return WIDTHS[letter]
    if east_asian_width(letter) in {"W", "F"}:  # emoji, and letters of Asian scripts
        return WIDEST
    return {"Ll": SMALL, "Lu": CAPITAL, "Mn": 0.0}.get(category(letter), OTHER)
