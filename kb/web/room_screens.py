"""Which one thing a participant's phone shows now, and what it says.

What is the same for every phone of a room is read for all of them at once; beside it, each
page holds what its own participant said, and nobody else's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pydantic import TypeAdapter

from kb.db.database import Session
from kb.library import service as library
from kb.training import pledging, room
from kb.training.answering import Own
from kb.training.models import IdeaState, Pledge, SessionState, TrainingSession
from kb.training.room import Asked, Bar, IdeaShown, Participants
from kb.training.types import RoundKind
from kb.web import presenter_reading
from kb.web.filters import day
from kb.web.presenter_parts import Reading, Way
from kb.web.presenter_parts import Row as Counted

OPEN, PREPARED = "open", "prepared"
LOOK = "Look at the screen"
FIRST_CARDS = 5
DECK = range(1, 11)
STATES = {
    IdeaState.WAITING: "Waiting for the trainer",
    IdeaState.SHOWN: "On the screen",
    IdeaState.HIDDEN: "Kept, but not shown",
    IdeaState.MERGED: "Joined with an idea like it",
}
HAND_UP = {1: ("Yes, hand up", "Not for me"), 2: ("Yes, hand up", "Not yet")}


@dataclass(frozen=True, kw_only=True)
class Card:
    id: int
    number: int | None
    title: str


@dataclass(frozen=True, kw_only=True)
class Room:
    """What all phones of a room show alike; `cards` only where they can be picked now.

    `shown` and `ways` are the links that stand on the projector.
    """

    change: int
    participants: Participants
    shown: tuple[Reading, ...] = ()
    ways: tuple[Way, ...] = ()
    cards: tuple[Card, ...] = ()
    first: int = 0
    steps: int = 0


@dataclass(frozen=True, kw_only=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class MyIdea:
    text: str
    state: str


@dataclass(frozen=True, kw_only=True)
class OthersIdea:
    id: int
    text: str
    votes: int | None
    is_mine_for: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    count: int
    words: str
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    question: str
    rows: tuple[Row, ...]
    most: int


@dataclass(frozen=True, kw_only=True)
class Screen:
    """`name` is that of its template, `rooms/_<name>.html`; few of them use all the rest."""

    name: str
    title: str
    change: int
    block: str = ""
    lede: str = ""
    round_id: int = 0
    part: int = 1
    steps: int = 0
    is_open: bool = True
    has_answered: bool = False
    chosen: tuple[str, ...] = ()
    said: str = ""
    options: tuple[Choice, ...] = ()
    is_many: bool = False
    hint: str = ""
    key: str = ""
    typed: str = ""
    mine: tuple[MyIdea, ...] = ()
    others: tuple[OthersIdea, ...] = ()
    cards: tuple[Card, ...] = ()
    more_cards: tuple[Card, ...] = ()
    picked: tuple[int, ...] = ()
    picked_titles: tuple[str, ...] = ()
    promise: str = ""
    when: str = ""
    will: str = ""
    by: str = ""
    by_words: str = ""
    email: str = ""
    days: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    results: tuple[Result, ...] = ()
    shown: tuple[Reading, ...] = ()
    ways: tuple[Way, ...] = ()


_rooms = TypeAdapter(Room)


def read(session: Session, training: TrainingSession) -> bytes:
    """The room as all its phones show it, to be kept for a moment."""
    snapshot = room.snapshot(session, training)
    asked = snapshot.participants.asked
    picks = asked is not None and asked.kind == RoundKind.PLEDGE
    cards, first = _cards(session, training) if picks else ((), 0)
    found = Room(
        change=snapshot.change,
        participants=snapshot.participants,
        shown=_shown(session, training),
        ways=_ways(session, asked),
        cards=cards,
        first=first,
        steps=_steps(training),
    )
    return _rooms.dump_json(found)


def parse(kept: bytes) -> Room:
    """What `read` has read."""
    return _rooms.validate_json(kept)


def kinds(found: Room) -> set[RoundKind]:
    """Of what is asked now: only of that a page shows what its participant said or pledged."""
    asked = found.participants.asked
    return {RoundKind(asked.kind)} if asked else set()


def of(found: Room, own: Own, *, today: date) -> Screen:
    """What to show to one participant."""
    now = found.participants
    block = now.block.title if now.block else ""
    screen = _asked(found, own, today) or _afterwards(found, own)
    return replace(screen, change=found.change, block=block, steps=found.steps)


def _asked(found: Room, own: Own, today: date) -> Screen | None:
    """The question that is open."""
    asked = found.participants.asked
    if asked is None or asked.state != OPEN:
        return None
    if asked.kind == RoundKind.IDEAS:
        return _ideas(found, asked, own)
    if asked.kind == RoundKind.PLEDGE:
        return _pledge(found, asked, own, today)
    return _choice(asked, own)


def _afterwards(found: Room, own: Own) -> Screen:
    """Results where they are shown; else there is the screen to look at."""
    now = found.participants
    if now.state == PREPARED:
        lede = "The session has not begun yet."
        return Screen(name="waiting", title="You are in", change=0, lede=lede)
    asked = now.asked
    if asked is not None and asked.kind == RoundKind.IDEAS and (now.ideas or own.ideas):
        return replace(_ideas(found, asked, own), is_open=False)
    if now.gap or any(each.results for each in now.shown):
        return _results(found, own)
    said = _said(asked, own) if asked else ""
    lede = f"This question is closed. You said {said}." if said else ""
    return Screen(name="waiting", title=LOOK, change=0, lede=lede, shown=found.shown)


def _choice(asked: Asked, own: Own) -> Screen:
    is_gap = asked.kind == RoundKind.GAP
    labels = HAND_UP[asked.part] if is_gap else [option.label for option in asked.options]
    keys = [option.key for option in asked.options]
    return Screen(
        name="gap" if is_gap else "choice",
        title=asked.question,
        change=0,
        round_id=asked.id,
        part=asked.part,
        has_answered=asked.id in own.answers,
        chosen=tuple(own.answers.get(asked.id, ())),
        said=_said(asked, own),
        options=tuple(Choice(key=k, label=v) for k, v in zip(keys, labels, strict=True)),
        is_many=asked.is_several,
        hint="Choose all that fit." if asked.is_several else "",
    )


def _said(asked: Asked, own: Own) -> str:
    """What I answered, in words."""
    chosen = own.answers.get(asked.id, [])
    words = [option.label for option in asked.options if option.key in chosen]
    return "; ".join(words).lower() if asked.kind == RoundKind.GAP else "; ".join(words)


def _ideas(found: Room, asked: Asked, own: Own) -> Screen:
    said = sorted(own.ideas, key=lambda idea: -idea.id)
    mine = [idea for idea in said if idea.round_id == asked.id]
    ids = {idea.id for idea in mine}
    return Screen(
        name="ideas",
        title=asked.question,
        change=0,
        round_id=asked.id,
        key=secrets.token_urlsafe(12),
        mine=tuple(MyIdea(text=idea.text, state=STATES[idea.state]) for idea in mine),
        others=tuple(
            _others(idea, own) for idea in found.participants.ideas if idea.id not in ids
        ),
    )


def _others(idea: IdeaShown, own: Own) -> OthersIdea:
    is_mine_for = idea.id in own.voted
    return OthersIdea(id=idea.id, text=idea.text, votes=idea.votes, is_mine_for=is_mine_for)


def _pledge(found: Room, asked: Asked, own: Own, today: date) -> Screen:
    mine = own.pledges.get(asked.id)
    screen = Screen(
        name="pledge",
        title=asked.question,
        change=0,
        round_id=asked.id,
        cards=found.cards[: found.first],
        more_cards=found.cards[found.first :],
        days=_days(today),
    )
    return _with_mine(screen, mine, found.cards) if mine else screen


def _with_mine(screen: Screen, mine: Pledge, cards: Sequence[Card]) -> Screen:
    known = {value for value, _ in screen.days}
    days = screen.days
    if mine.by and mine.by.isoformat() not in known:
        days = ((mine.by.isoformat(), day(mine.by)), *days)
    return replace(
        screen,
        has_answered=True,
        picked=tuple(mine.cards),
        picked_titles=tuple(card.title for card in cards if card.id in mine.cards),
        promise=pledging.promise(mine, {card.id: card.title for card in cards}),
        when=mine.when,
        will=mine.will,
        by=mine.by.isoformat() if mine.by else "",
        by_words=day(mine.by) if mine.by else "",
        days=days,
    )


def _results(found: Room, own: Own) -> Screen:
    now = found.participants
    shown = [each for each in now.shown if each.results]
    title = now.asked.question if now.asked and len(shown) == 1 else "What the room said"
    return Screen(
        name="results",
        title=title,
        change=0,
        round_id=shown[-1].id if shown else 0,
        sentence=now.gap.sentence if now.gap else "",
        results=tuple(_result(each, own) for each in shown),
        ways=found.ways,
    )


def _result(each: Asked, own: Own) -> Result:
    bars = each.results or ()
    mine = own.answers.get(each.id, [])
    return Result(
        question=each.question,
        rows=tuple(_row(bar, is_mine=bar.key in mine) for bar in bars),
        most=max([bar.total for bar in bars if bar.total] or [1]),
    )


def _row(bar: Bar, *, is_mine: bool) -> Row:
    words = bar.words if bar.words != str(bar.total) else ""
    return Row(label=bar.label, count=bar.total, words=words, is_mine=is_mine)


def _cards(session: Session, training: TrainingSession) -> tuple[tuple[Card, ...], int]:
    """The cards that can be picked, those of this block first, and how many to show at once."""
    refs = training.blocks[training.at_block].refs
    deck = library.tip_cards(session, numbers=DECK)
    named = [card for card in library.tip_cards(session) if card.ref in refs] if refs else []
    ids = {card.id for card in named}
    cards = [*named, *(card for card in deck if card.id not in ids)]
    first = len(named) or FIRST_CARDS
    return tuple(Card(id=c.id, number=c.number, title=c.title) for c in cards), first


def _shown(session: Session, training: TrainingSession) -> tuple[Reading, ...]:
    """What a block shows that asks nothing, for whoever cannot see the screen."""
    block = training.blocks[training.at_block]
    is_open = training.state is SessionState.OPEN
    refs = block.refs if is_open and block.round is None else ()
    return tuple(presenter_reading.of_refs(session, refs))


def _ways(session: Session, asked: Asked | None) -> tuple[Way, ...]:
    """What helps against the barriers that were voted up, once the room may know them."""
    if asked is None or asked.kind != RoundKind.BARRIERS or not asked.results:
        return ()
    bars = sorted(asked.results, key=lambda bar: -bar.total)
    counted = [Counted(key=bar.key, label=bar.label, number=bar.total) for bar in bars]
    return tuple(presenter_reading.ways(session, counted))


def _steps(training: TrainingSession) -> int:
    """From the first of the two questions of the gap to the pledge, where one comes after them."""
    kinds = [block.round for block in training.blocks]
    if RoundKind.GAP not in kinds:
        return 0
    return 3 if RoundKind.PLEDGE in kinds[kinds.index(RoundKind.GAP) :] else 2


def _days(today: date) -> tuple[tuple[str, str], ...]:
    """A Friday soon, and the ends of this month, unless that is near, and of two more."""
    soon = today + timedelta(days=14)
    friday = soon + timedelta(days=(4 - soon.weekday()) % 7)
    ends = [end for n in range(4) if (end := _end_of_month(today, n)) > friday][:3]
    named = [(end.isoformat(), f"The end of {end:%B}") for end in ends]
    return ((friday.isoformat(), f"Friday {friday.day} {friday:%B}"), *named)


def _end_of_month(today: date, after: int) -> date:
    months = today.year * 12 + today.month - 1 + after + 1
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
