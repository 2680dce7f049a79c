"""Who came, without names: how many devices, when, and a code that each can show.

Also the links that a closed session hands to its room. Nothing of it is kept: codes and
links follow from what is kept and from the site's secret.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.errors import NotFound
from kb.training.models import Participant, SessionState, TrainingSession

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
LENGTH = 10
NO_SUCH = "There is no session here, or it is not for you to see."


@dataclass(frozen=True)
class Attendance:
    """How many devices joined, and when the first and the last did."""

    devices: int
    first: datetime | None
    last: datetime | None
    joined: tuple[datetime, ...]


def of(session: Session, training: TrainingSession) -> Attendance:
    query = select(Participant.joined_at).where(Participant.session_id == training.id)
    joined = tuple(session.scalars(query.order_by(Participant.joined_at)))
    first, last = (joined[0], joined[-1]) if joined else (None, None)
    return Attendance(devices=len(joined), first=first, last=last, joined=joined)


def code_for(training: TrainingSession, token: str, *, secret: str) -> str:
    """The attendance code of the device that holds this token, as AB3CD-4EF5G."""
    return _code(training, tokens.hash_of(token), secret)


def came(session: Session, training: TrainingSession, code: str, *, secret: str) -> bool:
    """Was this code given to somebody who took part in this session?"""
    typed = plain(code)
    if len(typed) != LENGTH:
        return False
    query = select(Participant.token_hash).where(Participant.session_id == training.id)
    codes = [plain(_code(training, each, secret)) for each in session.scalars(query)]
    return any(hmac.compare_digest(each, typed) for each in codes)


def plain(code: str) -> str:
    """What counts of a code that somebody typed."""
    return "".join(c for c in code.upper()[:100] if c in LETTERS)


def shown(code: str) -> str:
    """The same in the form in which it was given out."""
    letters = plain(code)
    return f"{letters[:5]}-{letters[5:]}"


def view_token(training: TrainingSession, *, secret: str) -> str:
    """What opens the room's handout, for whoever the trainer or the room gives it to."""
    return _signed("view", training, "", secret).hexdigest()[:40]


def for_room(session: Session, training_id: int, token: str, *, secret: str) -> TrainingSession:
    """The session that this link opens, once it is over. Raises NotFound."""
    training = session.get(TrainingSession, training_id)
    if training is None or training.state is not SessionState.CLOSED:
        raise NotFound(NO_SUCH)
    right = view_token(training, secret=secret)
    if not hmac.compare_digest(right.encode(), token.encode("utf-8", "replace")):
        raise NotFound(NO_SUCH)
    return training


def _code(training: TrainingSession, token_hash: str, secret: str) -> str:
    number = int.from_bytes(_signed("attendance", training, token_hash, secret).digest()[:16])
    letters = []
    for _ in range(LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return shown("".join(letters))


def _signed(what: str, training: TrainingSession, who: str, secret: str) -> "hmac.HMAC":
    said = f"{what}\0{training.id}\0{training.token_hash}\0{who}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256)
