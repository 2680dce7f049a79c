"""Write letters; the worker sends them."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.mail.models import Letter, State
from kb.mail.types import Doubt, MailError, Message

LONGEST_SUBJECT = 150
DOUBT_AFTER = timedelta(minutes=10)
KEPT_FOR = timedelta(days=400)  # longer than anything that must not be written twice
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))


def write(
    session: Session, *, key: str, to: str, subject: str, text: str, now: datetime
) -> Letter | None:
    """Put a letter into the outbox, in the transaction of whatever it tells of.

    None where a letter with this key was written before. Raises Invalid for an address or
    a subject with more than one line: nobody adds a header to a letter of ours.
    """
    if session.scalar(select(Letter.id).where(Letter.key == key)):
        return None
    letter = Letter(
        key=key,
        message_id=f"{secrets.token_hex(16)}@scrutiny-swap",
        to=_one_line(to),
        subject=_one_line(subject)[:LONGEST_SUBJECT],
        text=text,
        written_at=now,
        due_at=now,
        sent_at=None,
    )
    session.add(letter)
    flush(session)
    return letter


def written(session: Session, keys: Collection[str]) -> set[str]:
    """Those of these keys whose letter was written before, whatever became of it."""
    return set(session.scalars(select(Letter.key).where(Letter.key.in_(keys)))) if keys else set()


def take(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Take letters that are due: each is ours alone from here on, until `DOUBT_AFTER`."""
    due = select(Letter).where(Letter.state == State.WAITING, Letter.due_at <= now)
    due = due.order_by(Letter.due_at, Letter.id).limit(limit).with_for_update(skip_locked=True)
    letters = list(session.scalars(due))
    for letter in letters:
        letter.state = State.SENDING
        letter.attempts += 1
        letter.due_at = now + DOUBT_AFTER
    flush(session)
    return [letter.id for letter in letters]


def in_doubt(session: Session, *, now: datetime) -> list[Letter]:
    """Those whose sending began and never ended: its worker is gone."""
    stuck = select(Letter).where(Letter.state == State.SENDING, Letter.due_at <= now)
    return list(session.scalars(stuck.order_by(Letter.id)))


def get(session: Session, letter_id: int) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise NotFound("There is no such letter.")
    return letter


def message_of(letter: Letter) -> Message:
    return Message(
        message_id=letter.message_id, to=letter.to, subject=letter.subject, text=letter.text
    )


def note_sent(letter: Letter, *, now: datetime) -> None:
    """Its text is forgotten: it may hold a link that opens a door."""
    letter.state, letter.sent_at, letter.last_error, letter.text = State.SENT, now, "", ""


def note_failure(letter: Letter, problem: MailError, *, now: datetime) -> None:
    """Try again later, or, when that is of no use, leave it to an admin."""
    letter.last_error = str(problem)
    is_over = problem.is_final or isinstance(problem, Doubt) or letter.attempts > len(WAITS)
    if is_over:
        letter.state = State.DEAD
    else:
        letter.state, letter.due_at = State.WAITING, now + WAITS[letter.attempts - 1]


def waiting(session: Session) -> int:
    """How many letters are still to go out."""
    states = Letter.state.in_((State.WAITING, State.SENDING))
    return session.scalar(select(func.count()).select_from(Letter).where(states)) or 0


def dead(session: Session) -> list[Letter]:
    """What could not be sent and still has somebody to go to, the newest first."""
    query = select(Letter).where(Letter.state == State.DEAD, Letter.to != "")
    return list(session.scalars(query.order_by(Letter.id.desc())))


def send_again(session: Session, letter: Letter, *, now: datetime) -> None:
    """An admin asks for one more round of attempts.

    Raises Conflict unless it is dead and its address is still known.
    """
    if letter.state is not State.DEAD or not letter.to:
        raise Conflict("This letter is not among those that could not be sent.")
    letter.state, letter.attempts, letter.due_at = State.WAITING, 0, now
    flush(session)


def is_settled(session: Session, key: str) -> bool:
    """Was the letter with this key sent, or given up? Also where there is none (any more)."""
    state = session.scalar(select(Letter.state).where(Letter.key == key))
    return state in {None, State.SENT, State.DEAD}


def forget_address(session: Session, key: str, *, now: datetime) -> bool:
    """Keep nothing of the letter with this key but that it was written, and when.

    What waits is not sent any more. False, and nothing done, while somebody is sending it.
    """
    query = select(Letter).where(Letter.key == key).with_for_update()
    letter = session.scalar(query.execution_options(populate_existing=True))
    if letter is None:
        return True
    if letter.state is State.SENDING and letter.due_at > now:
        return False
    if letter.state is not State.SENT:
        letter.state = State.DEAD
    # What a mail server says of a failure may name the address too.
    letter.to, letter.text, letter.last_error = "", "", ""
    flush(session)
    return True


def tidy(session: Session, *, now: datetime) -> int:
    """Forget letters that were sent long ago; how many."""
    is_old = Letter.state == State.SENT, Letter.sent_at < now - KEPT_FOR
    found = session.scalar(select(func.count()).select_from(Letter).where(*is_old)) or 0
    if found:
        session.execute(delete(Letter).where(*is_old))
    return found


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise Invalid({"mail": "An address or a subject is one line of text."})
    return text
