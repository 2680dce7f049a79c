"""Where people are signed in: each browser by itself, until it is ended or has run out."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kb.accounts import tokens
from kb.accounts.models import SignIn, State, User
from kb.db.database import flush
from kb.errors import NotFound

LASTS = timedelta(hours=20)
IDLE = timedelta(minutes=30)  # of those who may decide about others
KEPT = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DEVICE = 80


def start(session: Session, user: User, *, device: str, now: datetime) -> str:
    """Sign a person in; the token is the only one that there will ever be of this sign-in."""
    token = tokens.make()
    session.add(
        SignIn(
            token_hash=tokens.hash_of(token),
            user_id=user.id,
            started_at=now,
            seen_at=now,
            ended_at=None,
            device=device[:LONGEST_DEVICE],
        )
    )
    flush(session)
    return token


def find(session: Session, token: str, *, now: datetime) -> SignIn | None:
    """The sign-in that this token is of, while it lasts and its person may sign in at all."""
    query = select(SignIn).where(SignIn.token_hash == tokens.hash_of(token))
    sign_in = session.scalar(query)
    return sign_in if sign_in is not None and _lasts(sign_in, now) else None


def whose(session: Session, token: str) -> int | None:
    """The id of whoever this token signed in, even if it has run out; None once it was ended."""
    query = select(SignIn.user_id).where(SignIn.token_hash == tokens.hash_of(token))
    return session.scalar(query.where(SignIn.ended_at.is_(None)))


def is_stale(sign_in: SignIn, *, now: datetime) -> bool:
    """Should we note that it was seen? Not at every request."""
    return now - sign_in.seen_at >= SEEN_EVERY


def see(session: Session, sign_in_id: int, *, now: datetime) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


def of_user(session: Session, user: User, *, now: datetime) -> list[SignIn]:
    """Where the person is signed in, the newest first."""
    query = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    found = session.scalars(query.order_by(SignIn.started_at.desc(), SignIn.id.desc()))
    return [sign_in for sign_in in found if _lasts(sign_in, now)]


def end(session: Session, user: User, sign_in_id: int, *, now: datetime) -> None:
    """End one of the person's own; raises NotFound for anybody else's."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.user_id != user.id:
        raise NotFound("You are not signed in there.")
    sign_in.ended_at = sign_in.ended_at or now
    flush(session)


def end_all(session: Session, user: User, *, now: datetime, but: int | None = None) -> None:
    """End every one of them, but perhaps the one in use."""
    these = SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.id != (but or 0)
    session.execute(update(SignIn).where(*these).values(ended_at=now))


def forget_old(session: Session, *, now: datetime) -> int:
    """Remove those that are over by themselves since a day; the answer is how many."""
    old = delete(SignIn).where(SignIn.started_at <= now - LASTS - KEPT)
    return len(session.scalars(old.returning(SignIn.id)).all())


def _lasts(sign_in: SignIn, now: datetime) -> bool:
    if sign_in.ended_at is not None or sign_in.user.state in {State.CLOSED, State.UNCONFIRMED}:
        return False
    if now - sign_in.started_at >= LASTS:
        return False
    return not (sign_in.user.can_review and now - sign_in.seen_at >= IDLE)
