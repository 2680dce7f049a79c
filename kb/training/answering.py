"""What participants do: join, answer, say ideas, vote for them, pledge. Never with a name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import cast as cast_type

from sqlalchemy import Executable, Table, Text, bindparam, cast, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.training import codes, sessions
from kb.training.errors import Over
from kb.training.models import (
    Answer,
    Idea,
    IdeaVote,
    Participant,
    Pledge,
    Round,
    SessionState,
    TrainingSession,
)
from kb.training.pledging import LONGEST_PLEDGE, pledge
from kb.training.saying import LONGEST_IDEA, idea, note_on, say, vote
from kb.training.taking import FOREIGN, check_open, check_state
from kb.training.types import Option, RoundKind

__all__ = [
    "LONGEST_IDEA",
    "LONGEST_PLEDGE",
    "Own",
    "answer",
    "answer_by",
    "idea",
    "join",
    "note_on",
    "own",
    "participant",
    "pledge",
    "say",
    "vote",
]

MOST_PARTICIPANTS = 5_000
NOT_HERE = "This device has not joined the session, or has been away too long. Join again."
CHOOSE = "Choose an answer."
CHOOSE_ONE = "Choose one answer only."
UNKNOWN = "Choose one of the answers that the question offers."
NO_CHOICE = "This question is not answered by choosing."
FULL = "This session is full."
SEVERAL = {RoundKind.MANY, RoundKind.BARRIERS}
WITHOUT_CHOICE = {RoundKind.IDEAS, RoundKind.PLEDGE}


@dataclass(frozen=True, kw_only=True)
class Own:
    """What this participant did in the session: to fill in their page, and for nobody else.

    `answers` are by the id of the round; `voted` are ids of ideas.
    """

    answers: dict[int, list[str]] = field(default_factory=dict)
    ideas: list[Idea] = field(default_factory=list)
    voted: set[int] = field(default_factory=set)
    pledges: dict[int, Pledge] = field(default_factory=dict)


def join(session: Session, training: TrainingSession, *, now: datetime) -> str:
    """One more device in the room; the answer is its token, of which we keep the hash.

    Raises Over once the session is closed, Conflict where it is full.
    """
    if training.state is SessionState.CLOSED:
        raise Over(training.id, training.title)
    if sessions.joined(session, training) >= MOST_PARTICIPANTS:
        raise Conflict(FULL)
    token = tokens.make()
    session.add(
        Participant(session_id=training.id, token_hash=tokens.hash_of(token), joined_at=now)
    )
    flush(session)
    return token


def participant(session: Session, training: TrainingSession, token: str) -> Participant | None:
    """Who holds this token in this session; None for a device that has not joined it."""
    held = {"held": tokens.hash_of(token), "session_id": training.id}
    return session.scalar(_HOLDER, held)


def own(
    session: Session,
    training: TrainingSession,
    participant: Participant,
    *,
    kinds: Collection[RoundKind] = frozenset(RoundKind),
) -> Own:
    """All that they answered, said, voted for and pledged here.

    Ideas and pledges are looked for only where `kinds` has theirs: every phone of a room asks
    for its page at the same moment, and hardly any page shows them.
    """
    me = {"me": participant.id}
    ideas: Sequence[Idea] = ()
    votes: Sequence[int] = ()
    pledges: Sequence[Pledge] = ()
    if RoundKind.IDEAS in kinds:
        ideas = session.scalars(_IDEAS, me).all()
        votes = session.scalars(_VOTES, me).all()
    if RoundKind.PLEDGE in kinds:
        pledges = session.scalars(_PLEDGES, me).all()
    return Own(
        answers=dict(session.execute(_ANSWERS, me).all()),
        ideas=list(ideas),
        voted=set(votes),
        pledges={pledge.round_id: pledge for pledge in pledges},
    )


def answer(
    session: Session,
    round: Round,
    participant: Participant,
    chosen: Sequence[str],
    *,
    now: datetime,
) -> list[str]:
    """Keep their answer in place of the one before; the answer is what is kept.

    The same again changes nothing. Raises Conflict where the round is not open, Invalid
    for a round of another session and for what cannot be chosen.
    """
    check_open(session, round, participant)
    kept = _checked(round.kind, round.options, chosen)
    _put(session, round.id, participant.id, kept, now)
    return kept


def answer_by(
    session: Session, *, code: str, token: str, round_id: int, chosen: Sequence[str], now: datetime
) -> list[str]:
    """The same from no more than what a phone sends, in two statements.

    Raises NotFound where this token has not joined the session of this code, Over where
    that is closed, and whatever `answer` raises.
    """
    said = {"held": tokens.hash_of(token), "code": codes.plain(code), "round_id": round_id}
    row = session.execute(_WHO_AND_WHAT, said).one_or_none()
    if row is None:
        training = sessions.by_code(session, code)
        if participant(session, training, token) is None:
            raise NotFound(NOT_HERE)
        raise Invalid({"answer": FOREIGN})
    who, session_id, session_state, title, _, state, kind, options = row
    if session_state is SessionState.CLOSED:
        raise Over(session_id, title)
    check_state(state)
    kept = _checked(kind, options, chosen)
    _put(session, round_id, who, kept, now)
    return kept


def _checked(kind: RoundKind, options: Sequence[Option], chosen: Sequence[str]) -> list[str]:
    """What was chosen, once each and in the order of the options. Raises Invalid."""
    if kind in WITHOUT_CHOICE:
        raise Invalid({"answer": NO_CHOICE})
    keys, wanted = [option.key for option in options], set(chosen)
    if not wanted:
        raise Invalid({"answer": CHOOSE})
    if not wanted <= set(keys):
        raise Invalid({"answer": UNKNOWN})
    if len(wanted) > 1 and kind not in SEVERAL:
        raise Invalid({"answer": CHOOSE_ONE})
    return [key for key in keys if key in wanted]


def _put(session: Session, round_id: int, who: int, kept: list[str], now: datetime) -> None:
    values = {"round_id": round_id, "participant_id": who, "chosen": kept, "answered_at": now}
    session.execute(_putting(session.get_bind().dialect.name), values)


@cache
def _putting(dialect: str) -> Executable:
    """Made once: a whole room answers at the same moment, while the database lets in one."""
    answers = cast_type(Table, Answer.__table__)
    put = (postgresql if dialect == "postgresql" else sqlite).insert(answers)
    statement: Executable = put.on_conflict_do_update(
        index_elements=[answers.c.round_id, answers.c.participant_id],
        set_={"chosen": put.excluded.chosen, "answered_at": put.excluded.answered_at},
        where=cast(answers.c.chosen, Text) != cast(put.excluded.chosen, Text),
    )
    return statement


# Made once, too.
_HOLDER = select(Participant).where(
    Participant.token_hash == bindparam("held"), Participant.session_id == bindparam("session_id")
)
_ANSWERS = select(Answer.round_id, Answer.chosen).where(Answer.participant_id == bindparam("me"))
_IDEAS = select(Idea).where(Idea.participant_id == bindparam("me"))
_VOTES = select(IdeaVote.idea_id).where(IdeaVote.participant_id == bindparam("me"))
_PLEDGES = select(Pledge).where(Pledge.participant_id == bindparam("me"))
_WHO_AND_WHAT = (
    select(
        Participant.id,
        TrainingSession.id,
        TrainingSession.state,
        TrainingSession.title,
        Round.session_id,
        Round.state,
        Round.kind,
        Round.options,
    )
    .select_from(Participant)
    .join(TrainingSession, TrainingSession.id == Participant.session_id)
    .join(Round, Round.session_id == TrainingSession.id)
    .where(
        Participant.token_hash == bindparam("held"),
        TrainingSession.code == bindparam("code"),
        Round.id == bindparam("round_id"),
    )
    .with_for_update(read=True, of=Round)
)
