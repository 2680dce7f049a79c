"""The questions of a session: opened, closed, shown, counted by hand, asked again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, union
from sqlalchemy.orm import Session

from kb.db.base import Base
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.library import vocabulary
from kb.training import counting, scales
from kb.training.changing import begin_round
from kb.training.errors import Over
from kb.training.models import (
    Answer,
    Idea,
    IdeaVote,
    Participant,
    Pledge,
    Round,
    RoundState,
    SessionState,
    TrainingSession,
)
from kb.training.types import Block, Option, RoundKind

NO_SUCH = "There is no such question in this session."
NOT_STARTED = "Open the room first, then ask the question."
CLOSE_FIRST = "Close the question first. Until then nobody sees what others answered."
YES, NO = counting.YES, "no"
GAP_OPTIONS = (Option(key=YES, label="Yes"), Option(key=NO, label="No"))
SCALE_OPTIONS = scales.options()
DO_YOU = "Do you already do it?"
CHOICES = {RoundKind.ONE, RoundKind.MANY}


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How much a reset deleted for good."""

    answers: int
    ideas: int
    votes: int
    pledges: int

    @property
    def sentence(self) -> str:
        parts = [
            f"{number} {word}" if number == 1 else f"{number} {word}s"
            for number, word in (
                *((self.answers, "answer"), (self.ideas, "idea")),
                *((self.votes, "vote"), (self.pledges, "pledge")),
            )
            if number
        ]
        if not parts:
            return "The question starts afresh. There was nothing to delete."
        listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        return f"The question starts afresh. Deleted: {listed}."


def make(session: Session, training: TrainingSession, blocks: Iterable[Block]) -> list[Round]:
    """The rounds of these blocks, waiting. Raises Invalid for a choice of fewer than two."""
    made = []
    for block in blocks:
        if block.round is not None:
            made += _of_new_block(session, training, block, block.round)
    session.add_all(made)
    flush(session)
    return made


def of_block(session: Session, training: TrainingSession, key: str) -> list[Round]:
    """The questions of one block: none, one, or for a gap parts 1 and 2."""
    mine = (Round.session_id == training.id) & (Round.block_key == key)
    return list(session.scalars(select(Round).where(mine).order_by(Round.part)))


def of_session(session: Session, training: TrainingSession) -> list[Round]:
    """All of them, in the order of the agenda."""
    places = {block.key: place for place, block in enumerate(training.blocks)}
    found = session.scalars(select(Round).where(Round.session_id == training.id))
    return sorted(found, key=lambda each: (places.get(each.block_key, len(places)), each.part))


def get(session: Session, training: TrainingSession, round_id: int) -> Round:
    """One of this session's. Raises NotFound for another's."""
    found = session.get(Round, round_id)
    if found is None or found.session_id != training.id:
        raise NotFound(NO_SUCH)
    return found


def open_round(session: Session, round: Round, *, now: datetime) -> None:
    """Ask the room; whatever else was being asked is closed, for there is one question at a time.

    What was answered before stays. Raises Conflict before the room is open, Over after it.
    """
    begin_round(session, round)
    _check_runs(session, round)
    for other in _open_ones(session, round.session_id):
        if other.id != round.id:
            _close(session, other, now=now)
    if round.state is not RoundState.OPEN:
        round.state, round.opened_at, round.closed_at = RoundState.OPEN, now, None
        round.is_shown = False
    flush(session)


def reopen(session: Session, round: Round, *, now: datetime) -> None:
    """Take answers again and keep those there are; results are hidden until it closes."""
    open_round(session, round, now=now)


def close_round(session: Session, round: Round, *, now: datetime) -> None:
    """Take no more answers; each that was acknowledged before is counted."""
    begin_round(session, round)
    if round.state is RoundState.OPEN:
        _close(session, round, now=now)
    flush(session)


def close_all(session: Session, training: TrainingSession, *, now: datetime) -> None:
    """Close whatever is being asked in this session, which the caller has begun to change."""
    for each in _open_ones(session, training.id):
        _close(session, each, now=now)
    flush(session)


def reset(session: Session, round: Round) -> Removed:
    """Forget all that was said and counted, and wait to be asked again."""
    begin_round(session, round)
    ideas = select(Idea.id).where(Idea.round_id == round.id)
    removed = Removed(
        votes=_count(session, IdeaVote, IdeaVote.idea_id.in_(ideas)),
        answers=_count(session, Answer, Answer.round_id == round.id),
        ideas=_count(session, Idea, Idea.round_id == round.id),
        pledges=_count(session, Pledge, Pledge.round_id == round.id),
    )
    session.execute(delete(IdeaVote).where(IdeaVote.idea_id.in_(ideas)))
    for table in (Answer, Idea, Pledge):
        session.execute(delete(table).where(table.round_id == round.id))
    round.state, round.is_shown = RoundState.WAITING, False
    round.hands, round.people = {}, None
    round.opened_at = round.closed_at = None
    flush(session)
    return removed


def show(session: Session, round: Round) -> None:
    """Let the room see the results. Raises Conflict while answers can still be changed.

    Ideas may be seen while more come in, for each was let through by the trainer.
    """
    begin_round(session, round)
    if round.state is RoundState.OPEN and round.kind is not RoundKind.IDEAS:
        raise Conflict(CLOSE_FIRST)
    round.is_shown = True
    flush(session)


def hide(session: Session, round: Round) -> None:
    begin_round(session, round)
    round.is_shown = False
    flush(session)


def type_hands(
    session: Session, round: Round, counts: Mapping[str, int], people: int | None = None
) -> None:
    """Keep how many hands the trainer counted for each option; they replace those before.

    Hands are of people who did not answer on a device; `people` is everybody in the room.
    They ask no device and keep none from answering; see `counted_beside_devices`. Raises
    Invalid for numbers that cannot be, Over once the session is closed.
    """
    begin_round(session, round)
    _check_not_over(session, round)
    people = people or round.people or _people_beside(session, round)
    devices = _count(session, Answer, Answer.round_id == round.id)
    problems = counting.problems_of_hands(round, counts, people, devices)
    if problems:
        raise Invalid(problems)
    is_gap = round.kind is RoundKind.GAP  # where no hands at all are a count too
    round.hands = {key: number for key, number in counts.items() if number or is_gap}
    round.people = people
    counted_beside_devices(session, round)
    flush(session)


def counted_beside_devices(session: Session, round: Round) -> None:
    """A question that was counted by hand or on paper before it was put to any device.

    Where devices have joined it still waits to be put to them; where none has, it counts as
    asked and closed.
    """
    joined = Participant.session_id == round.session_id
    if round.state is RoundState.WAITING and not _count(session, Participant, joined):
        round.state = RoundState.CLOSED


def with_words(session: Session, rounds: Iterable[Round]) -> set[int]:
    """The ids of those of these rounds for which somebody said an idea or pledged."""
    ids = [each.id for each in rounds]
    found = [select(table.round_id).where(table.round_id.in_(ids)) for table in (Idea, Pledge)]
    return set(session.scalars(union(*found)))


def _of_new_block(
    session: Session, training: TrainingSession, block: Block, kind: RoundKind
) -> list[Round]:
    questions = [block.question or block.title]
    if kind is RoundKind.GAP:
        questions.append(block.second_question or DO_YOU)
    options = _options(session, block, kind)
    return [
        Round(
            session_id=training.id,
            block_key=block.key,
            part=part,
            kind=kind,
            question=question,
            options=options,
            hands={},
        )
        for part, question in enumerate(questions, start=1)
    ]


def _options(session: Session, block: Block, kind: RoundKind) -> list[Option]:
    """What can be chosen, where the block itself does not say it or has no choice."""
    if kind is RoundKind.GAP:
        return list(GAP_OPTIONS)
    if kind in counting.WITHOUT_HANDS:
        return []
    options = list({option.key: option for option in block.options}.values())
    if kind in CHOICES and len(options) < 2:
        raise Invalid({"blocks": f"Give “{block.title}” at least two answers to choose from."})
    if options:
        return options
    if kind is RoundKind.SCALE:
        return list(SCALE_OPTIONS)
    terms = vocabulary.terms(session, "barrier")
    return [Option(key=term.slug, label=term.label) for term in terms]


def _check_runs(session: Session, round: Round) -> None:
    if _check_not_over(session, round) is not SessionState.OPEN:
        raise Conflict(NOT_STARTED)


def _check_not_over(session: Session, round: Round) -> SessionState:
    """The state of its session. Raises Over once that is closed."""
    columns = select(TrainingSession.state, TrainingSession.title)
    state, title = session.execute(columns.where(TrainingSession.id == round.session_id)).one()
    if state is SessionState.CLOSED:
        raise Over(round.session_id, title)
    return SessionState(state)


def _open_ones(session: Session, session_id: int) -> list[Round]:
    mine = (Round.session_id == session_id) & (Round.state == RoundState.OPEN)
    return list(session.scalars(select(Round).where(mine).order_by(Round.id)))


def _close(session: Session, round: Round, *, now: datetime) -> None:
    round.state, round.closed_at = RoundState.CLOSED, now


def _count(session: Session, table: type[Base], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(which)) or 0


def _people_beside(session: Session, round: Round) -> int | None:
    """How many were in the room when the other question of the same gap was counted."""
    beside = (
        (Round.session_id == round.session_id)
        & (Round.block_key == round.block_key)
        & (Round.id != round.id)
    )
    return session.scalar(select(func.max(Round.people)).where(beside))
