"""May this question be answered right now? And how an answer is kept once, on both databases."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kb.errors import Conflict, Invalid
from kb.training.models import Participant, Round, RoundState

WAITING = "This question is not open yet. Wait until it is on the screen."
CLOSED = "This question is closed, so this answer was not counted."
FOREIGN = "This question belongs to another session."


def check_open(session: Session, round: Round, participant: Participant) -> None:
    """As the database has it now: closing the round waits for this answer or came before."""
    if round.session_id != participant.session_id:
        raise Invalid({"answer": FOREIGN})
    current = select(Round.state).where(Round.id == round.id).with_for_update(read=True)
    check_state(session.execute(current).scalar_one())


def check_state(state: RoundState) -> None:
    if state is RoundState.WAITING:
        raise Conflict(WAITING)
    if state is RoundState.CLOSED:
        raise Conflict(CLOSED)


def wait_for_turn(session: Session, participant: Participant) -> None:
    """Of two tabs of one participant the second sees what the first did."""
    me = select(Participant.id).where(Participant.id == participant.id)
    session.execute(me.with_for_update(key_share=True))


def insert(session: Session, table: type[Any]) -> Any:
    """Both dialects say ON CONFLICT with the same words, each of its own class."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgres else sqlite.insert)(table)
