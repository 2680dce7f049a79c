"""All that the screens of a room may show at one moment, as plain values ready for JSON.

What a screen must not show yet is not in its part at all: participants' phones get no
number before the trainer shows it, nobody's own answer, no idea that was not let through.
It takes the same few questions to the database whoever asks and however many are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.training import counting, moderating, rounds, running, sessions
from kb.training.counting import Gap, Tally
from kb.training.models import (
    IdeaState,
    Pledge,
    Round,
    RoundState,
    SessionState,
    TrainingSession,
)
from kb.training.moderating import IdeaRow
from kb.training.running import Clock
from kb.training.types import Option, RoundKind

MOST_IDEAS = 200


@dataclass(frozen=True, kw_only=True)
class Choice:
    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An answer and how many gave it: on devices, by hand, and in words how that adds up."""

    key: str
    label: str
    total: int
    devices: int
    hands: int
    words: str


@dataclass(frozen=True, kw_only=True)
class IdeaShown:
    """`votes` is None as long as the results are not shown."""

    id: int
    text: str
    votes: int | None


@dataclass(frozen=True, kw_only=True)
class PledgeShown:
    when: str
    will: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as everybody may know it. `parts` is 2 for a gap, `part` which of them.

    `results` is None until the trainer shows them, and for the presenter until the round
    is closed. `answered` and `people` are for the presenter alone: 0 and None on phones.
    """

    id: int
    block_key: str
    part: int
    parts: int
    kind: str
    question: str
    options: tuple[Choice, ...]
    is_several: bool
    state: str
    is_shown: bool
    results: tuple[Bar, ...] | None
    answered: int = 0
    people: int | None = None
    answered_words: str = ""


@dataclass(frozen=True, kw_only=True)
class BlockNow:
    index: int
    of: int
    key: str
    title: str
    kind: str
    next_title: str


@dataclass(frozen=True, kw_only=True)
class Participants:
    """What every phone may show. `asked` is the question to answer, or the last one asked."""

    state: str
    code: str
    title: str
    host: str
    block: BlockNow | None
    asked: Asked | None
    shown: tuple[Asked, ...]
    gap: Gap | None
    ideas: tuple[IdeaShown, ...]
    pledges: tuple[PledgeShown, ...]


@dataclass(frozen=True, kw_only=True)
class Presenter:
    """What the wall and the facilitator's own view may show beside that.

    `rounds` are of the block that runs. `gap` is there once both questions are closed, unless
    the trainer hides it. `waiting` is how many ideas and pledges wait to be let through.
    """

    state: str
    code: str
    title: str
    host: str
    joined: int
    block: BlockNow | None
    clock: Clock
    rounds: tuple[Asked, ...]
    gap: Gap | None
    is_gap_hidden: bool
    ideas: tuple[IdeaShown, ...]
    pledges: tuple[PledgeShown, ...]
    pledged: int
    waiting: int
    parked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One moment of a room. `change` grows with what the trainer does; counts do not count."""

    change: int
    session_id: int
    participants: Participants
    presenter: Presenter

    def participants_json(self) -> dict[str, Any]:
        return {"change": self.change, **_plain(asdict(self.participants))}

    def presenter_json(self) -> dict[str, Any]:
        return {"change": self.change, **_plain(asdict(self.presenter))}


@dataclass(frozen=True)
class _Room:
    """What was read for one snapshot."""

    training: TrainingSession
    joined: int
    rounds: Sequence[Round]
    tallies: Mapping[int, Tally]
    people: int | None
    gap: Gap | None
    ideas: Sequence[IdeaRow]
    pledges: Sequence[Pledge]
    pledged: int
    waiting: int


def snapshot(session: Session, training: TrainingSession) -> Snapshot:
    """The room as it is now, in at most eight questions to the database."""
    room = _read(session, training)
    return Snapshot(
        change=training.change,
        session_id=training.id,
        participants=_for_participants(room),
        presenter=_for_presenter(room),
    )


def _read(session: Session, training: TrainingSession) -> _Room:
    everything = rounds.of_session(session, training)
    key = training.blocks[training.at_block].key
    asked = [each for each in everything if each.block_key == key]
    tallies = counting.tallies(session, asked) if asked else {}
    ideas, pledges, pledged, waiting = _said(session, asked)
    return _Room(
        training=training,
        joined=sessions.joined(session, training),
        rounds=asked,
        tallies=tallies,
        people=_people(everything, asked),
        gap=_gap(session, asked, tallies),
        ideas=ideas,
        pledges=pledges,
        pledged=pledged,
        waiting=waiting,
    )


def _said(
    session: Session, asked: Sequence[Round]
) -> tuple[list[IdeaRow], list[Pledge], int, int]:
    """Ideas and pledges on the screen, how many pledged, and how much waits to be looked at."""
    for each in asked:
        if each.kind is RoundKind.IDEAS:
            rows = moderating.ideas(session, each)
            waiting = sum(row.state is IdeaState.WAITING for row in rows)
            return moderating.best(rows, MOST_IDEAS), [], 0, waiting
        if each.kind is RoundKind.PLEDGE:
            mine = Pledge.round_id == each.id
            states = select(Pledge.state, func.count()).where(mine).group_by(Pledge.state)
            numbers = dict(session.execute(states).all())
            shown = select(Pledge).where(mine, Pledge.state == IdeaState.SHOWN)
            found = list(session.scalars(shown.order_by(Pledge.id).limit(MOST_IDEAS)))
            return [], found, sum(numbers.values()), numbers.get(IdeaState.WAITING, 0)
    return [], [], 0, 0


def _gap(session: Session, asked: Sequence[Round], tallies: Mapping[int, Tally]) -> Gap | None:
    """Only when both questions were asked and closed."""
    pair = [each for each in asked if each.kind is RoundKind.GAP]
    if len(pair) < 2 or any(each.state is not RoundState.CLOSED for each in pair):
        return None
    one, two = pair
    return counting.gap_between(session, one, two, tallies[one.id], tallies[two.id])


def _people(everything: Sequence[Round], asked: Sequence[Round]) -> int | None:
    """How many are in the room, as the trainer said it here or else the last time."""
    here = [each.people for each in asked if each.people]
    said = [each.people for each in everything if each.people]
    return max(here) if here else (said[-1] if said else None)


def _for_participants(room: _Room) -> Participants:
    training = room.training
    asked = [_for_phones(room, each) for each in room.rounds]
    gap = room.gap if all(each.is_shown for each in room.rounds) else None
    is_open = training.state is SessionState.OPEN
    return Participants(
        state=training.state.value,
        code=training.code,
        title=training.title,
        host=training.host,
        block=_block(training) if is_open else None,
        asked=_current(asked) if is_open else None,
        shown=tuple(each for each in asked if each.results is not None),
        gap=None if training.is_gap_hidden else gap,
        ideas=_ideas(room, with_votes=all(each.is_shown for each in room.rounds)),
        pledges=_pledges(room),
    )


def _for_presenter(room: _Room) -> Presenter:
    training = room.training
    return Presenter(
        state=training.state.value,
        code=training.code,
        title=training.title,
        host=training.host,
        joined=room.joined,
        block=_block(training),
        clock=running.clock(training),
        rounds=tuple(_for_wall(room, each) for each in room.rounds),
        gap=None if training.is_gap_hidden else room.gap,
        is_gap_hidden=training.is_gap_hidden,
        ideas=_ideas(room, with_votes=True),
        pledges=_pledges(room),
        pledged=room.pledged,
        waiting=room.waiting,
        parked=tuple(training.parked),
    )


def _current(asked: Sequence[Asked]) -> Asked | None:
    """The question that is open; else the last of the block that was asked."""
    was_open = [each for each in asked if each.state == RoundState.OPEN.value]
    was_asked = [each for each in asked if each.state != RoundState.WAITING.value]
    return next(iter([*was_open, *reversed(was_asked)]), None)


def _for_phones(room: _Room, each: Round) -> Asked:
    may_know = each.is_shown and each.state is RoundState.CLOSED
    return _asked(room, each, with_results=may_know)


def _for_wall(room: _Room, each: Round) -> Asked:
    tally = room.tallies[each.id]
    asked = _asked(room, each, with_results=each.state is RoundState.CLOSED)
    answered = tally.answered
    if each.kind is RoundKind.IDEAS:
        return asked
    if each.kind is RoundKind.PLEDGE:
        answered = room.pledged
    people = max(room.people or room.joined, answered)
    has_hands = bool(tally.hands)
    words = tally.answered_words() if has_hands else counting.answered_words(answered, people)
    values = {"answered": answered, "people": people, "answered_words": words}
    return Asked(**vars(asked) | values)


def _asked(room: _Room, each: Round, *, with_results: bool) -> Asked:
    return Asked(
        id=each.id,
        block_key=each.block_key,
        part=each.part,
        parts=2 if each.kind is RoundKind.GAP else 1,
        kind=each.kind.value,
        question=each.question,
        options=tuple(Choice(key=o.key, label=o.label) for o in each.options),
        is_several=each.kind in counting.SEVERAL,
        state=each.state.value,
        is_shown=each.is_shown,
        results=_bars(each.options, room.tallies[each.id]) if with_results else None,
    )


def _bars(options: Sequence[Option], tally: Tally) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            key=option.key,
            label=option.label,
            total=tally.total(option.key),
            devices=tally.counts.get(option.key, 0),
            hands=tally.hands.get(option.key, 0),
            words=tally.words(option.key),
        )
        for option in options
    )


def _block(training: TrainingSession) -> BlockNow:
    index, blocks = training.at_block, training.blocks
    block = blocks[index]
    following = blocks[index + 1].title if index + 1 < len(blocks) else ""
    return BlockNow(
        index=index,
        of=len(blocks),
        key=block.key,
        title=block.title,
        kind=block.round.value if block.round else "",
        next_title=following,
    )


def _ideas(room: _Room, *, with_votes: bool) -> tuple[IdeaShown, ...]:
    """The most wanted first where votes are shown, else as they came: order would tell."""
    rows = room.ideas if with_votes else sorted(room.ideas, key=lambda row: row.id)
    return tuple(
        IdeaShown(id=row.id, text=row.text, votes=row.votes if with_votes else None)
        for row in rows
    )


def _pledges(room: _Room) -> tuple[PledgeShown, ...]:
    return tuple(PledgeShown(when=each.when, will=each.will) for each in room.pledges)


def _plain(value: Any) -> Any:
    """Lists and ISO times instead of tuples and datetimes."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
