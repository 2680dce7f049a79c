"""Six weeks on: one letter with one question, then the address is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.db.database import flush
from kb.errors import Invalid, NotFound
from kb.library.models import Resource, Standing
from kb.mail import service as mail
from kb.training import letters
from kb.training.models import Pledge, Reminder, Round, TrainingSession

PUBLIC = Resource.standing != Standing.WITHDRAWN
LATEST = timedelta(weeks=2)  # after it was due: eight weeks after the pledge
ANSWERS_FOR = timedelta(weeks=26)
OVER = "This link is over. Thank you for taking part."


@dataclass(frozen=True)
class FollowedUp:
    """Of those who left an address: how many got the letter, answered, and did it."""

    left: int
    asked: int
    answered: int
    did: int


def due(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of the reminders whose letter is to be written."""
    query = select(Reminder.id).where(
        Reminder.due_at <= now,
        Reminder.due_at > now - LATEST,
        Reminder.asked_at.is_(None),
        Reminder.email != "",
    )
    return list(session.scalars(query.order_by(Reminder.due_at, Reminder.id).limit(limit)))


def ask(session: Session, reminder_id: int, *, base_url: str, now: datetime) -> bool:
    """Write the letter, once and never again; False where there is nobody to write to.

    Whoever left the same address several times in one session gets one letter.
    """
    reminder = session.get(Reminder, reminder_id, with_for_update=True, populate_existing=True)
    if reminder is None or reminder.asked_at is not None or not reminder.email:
        return False
    _drop_doubles(session, reminder)
    pledge, token = reminder.pledge, tokens.make()
    subject, text = letters.did_you(
        on=pledge.pledged_at.date(),
        cards=_titles(session, pledge),
        token=token,
        base_url=base_url,
    )
    reminder.asked_at, reminder.token_hash = now, tokens.hash_of(token)
    try:
        written = mail.write(
            session, key=_key(reminder), to=reminder.email, subject=subject, text=text, now=now
        )
    except Invalid:  # no address at all, however it came here
        reminder.email, written = "", None
    flush(session)
    return written is not None


def to_forget(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of the reminders whose address may have served its purpose, or is too old."""
    query = select(Reminder.id).where(
        Reminder.email != "",
        or_(Reminder.asked_at.is_not(None), Reminder.due_at <= now - LATEST),
    )
    return list(session.scalars(query.order_by(Reminder.due_at, Reminder.id).limit(limit)))


def forget(session: Session, reminder_id: int, *, now: datetime) -> bool:
    """Delete the address, here and in the outbox, once its letter is sent or given up.

    `LATEST` after it was due it is deleted whatever became of the letter. False where it
    has to wait.
    """
    reminder = session.get(Reminder, reminder_id)
    if reminder is None:
        return False
    key = _key(reminder)
    is_late = now - reminder.due_at >= LATEST
    if not (is_late or mail.is_settled(session, key)):
        return False
    if not mail.forget_address(session, key, now=now):
        return False
    reminder.email = ""
    flush(session)
    return True


def find(session: Session, token: str, *, now: datetime) -> Reminder:
    """The question that this token answers. Raises NotFound, also half a year later."""
    found = session.scalar(select(Reminder).where(Reminder.token_hash == tokens.hash_of(token)))
    if found is None or found.asked_at is None or now - found.asked_at > ANSWERS_FOR:
        raise NotFound(OVER)
    return found


def answer(session: Session, reminder: Reminder, *, did: bool, now: datetime) -> None:
    """Keep the answer; it may be changed with the same link."""
    reminder.did, reminder.answered_at = did, now
    flush(session)


def followed_up(session: Session, training: TrainingSession) -> FollowedUp:
    """What came back from the letters of this session."""
    query = (
        select(
            func.count(),
            func.count(Reminder.asked_at),
            func.count(Reminder.answered_at),
            func.count().filter(Reminder.did.is_(True)),
        )
        .select_from(Reminder)
        .join(Pledge, Pledge.id == Reminder.pledge_id)
        .join(Round, Round.id == Pledge.round_id)
        .where(Round.session_id == training.id)
    )
    return FollowedUp(*session.execute(query).one())


def _key(reminder: Reminder) -> str:
    return f"reminder {reminder.id}"


def _titles(session: Session, pledge: Pledge) -> list[str]:
    query = select(Resource.title).where(Resource.id.in_(pledge.cards), PUBLIC)
    return list(session.scalars(query.order_by(Resource.id)))


def _drop_doubles(session: Session, reminder: Reminder) -> None:
    mine = select(Round.session_id).where(Round.id == reminder.pledge.round_id).scalar_subquery()
    others = (
        select(Reminder.id)
        .join(Pledge, Pledge.id == Reminder.pledge_id)
        .join(Round, Round.id == Pledge.round_id)
        .where(
            Round.session_id == mine,
            func.lower(Reminder.email) == reminder.email.lower(),
            Reminder.id != reminder.id,
            Reminder.asked_at.is_(None),
        )
    )
    session.execute(delete(Reminder).where(Reminder.id.in_(others)))
