"""What each participant will do, and the address of who wants to be asked whether they did."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.accounts import addresses
from kb.db.database import flush
from kb.errors import Invalid
from kb.library.models import Resource, Standing
from kb.training import wording
from kb.training.models import IdeaState, Participant, Pledge, Reminder, Round
from kb.training.taking import check_open, wait_for_turn
from kb.training.types import RoundKind

LONGEST_PLEDGE, MOST_CARDS = 300, 2
SIX_WEEKS = timedelta(weeks=6)
FURTHEST = timedelta(days=731)
_THERE = Resource.standing != Standing.WITHDRAWN


def pledge(
    session: Session,
    round: Round,
    participant: Participant,
    *,
    when: str = "",
    will: str = "",
    cards: Sequence[int] = (),
    by: date | None = None,
    email: str = "",
    now: datetime,
) -> Pledge:
    """Keep what they will do in place of what they said before, and an address if they left one.

    Changed words wait again until the trainer lets them be seen. Raises Invalid and Conflict.
    """
    check_open(session, round, participant)
    when, will = wording.clean(when, LONGEST_PLEDGE), wording.clean(will, LONGEST_PLEDGE)
    picked = list(dict.fromkeys(cards))
    address = addresses.checked(email) if email.strip() else ""
    _check_pledge(session, round, will, picked, by, now)
    wait_for_turn(session, participant)
    made = _pledge_of(session, round, participant)
    if (made.when, made.will) != (when, will):
        made.state = IdeaState.WAITING
    made.when, made.will, made.cards, made.by, made.pledged_at = when, will, picked, by, now
    session.add(made)
    flush(session)
    _remind(session, made, address, now=now)
    return made


def promise(pledge: Pledge, titles: Mapping[int, str]) -> str:
    """What follows "I will": their own words, else the cards that they picked.

    A pledge has one of the two, so that "When ..., I will ..." is always a whole sentence.
    """
    if pledge.will:
        return pledge.will
    picked = [f"“{titles[card]}”" for card in pledge.cards if card in titles]
    return f"try {' and '.join(picked) or 'what I picked'}"


def titles(session: Session, pledges: Iterable[Pledge]) -> dict[int, str]:
    """How the cards are called that people picked and that are still there."""
    picked = {card for pledge in pledges for card in pledge.cards}
    query = select(Resource.id, Resource.title).where(Resource.id.in_(picked), _THERE)
    return {card.id: card.title for card in session.execute(query)}


def _check_pledge(
    session: Session,
    round: Round,
    will: str,
    cards: Sequence[int],
    by: date | None,
    now: datetime,
) -> None:
    problems = {}
    if round.kind is not RoundKind.PLEDGE:
        problems["pledge"] = "This question does not ask for a pledge."
    if not (will or cards):
        problems["will"] = "Pick a card, or write what you will do."
    if len(cards) > MOST_CARDS:
        problems["cards"] = "Pick one or two cards, not more: few things get done."
    elif cards and _known(session, cards) < len(cards):
        problems["cards"] = "Pick from the cards that are shown."
    if by is not None and not now.date() <= by <= (now + FURTHEST).date():
        problems["by"] = "Choose a day from today on, within two years."
    if problems:
        raise Invalid(problems)


def _known(session: Session, cards: Sequence[int]) -> int:
    known = Resource.id.in_(cards) & _THERE
    return session.scalar(select(func.count()).select_from(Resource).where(known)) or 0


def _pledge_of(session: Session, round: Round, participant: Participant) -> Pledge:
    """Theirs, or a new one."""
    mine = (Pledge.round_id == round.id) & (Pledge.participant_id == participant.id)
    existing = session.scalar(select(Pledge).where(mine))
    return existing or Pledge(round_id=round.id, participant_id=participant.id, when="", will="")


def _remind(session: Session, pledge: Pledge, email: str, *, now: datetime) -> None:
    """One reminder for each pledge; without an address there is none."""
    existing = session.scalar(select(Reminder).where(Reminder.pledge_id == pledge.id))
    if existing is None and email:
        session.add(Reminder(pledge=pledge, email=email, due_at=now + SIX_WEEKS))
    elif existing is not None and existing.asked_at is None:
        if email:
            existing.email, existing.due_at = email, now + SIX_WEEKS
        else:
            session.delete(existing)
    flush(session)
