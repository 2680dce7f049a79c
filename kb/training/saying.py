"""Ideas that people in the room say, and votes for those that are shown."""

import re
from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.training import wording
from kb.training.models import Idea, IdeaState, IdeaVote, Participant, Round
from kb.training.taking import check_open, insert, wait_for_turn
from kb.training.types import RoundKind

LONGEST_IDEA, MOST_IDEAS = 500, 10
NO_SUCH_IDEA = "There is no such idea in this session."
NOT_SHOWN = "This idea is not on the screen any more."
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def idea(session: Session, round: Round, idea_id: int) -> Idea:
    """One of this question's. Raises NotFound for another's."""
    found = session.get(Idea, idea_id)
    if found is None or found.round_id != round.id:
        raise NotFound(NO_SUCH_IDEA)
    return found


def say(
    session: Session,
    round: Round,
    participant: Participant,
    text: str,
    *,
    key: str,
    now: datetime,
) -> Idea:
    """Keep an idea until the trainer lets it be seen; the same key says it once.

    500 characters are kept: `note_on(text)` is what to tell. Raises Invalid for a text
    without words, Conflict for the eleventh idea or where the round is not open.
    """
    if not _KEY.fullmatch(key):
        raise Invalid({"idea": "This idea came without its key. Load the page again."})
    if round.kind is not RoundKind.IDEAS:
        raise Invalid({"idea": "This question does not ask for ideas."})
    mine = select(Idea).where(Idea.participant_id == participant.id)
    wait_for_turn(session, participant)
    if existing := session.scalar(mine.where(Idea.key == key)):
        return existing
    check_open(session, round, participant)
    words = wording.clean(text, LONGEST_IDEA)
    if not words:
        raise Invalid({"idea": "Write your idea in a few words."})
    _check_room_for_one_more(session, mine.where(Idea.round_id == round.id))
    idea = Idea(round_id=round.id, participant_id=participant.id, key=key, text=words, said_at=now)
    idea.state = IdeaState.WAITING
    session.add(idea)
    flush(session)
    return idea


def _check_room_for_one_more(session: Session, said: Select[Idea]) -> None:
    count = session.scalar(select(func.count()).select_from(said.subquery())) or 0
    if count >= MOST_IDEAS:
        raise Conflict(f"You have given {MOST_IDEAS} ideas. Leave some for the others.")


def note_on(text: str) -> str:
    """What to tell somebody of whose idea not all is kept; "" else."""
    return wording.note_if_cut(text, LONGEST_IDEA)


def vote(session: Session, idea: Idea, participant: Participant, is_for: bool) -> bool:
    """Be for an idea, once, or not any more; the answer is whether they are for it now.

    A vote for an idea that was merged goes to the one it went into. Raises Conflict where
    the idea is not shown or the round not open.
    """
    round = session.get_one(Round, idea.round_id)
    check_open(session, round, participant)
    idea = _heir(session, idea)
    if idea.state is not IdeaState.SHOWN:
        raise Conflict(NOT_SHOWN)
    if is_for:
        vote = {"idea_id": idea.id, "participant_id": participant.id}
        session.execute(insert(session, IdeaVote).values(vote).on_conflict_do_nothing())
    else:
        mine = (IdeaVote.idea_id == idea.id) & (IdeaVote.participant_id == participant.id)
        session.execute(delete(IdeaVote).where(mine))
    return is_for


def _heir(session: Session, idea: Idea) -> Idea:
    seen: set[int] = set()
    session.refresh(idea)
    while idea.state is IdeaState.MERGED and idea.merged_into_id and idea.id not in seen:
        seen.add(idea.id)
        idea = session.get_one(Idea, idea.merged_into_id)
    return idea
