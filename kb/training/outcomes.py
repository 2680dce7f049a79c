"""The parts of what a session came to, as plain values for pages, tables and pictures."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kb.library.models import Resource
from kb.training.counting import Finding
from kb.training.reminding import FollowedUp
from kb.training.types import RoundKind


@dataclass(frozen=True, kw_only=True)
class Part:
    """A block of the agenda: the minutes it was to take, and those it took if it ran."""

    title: str
    planned: int
    took: int | None
    is_now: bool = False


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An answer and how many gave it, on devices and by hand; `key` may be a term's slug."""

    key: str
    label: str
    number: int
    devices: int
    hands: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How a number came about: answers from devices, and hands that the trainer typed in.

    Where one may choose several, `hands` is how many there are at least.
    """

    devices: int
    hands: int
    is_several: bool = False

    @property
    def is_mixed(self) -> bool:
        return bool(self.devices and self.hands)


@dataclass(frozen=True, kw_only=True)
class GapShown:
    """How many would like to, how many already do, and who would and does not.

    `counted` is of the first question and of the second, and `yes` who said yes to it.
    `left_out` says who answered and is not in the gap.
    """

    question: str
    second: str
    would: int
    do: int
    gap: int
    people: int
    finding: Finding
    is_from_totals: bool
    sentence: str
    note: str
    unanswered: int
    are_hands_left_out: bool
    left_out: str
    counted: tuple[Counted, Counted]
    yes: tuple[Bar, Bar]

    @property
    def is_known(self) -> bool:
        return self.finding.is_known

    @property
    def answered(self) -> int:
        """How many answered, of each kind the question that more of them did."""
        return max(each.devices for each in self.counted) + max(
            each.hands for each in self.counted
        )


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a round without a gap came to, the most frequent answer first but for a scale.

    `people` is how many were in the room, or have answered where nobody said so.
    """

    kind: RoundKind
    question: str
    people: int
    bars: tuple[Bar, ...]
    counted: Counted

    @property
    def most(self) -> int:
        return max((bar.number for bar in self.bars), default=0)


@dataclass(frozen=True, kw_only=True)
class IdeaShown:
    text: str
    votes: int


@dataclass(frozen=True, kw_only=True)
class Pledged:
    """How many picked this card, and the day by which most of them will have tried it.

    `practice` is a case study to copy it from, where the library has one.
    """

    card: Resource | None
    people: int
    by: date | None
    practice: Resource | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """A pledge in its words, never with a name; `will` names the cards where they said no more."""

    when: str
    will: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """All that a session came to. `parked` is for the trainer alone, `credit` is the pack's."""

    title: str
    held_on: datetime
    people: int
    agenda: tuple[Part, ...] = ()
    gaps: tuple[GapShown, ...] = ()
    barriers: tuple[Answers, ...] = ()
    answers: tuple[Answers, ...] = ()
    ideas: tuple[IdeaShown, ...] = ()
    pledges: tuple[Pledged, ...] = ()
    said: tuple[Said, ...] = ()
    parked: tuple[str, ...] = ()
    used: tuple[Resource, ...] = ()
    credit: str = ""
    before: "Before | None" = None
    follow_up: FollowedUp = field(default_factory=lambda: FollowedUp(0, 0, 0, 0))


@dataclass(frozen=True, kw_only=True)
class Before:
    """The gap that was asked the last time, in the session that this one repeats."""

    held_on: datetime
    gap: GapShown
