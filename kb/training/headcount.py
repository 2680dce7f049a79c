"""How many people took part: no fewer than answered, said, voted for or pledged anything."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from kb.training.models import Answer, Idea, IdeaVote, Pledge, Round


def of(session: Session, rounds: Sequence[Round], *, counted: Iterable[int]) -> int:
    """As many as are known of: `counted` are numbers of people that are known already.

    Devices are counted once, whatever they did. Nobody can tell hands in the room and words
    on paper from them, so these are not added but are people in their own right where they
    are more.
    """
    ids = [each.id for each in rounds]
    if not ids:
        return 0
    pledged = select(func.count()).where(Pledge.round_id.in_(ids)).group_by(Pledge.round_id)
    devices = session.scalars(_devices(ids)).all()
    wanted = session.scalars(_for_each_idea(ids))
    known: list[int] = [len(devices), *session.scalars(pledged), *wanted, *counted]
    return max(known)


def _devices(ids: Sequence[int]) -> Select[int | None]:
    of_ideas = select(Idea.id).where(Idea.round_id.in_(ids))
    did = union(
        select(Answer.participant_id).where(Answer.round_id.in_(ids)),
        select(Idea.participant_id).where(Idea.round_id.in_(ids)),
        select(IdeaVote.participant_id).where(IdeaVote.idea_id.in_(of_ideas)),
        select(Pledge.participant_id).where(Pledge.round_id.in_(ids)),
    ).subquery()
    return select(did.c.participant_id).where(did.c.participant_id.is_not(None))


def _for_each_idea(ids: Sequence[int]) -> Select[int]:
    """How many are for each idea, by phone and by hand."""
    return (
        select(func.count(IdeaVote.id) + Idea.hands)
        .select_from(Idea)
        .outerjoin(IdeaVote, IdeaVote.idea_id == Idea.id)
        .where(Idea.round_id.in_(ids))
        .group_by(Idea.id, Idea.hands)
    )
