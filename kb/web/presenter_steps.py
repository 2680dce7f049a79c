"""What comes next in a session: the one button that leads through all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.db.database import Session
from kb.training import rounds, sessions
from kb.training.models import Round, RoundState, SessionState, TrainingSession
from kb.training.types import Block, RoundKind

MOST_WORDS = 40


class Move(StrEnum):
    START = "start"
    OPEN = "open"
    CLOSE = "close"
    BLOCK = "block"
    END = "end"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What pressing "next" does, and what the button says."""

    move: Move
    label: str
    round: Round | None = None

    @property
    def is_end(self) -> bool:
        return self.move is Move.END


def current_block(training: TrainingSession) -> Block | None:
    return next(iter(training.blocks[training.at_block : training.at_block + 1]), None)


def rounds_now(session: Session, training: TrainingSession) -> list[Round]:
    """Those of the block that runs, in their order."""
    block = current_block(training)
    return rounds.of_block(session, training, block.key) if block and block.round else []


def next_step(training: TrainingSession, asked: Sequence[Round]) -> Step:
    if training.state is SessionState.PREPARED:
        return Step(move=Move.START, label="Start the session")
    if training.state is SessionState.CLOSED:
        return Step(move=Move.NONE, label="")
    is_open = next((each for each in asked if each.state is RoundState.OPEN), None)
    waiting = next((each for each in asked if _waits(each)), None)
    if is_open is not None and waiting is None:
        return Step(move=Move.CLOSE, label=_close_label(is_open), round=is_open)
    if waiting is not None:
        return Step(move=Move.OPEN, label=_open_label(waiting), round=waiting)
    return _next_block(training)


def place(training: TrainingSession, asked: Sequence[Round]) -> str:
    """Names where the session is; a button pressed twice says the same place twice."""
    states = "-".join(each.state.value for each in asked)
    return f"{training.state.value}.{training.at_block}.{states}"


def take(
    session: Session, training: TrainingSession, asked: Sequence[Round], *, now: datetime
) -> None:
    """Do what comes next. To end a session is asked for on a page of its own."""
    step = next_step(training, asked)
    if step.move is Move.START:
        sessions.open_room(session, training, now=now)
    elif step.move is Move.BLOCK:
        sessions.go_to(session, training, training.at_block + 1, now=now)
    elif step.move is Move.OPEN and step.round is not None:
        rounds.open_round(session, step.round, now=now)
    elif step.move is Move.CLOSE and step.round is not None:
        rounds.close_round(session, step.round, now=now)
        for each in asked:
            rounds.show(session, each)


def go_back(session: Session, training: TrainingSession, *, now: datetime) -> None:
    if can_go_back(training):
        sessions.go_to(session, training, training.at_block - 1, now=now)


def can_go_back(training: TrainingSession) -> bool:
    return training.state is SessionState.OPEN and training.at_block > 0


def _waits(one: Round) -> bool:
    return one.state is RoundState.WAITING


def _open_label(one: Round) -> str:
    if one.kind is RoundKind.GAP and one.part == 2:
        return "Next: do you already?"
    return "Open the vote"


def _close_label(one: Round) -> str:
    if one.kind is RoundKind.GAP:
        return "Next: show the gap"
    if one.kind in {RoundKind.IDEAS, RoundKind.PLEDGE}:
        return "Close it"
    return "Close and show"


def _next_block(training: TrainingSession) -> Step:
    after = training.blocks[training.at_block + 1 : training.at_block + 2]
    if not after:
        return Step(move=Move.END, label="Close the session")
    title = after[0].title
    short = title if len(title) <= MOST_WORDS else f"{title[: MOST_WORDS - 1].rstrip()}…"
    return Step(move=Move.BLOCK, label=f"Next: {short}")
