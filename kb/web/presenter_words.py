"""As many ideas, cards and pledges as there is room for on the wall: its buttons stay in sight.

All in rem, of which a projector is 120 wide and 67.5 high; the sizes are those of .said-list
and .picked in static/css/presenting.scss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kb.web.fitting import lines
from kb.web.presenter_answers import LONG
from kb.web.presenter_parts import Row, Word

HIGH = 46.5  # between the code at the top and the buttons
TOP, ONE_COLUMN = 8, 4  # nobody reads more; so many stand below each other if they fit
LONG_WORDS = 120  # letters of a text that is written smaller
NOTE, LIST, MORE = 3.2, 2.0, 3.0  # the line below the heading, before a list, below the lists
FEW_CARDS = 2  # so many stand below each other
MOST_OF_CARDS = 0.5  # of the room, where there are words as well
LETTER, BOLD = 0.5, 0.54  # how wide one is, of its size
# The size of a text, how high a line of it is, and the edge and the gap around it.
SIZE, LINE, SMALL, SMALL_LINE, EDGE, GAP = 1.75, 2.1, 1.25, 1.625, 1.7, 0.9
WIDE, HALF, VOTES, VOTES_HIGH = 112.0, 54.0, 6.75, 4.2
CARD_EDGE, CARD_WIDE, CARD_HALF, CARD_HIGH = 1.5, 107.0, 50.0, (3.9, 2.4)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is shown, in one column or two, and how many there are beside it."""

    shown: Sequence[Word]
    more: int
    has_columns: bool = False


@dataclass(frozen=True, kw_only=True)
class Cards:
    shown: Sequence[Row]
    more: int


def room_below(heading: str) -> float:
    """What the question and the line below it leave."""
    size = 2.5 if len(heading) > LONG else 3.75
    return HIGH - lines(heading, WIDE / (size * BOLD)) * size * 1.05 - NOTE


def best(words: Sequence[Word], high: float) -> Words:
    """The first of them."""
    return _that_fit([words[:most] for most in range(_most(words), 0, -1)], len(words), high)


def newest(words: Sequence[Word], high: float) -> Words:
    """The last of them."""
    return _that_fit([words[-most:] for most in range(_most(words), 0, -1)], len(words), high)


def cards(rows: Sequence[Row], high: float, *, has_words: bool) -> Cards:
    """The first of them; words need room as well."""
    high = high * MOST_OF_CARDS if has_words else high - MORE
    most = next((n for n in range(_most(rows), 0, -1) if _of_cards(rows[:n]) <= high), 0)
    return Cards(shown=rows[:most], more=len(rows) - most)


def high_of(found: Cards) -> float:
    return _of_cards(found.shown)


def _most(items: Sequence[object]) -> int:
    return min(len(items), TOP)


def _that_fit(choices: Sequence[Sequence[Word]], of: int, high: float) -> Words:
    """The largest choice that fits, in whichever columns it does."""
    for shown in choices:
        left = high - (MORE if len(shown) < of else 0)
        for columns in (1, 2) if len(shown) <= ONE_COLUMN else (2, 1):
            if _of_words(shown, columns) <= left:
                return Words(shown=shown, more=of - len(shown), has_columns=columns == 2)
    return Words(shown=(), more=of)


def _of_words(words: Sequence[Word], columns: int) -> float:
    heights = [_of_word(each, columns) for each in words]
    return LIST + sum(high + GAP for high in _rows(heights, columns))


def _of_word(word: Word, columns: int) -> float:
    has_votes, is_long = word.votes is not None, len(word.text) > LONG_WORDS
    letter, line = (SMALL * LETTER, SMALL_LINE) if is_long else (SIZE * BOLD, LINE)
    wide = (HALF if columns == 2 else WIDE) - (VOTES if has_votes else 0)
    high = line * lines(word.text, wide / letter)
    return EDGE + max(high, VOTES_HIGH if has_votes else 0)


def _of_cards(rows: Sequence[Row]) -> float:
    """A few below each other; more of them, with smaller numbers, in two columns."""
    if not rows:
        return 0.0
    columns = 2 if len(rows) > FEW_CARDS else 1
    wide = (CARD_HALF if columns == 2 else CARD_WIDE) / (SIZE * LETTER)
    heights = [max(LINE * lines(row.label, wide), CARD_HIGH[columns - 1]) for row in rows]
    return LIST + sum(high + CARD_EDGE for high in _rows(heights, columns))


def _rows(heights: Sequence[float], columns: int) -> list[float]:
    """Those of a grid: each as high as the highest in it."""
    return [
        max(heights[row * columns : (row + 1) * columns])
        for row in range(ceil(len(heights) / columns))
    ]
