"""The handout of a session: of each list as much as two sheets of A4 have room for.

Every height is in millimetres, as static/css/results.css prints it: all lists in two columns.
They take turns, so that no long one leaves another out; the template says what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from kb.library.models import Resource
from kb.training.outcomes import (
    Answers,
    Bar,
    Counted,
    GapShown,
    IdeaShown,
    Part,
    Pledged,
    Results,
    Said,
)
from kb.training.types import RoundKind
from kb.web import drawing
from kb.web.fitting import lines

T = TypeVar("T")

SHEETS = 2 * 265.0
SPARE = 12.0  # the foot of the first sheet, where the next item begins on the second
LINE, ROW, SMALL, BETWEEN = 4.8, 4.5, 4.4, 1.2  # of text, of tables and bars, of small print
HEAD, MORE = 11.0, 5.5  # the heading of a list, and the words below it
# Of the gap: how wide a row of hands is, and what stands around the two; the table of two gaps.
HANDS_WIDE, AROUND, TABLE, CODE = 100.0, 20.0, 36.0, 24.0
# Letters in a line: of the headlines, of small print, and in one of two columns.
HEADLINE, LEDE, QUESTION, SMALL_PRINT = 42, 78, 82, 106
LETTERS, BAR_LETTERS = 46, 25
ACROSS = 1000.0  # is added to what stands across both columns
TURN = 16.0  # what a list may take before it is the next one's turn
MOST_DRAWN = 3  # questions; more of them are told in a line each
MOST_BARS, MOST_TOLD, LONGEST_LABEL, LONGEST_CREDIT = 10, 3, 90, 500
NUMBERS = "100 would like to, 100 already do."
COUNTED = "100 and 100 answered on a device, and 100 and 100 hands were counted in the room; added"
TOOK = "took 10 of 10 min"
UNNAMED = {True: "What gets in the way, again", False: "What the room answered"}


@dataclass(frozen=True, kw_only=True)
class Some(Generic[T]):
    """What there is room for of a list, and how many more there are."""

    shown: Sequence[T]
    more: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """One that was asked; its bars are drawn, or told in a line where there are many of them."""

    text: str
    bars: Some[Bar]
    most: int
    counted: Counted
    is_drawn: bool


@dataclass(frozen=True, kw_only=True)
class Handout:
    """`gaps` are those after the first, which has a picture of its own."""

    gaps: Some[GapShown]
    barriers: Some[Bar]
    questions: Some[Question]
    ideas: Some[IdeaShown]
    pledges: Some[Pledged]
    said: Some[Said]
    used: Some[Resource]
    agenda: Some[Part]
    credit: Sequence[str]


def of(found: Results, *, title: str, host: str, address: str) -> Handout:
    """All of a small session; of a larger one what most were for, and how much more there is."""
    bars = [bar for each in found.barriers[:1] for bar in each.bars if bar.number]
    others = (*found.barriers[1:], *found.answers)
    questions = [_question(each, is_drawn=len(others) <= MOST_DRAWN) for each in others]
    credit, gaps = _credit(found.credit), found.gaps[1:]
    lists = [
        [_of_text(gap.question, gap.second, NUMBERS, gap.sentence) for gap in gaps],
        [ROW * lines(bar.label, BAR_LETTERS) + BETWEEN for bar in bars],
        [_of_question(each) for each in questions],
        [_of_text("10 votes", idea.text) for idea in found.ideas],
        [_of_text(_words_of(pledge)) for pledge in found.pledges],
        [_of_text("When I will", said.when, said.will) for said in found.said],
        [_of_page(page) for page in found.used],
        [_of_text(part.title, TOOK) for part in found.agenda],
    ]
    fixed = _head(found, title, host) + _picture(found) + _foot(credit, address)
    taken = iter(_taken(lists, SHEETS - SPARE - fixed))
    return Handout(
        gaps=_some(gaps, next(taken)),
        barriers=_some(bars, next(taken)),
        questions=_some(questions, next(taken)),
        ideas=_some(found.ideas, next(taken)),
        pledges=_some(found.pledges, next(taken)),
        said=_some(found.said, next(taken)),
        used=_some(found.used, next(taken)),
        agenda=_some(found.agenda, next(taken)),
        credit=credit,
    )


def _taken(lists: Sequence[Sequence[float]], left: float) -> list[int]:
    """How many of each list there is room for. They take turns, so that each has its share."""
    taken = [0] * len(lists)
    left -= sum(HEAD + MORE for each in lists if each)
    turn, waiting = TURN, list(range(len(lists)))
    while waiting:
        for number in waiting:
            before = _high(lists[number][: taken[number]])
            taken[number] = _as_many(lists[number], taken[number], turn, before + left)
            left -= _high(lists[number][: taken[number]]) - before
        waiting = [n for n in waiting if _high(lists[n][: taken[n]]) >= turn]
        turn += TURN
    return taken


def _as_many(heights: Sequence[float], taken: int, turn: float, most: float) -> int:
    """So many items that the list is as high as it may be in this turn, and never too high."""
    while taken < len(heights) and _high(heights[:taken]) < turn:
        if _high(heights[: taken + 1]) > most:
            break
        taken += 1
    return taken


def _high(heights: Sequence[float]) -> float:
    """Of two columns, of which one may be higher than the other by as much as an item.

    What stands across both is told by being higher than any sheet.
    """
    across = sum(each - ACROSS for each in heights if each > ACROSS)
    beside = [each for each in heights if each <= ACROSS]
    return across + (sum(beside) + max(beside, default=0.0)) / 2


def _some(items: Sequence[T], taken: int) -> Some[T]:
    return Some(shown=items[:taken], more=len(items) - taken)


def _question(asked: Answers, *, is_drawn: bool) -> Question:
    is_scale = asked.kind is RoundKind.SCALE
    bars = [bar for bar in asked.bars if bar.number or is_scale]
    most = bars[: MOST_BARS if is_drawn else MOST_TOLD]
    short = [replace(bar, label=_short(bar.label, LONGEST_LABEL)) for bar in most]
    return Question(
        text=asked.question or UNNAMED[asked.kind is RoundKind.BARRIERS],
        bars=Some(shown=short, more=len(bars) - len(short)),
        most=asked.most,
        counted=asked.counted,
        is_drawn=is_drawn,
    )


def _credit(text: str) -> list[str]:
    return [line for line in _short(text, LONGEST_CREDIT).splitlines() if line.strip()]


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _words_of(pledge: Pledged) -> str:
    titles = [each.title for each in (pledge.card, pledge.practice) if each]
    return " ".join((*titles, "10 people: by 4 December 2026. Copy from"))


def _head(found: Results, title: str, host: str) -> float:
    date = "30 September 2026, 100 people"
    lede = 6.0 * lines(f"{title} {host} {date}", LEDE)
    return 9.0 * lines(found.title, HEADLINE) + lede + 9


def _picture(found: Results) -> float:
    """Two rows of hands or bars, their sentence, and how they were counted."""
    if not found.gaps:
        return 0.0
    gap = found.gaps[0]
    drawn = drawing.hands(gap.would, gap.gap, gap.people)
    row = HANDS_WIDE * drawn.height / drawn.width if drawn else 9.0
    counted = SMALL * lines(f"{gap.note} {gap.left_out} {COUNTED}", SMALL_PRINT)
    return HEAD + 2 * row + AROUND + counted + (TABLE if found.before else 0.0)


def _foot(credit: Sequence[str], address: str) -> float:
    small = sum(SMALL * lines(line, SMALL_PRINT) + BETWEEN for line in credit)
    return (HEAD + small if credit else 0.0) + (HEAD + CODE if address else 0.0)


def _of_question(asked: Question) -> float:
    """In one of two columns, or across both and over two of its own."""
    if not asked.is_drawn:
        answers = " ".join(f"{bar.label} 100," for bar in asked.bars.shown)
        return _of_text(asked.text, answers, "and 100 other answers")
    bars = [ROW * lines(bar.label, BAR_LETTERS) + BETWEEN for bar in asked.bars.shown]
    beside = HEAD + 6.0 * lines(asked.text, QUESTION) + 2 * MORE
    return ACROSS + beside + _high(bars)


def _of_text(*words: str) -> float:
    return LINE * lines(" ".join(words), LETTERS) + BETWEEN


def _of_page(page: Resource) -> float:
    source = f"From {page.sources[0].title}, {page.sources[0].publisher}" if page.sources else ""
    councils = " ".join(each.name for each in page.councils)
    return _of_text(
        page.title, "Case study,", councils or page.organisation, page.credit or source
    )
