"""The answers to choose from, on the projector: lettered as on the cards, and none cut off.

Whoever has no phone holds up a letter or a hand, and sees here what for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kb.training.models import Round
from kb.web.pack_pages import lettered

ONE_COLUMN = 6  # of more answers than these there are two columns
# All in rem, of which a projector is 120 wide; see .answers in static/css/presenting.scss.
SIZES = (2.25, 1.875, 1.5, 1.25, 1.0625)
WIDE, NARROW, HIGH = 73.0, 33.0, 36.0  # of one column, of two; what the question leaves
LETTER, LINE, BETWEEN = 0.5, 1.2, 0.5  # of the size: how wide, how high, how far apart
QUESTION, LONG_QUESTION, QUESTION_LINE = 3.5, 2.25, 1.05
LONG = 110  # letters of a question that is written smaller


@dataclass(frozen=True, kw_only=True)
class Answer:
    letter: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Answers:
    """`size` is the number of a class, 1 the largest; a bare scale has numbers and no labels."""

    rows: Sequence[Answer]
    size: int = 1

    @property
    def is_bare(self) -> bool:
        return not any(row.label for row in self.rows)

    @property
    def has_columns(self) -> bool:
        return len(self.rows) > ONE_COLUMN


def answers_of(one: Round, question: str) -> Answers | None:
    """What can be chosen; None where the question itself says it, or asks for words."""
    found = lettered(one.kind, one.options)
    if not found:
        return None
    rows = [Answer(letter=letter, label=option.label) for letter, option in found]
    labels, high = [row.label for row in rows], _left_below(question)
    for number, size in enumerate(SIZES, 1):
        if _height(labels, size) <= high:
            return Answers(rows=rows, size=number)
    return Answers(rows=_shortened(rows, high), size=len(SIZES))


def _left_below(question: str) -> float:
    size = LONG_QUESTION if len(question) > LONG else QUESTION
    return HIGH - ceil(len(question) / int(WIDE / (size * LETTER))) * size * QUESTION_LINE


def _shortened(rows: Sequence[Answer], high: float) -> list[Answer]:
    """What no size has room for; phones have all of it."""
    size, columns = SIZES[-1], _columns(rows)
    each = high / ceil(len(rows) / columns) - size * BETWEEN
    longest = _a_line(size, columns) * max(1, int(each / (size * LINE)))
    return [Answer(letter=row.letter, label=_cut(row.label, longest)) for row in rows]


def _cut(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1].rstrip()}…"


def _height(labels: Sequence[str], size: float) -> float:
    """Of the higher column, as far as can be told from the number of letters."""
    columns = _columns(labels)
    a_line, half = _a_line(size, columns), ceil(len(labels) / columns)
    heights = [size * (LINE * max(1, ceil(len(each) / a_line)) + BETWEEN) for each in labels]
    return max(sum(heights[:half]), sum(heights[half:]))


def _columns(rows: Sequence[object]) -> int:
    return 2 if len(rows) > ONE_COLUMN else 1


def _a_line(size: float, columns: int) -> int:
    return int((NARROW if columns == 2 else WIDE) / (size * LETTER))
