"""What the templates of the projector are given: plain values, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.library.content import Kind
from kb.web.presenter_answers import LONG, Answers

MOST_HANDS = 60  # above it hands become one bar, because nobody could see a single one
DRAWN = 25  # places in a row of hands, as in the design; fewer people leave some free


@dataclass(frozen=True, kw_only=True)
class Row:
    """One answer and how many gave it, on devices and by hand."""

    key: str
    label: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Word:
    """A text of the room's that was let through; a pledge has no votes."""

    text: str
    votes: int | None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A page of the library; `told` is its story, each part with its name."""

    kind: Kind
    slug: str
    title: str
    lang: str
    number: int | None = None
    summary: str = ""
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """A barrier that many have, and who got round it."""

    slug: str
    label: str
    shown: Sequence[Reading]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Hands up, hands that came down, and the gap between; `do` is None before it was asked."""

    would: int
    people: int
    do: int | None = None
    gap: int = 0
    sentence: str = ""
    rest: str = ""
    about: str = ""
    is_hidden: bool = False

    @property
    def is_crowd(self) -> bool:
        return self.people > MOST_HANDS

    @property
    def columns(self) -> int:
        return max(self.people, DRAWN)

    @property
    def people_words(self) -> str:
        return "1 person" if self.people == 1 else f"{self.people} people"

    @property
    def lines(self) -> list[str]:
        """The sentence of the gap, one line for what it is and one for what it means."""
        text = self.rest if self.gap else self.sentence
        first, stop, after = text.partition(". ")
        return [f"{first}.", after] if stop else [text]

    @property
    def text_from(self) -> int | None:
        """The place of the first hand that came down, unless the words would not fit there."""
        start = self.do or 0
        return start if start <= self.columns // 2 else None


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One thing to look at. `kind` names its template, `said` is what is read out.

    `hands_said` is in how large a room hands were counted, as long as they are not shown.
    """

    kind: str
    heading: str
    eyebrow: str = ""
    note: str = ""
    said: str = ""
    joined: int = 0
    answered: int = 0
    answered_words: str = ""
    hands_said: str = ""
    answers: Answers | None = None
    is_open: bool = False
    is_beside: bool = False
    has_gap: bool = False
    source: str = ""
    middle: str = ""
    rows: Sequence[Row] = ()
    words: Sequence[Word] = ()
    has_columns: bool = False
    ways: Sequence[Way] = ()
    shown: Sequence[Reading] = ()
    picture: Picture | None = None

    @property
    def is_long(self) -> bool:
        return len(self.heading) > LONG

    @property
    def most(self) -> int:
        return max((row.number for row in self.rows), default=0)
