"""Look up people, make them, change what they say of themselves, and close their accounts."""

import unicodedata
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.accounts import addresses, links, sign_ins
from kb.accounts.models import Purpose, SignIn, State, User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound

LONGEST_NAME = 80
CLOSED = {State.CLOSED, State.UNCONFIRMED}


def get(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def by_email(session: Session, email: str) -> User | None:
    """Nobody for letters that only look like ours: some become ours in lower case."""
    if not email.isascii():
        return None
    return session.scalar(select(User).where(User.email == normal(email)))


def of_email(session: Session, email: str) -> User:
    """For who must be there; raises NotFound."""
    user = by_email(session, email)
    if user is None:
        raise NotFound(f"There is no account with the address {normal(email)}.")
    return user


def everyone(session: Session) -> list[User]:
    return list(session.scalars(select(User).order_by(User.email)))


def normal(email: str) -> str:
    """An address as we keep it. The part before the @ is not told apart by case either."""
    return email.strip().lower()


def may_sign_in(user: User) -> bool:
    return user.state not in CLOSED


def checked_name(text: str) -> str:
    """A name on one line, as it will stand beside what the person shares. Raises Invalid."""
    words = unicodedata.normalize("NFC", text).split()
    name = " ".join("".join(c for c in word if c.isprintable()) for word in words).strip()
    if not name:
        raise Invalid({"name": "Enter your name."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": f"Use {LONGEST_NAME} characters or fewer."})
    return name


def rename(session: Session, user: User, *, name: str) -> None:
    user.name = checked_name(name)
    flush(session)


def create_admin(session: Session, email: str, *, name: str = "", now: datetime) -> User:
    """An admin without a password, who signs in by a link; whoever is one already stays one.

    Somebody who has an account becomes an admin. Raises Invalid for what is no address,
    Conflict for an account that was closed.
    """
    email = addresses.checked(email)
    user = by_email(session, email) or new(email, name="", now=now)
    if user.state is State.CLOSED:
        raise Conflict(f"The account of {email} is closed.")
    if name:
        user.name = checked_name(name)
    if not user.is_admin:
        user.is_admin, user.state = True, State.ACTIVE
        session.add(user)
        flush(session)
        sign_ins.end_all(session, user, now=now)
    return user


def new(email: str, *, name: str, now: datetime) -> User:
    """Somebody whose address was confirmed, who may do nothing yet; not added to a session."""
    return User(
        email=email,
        name=name,
        council_id=None,
        council_role=None,
        state=State.WAITING,
        created_at=now,
        confirmed_at=now,
        subject=None,
    )


def close(session: Session, user: User, *, now: datetime, forget: bool = True) -> None:
    """Nobody can sign in with it any more. What was published keeps its credit.

    We forget how to reach and recognise the person, unless they must not come back:
    then the address stays, and no new account is made with it. Raises Conflict for the
    last admin.
    """
    if user.can_administer and _admins(session) == 1:
        raise Conflict("This is the only admin. Make somebody else an admin first.")
    sign_ins.end_all(session, user, now=now)
    links.void(session, user.email, *Purpose, now=now)
    user.state = State.CLOSED
    user.is_admin = user.is_reviewer = False
    user.council_role = None
    user.password_hash = user.totp_secret = ""
    user.subject = None
    if forget:
        user.email = f"closed-{user.id}"
        for sign_in in session.scalars(select(SignIn).where(SignIn.user_id == user.id)):
            session.delete(sign_in)
    flush(session)


def _admins(session: Session) -> int:
    admins = select(func.count()).select_from(User)
    return session.scalar(admins.where(User.is_admin, User.state == State.ACTIVE)) or 0
