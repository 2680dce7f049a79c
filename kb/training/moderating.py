"""The trainer lets ideas and pledges be seen, hides them, and merges what says the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Conflict, NotFound
from kb.training.changing import begin_round
from kb.training.models import Idea, IdeaState, IdeaVote, Pledge, Round, TrainingSession
from kb.training.taking import insert

TOP = 5
NO_SUCH_IDEA = "There is no such idea in this session."
NO_SUCH_PLEDGE = "There is no such pledge in this session."


@dataclass(frozen=True, kw_only=True)
class IdeaRow:
    """An idea as the trainer sees it, with how many are for it; `hands` are among the votes."""

    id: int
    text: str
    state: IdeaState
    votes: int
    merged_into_id: int | None
    hands: int = 0


def idea(session: Session, training: TrainingSession, idea_id: int) -> Idea:
    """One of this session's. Raises NotFound for another's."""
    query = select(Idea).join(Round, Round.id == Idea.round_id)
    mine = (Idea.id == idea_id) & (Round.session_id == training.id)
    found = session.scalar(query.where(mine))
    if found is None:
        raise NotFound(NO_SUCH_IDEA)
    return found


def pledge(session: Session, training: TrainingSession, pledge_id: int) -> Pledge:
    """One of this session's. Raises NotFound for another's."""
    query = select(Pledge).join(Round, Round.id == Pledge.round_id)
    mine = (Pledge.id == pledge_id) & (Round.session_id == training.id)
    found = session.scalar(query.where(mine))
    if found is None:
        raise NotFound(NO_SUCH_PLEDGE)
    return found


def ideas(session: Session, round: Round) -> list[IdeaRow]:
    """All that were said, in the order in which they came, also what is hidden or merged."""
    votes = func.count(IdeaVote.id)
    rows = session.execute(
        select(Idea.id, Idea.text, Idea.state, votes, Idea.merged_into_id, Idea.hands)
        .outerjoin(IdeaVote, IdeaVote.idea_id == Idea.id)
        .where(Idea.round_id == round.id)
        .group_by(Idea.id)
        .order_by(Idea.id)
    )
    return [
        IdeaRow(id=id, text=text, state=state, votes=n + up, merged_into_id=merged, hands=up)
        for id, text, state, n, merged, up in rows
    ]


def ideas_said(session: Session, round: Round) -> int:
    """How many there are, let through or not."""
    said = select(func.count()).select_from(Idea).where(Idea.round_id == round.id)
    return session.scalar(said) or 0


def pledges(session: Session, round: Round) -> list[Pledge]:
    """All that were made, in the order in which they came."""
    return list(
        session.scalars(select(Pledge).where(Pledge.round_id == round.id).order_by(Pledge.id))
    )


def top(session: Session, round: Round, limit: int = TOP) -> list[IdeaRow]:
    """The ideas on the screen that most are for; of equal ones the earlier comes first."""
    return best(ideas(session, round), limit)


def best(rows: Iterable[IdeaRow], limit: int | None = None) -> list[IdeaRow]:
    """The same of rows that were read already; all that are shown unless so many."""
    shown = [row for row in rows if row.state is IdeaState.SHOWN]
    return sorted(shown, key=lambda row: (-row.votes, row.id))[:limit]


def show(session: Session, idea: Idea) -> None:
    """Let it be seen. One that was merged stands alone again, without the votes it gave away."""
    _put(session, idea, IdeaState.SHOWN)


def hide(session: Session, idea: Idea) -> None:
    """Take it off every screen; votes for it are kept."""
    _put(session, idea, IdeaState.HIDDEN)


def show_all(session: Session, round: Round) -> int:
    """Let every idea and pledge that waits be seen; the answer is how many."""
    begin_round(session, round)
    shown = 0
    for table in (Idea, Pledge):
        waiting = (table.round_id == round.id) & (table.state == IdeaState.WAITING)
        ids = list(session.scalars(select(table.id).where(waiting)))
        session.execute(update(table).where(table.id.in_(ids)).values(state=IdeaState.SHOWN))
        shown += len(ids)
    return shown


def merge(session: Session, idea: Idea, into: Idea) -> None:
    """Let one idea count for another: who was for both is for it once.

    Of hands nobody knows whose they are, so that the larger count stands.
    Raises Conflict for ideas of two rounds, and for one with itself.
    """
    begin_round(session, session.get_one(Round, idea.round_id))
    session.refresh(idea)
    into = _heir(session, into)
    if idea.id == into.id or idea.round_id != into.round_id:
        raise Conflict("An idea can be merged only with another one of the same question.")
    _move_votes(session, idea, into)
    into.hands, idea.hands = max(into.hands, idea.hands), 0
    followers = update(Idea).where(Idea.merged_into_id == idea.id)
    session.execute(followers.values(merged_into_id=into.id))
    idea.state, idea.merged_into_id = IdeaState.MERGED, into.id
    flush(session)


def show_pledge(session: Session, pledge: Pledge) -> None:
    """Let its words be seen, without a name."""
    _put_pledge(session, pledge, IdeaState.SHOWN)


def hide_pledge(session: Session, pledge: Pledge) -> None:
    """Take its words off every screen and page; its cards are still counted."""
    _put_pledge(session, pledge, IdeaState.HIDDEN)


def _put(session: Session, idea: Idea, state: IdeaState) -> None:
    begin_round(session, session.get_one(Round, idea.round_id))
    session.refresh(idea)
    idea.state, idea.merged_into_id = state, None
    flush(session)


def _put_pledge(session: Session, pledge: Pledge, state: IdeaState) -> None:
    begin_round(session, session.get_one(Round, pledge.round_id))
    session.refresh(pledge)
    pledge.state = state
    flush(session)


def _heir(session: Session, idea: Idea) -> Idea:
    """The idea itself, or what it was merged into; merging keeps that to one step."""
    session.refresh(idea)
    if idea.state is IdeaState.MERGED and idea.merged_into_id:
        return session.get_one(Idea, idea.merged_into_id)
    return idea


def _move_votes(session: Session, idea: Idea, into: Idea) -> None:
    voters = session.scalars(select(IdeaVote.participant_id).where(IdeaVote.idea_id == idea.id))
    rows = [{"idea_id": into.id, "participant_id": voter} for voter in voters]
    if rows:
        session.execute(insert(session, IdeaVote).on_conflict_do_nothing(), rows)
    session.execute(delete(IdeaVote).where(IdeaVote.idea_id == idea.id))
