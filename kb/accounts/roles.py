"""What people may do: an admin, or whoever has a shell on the machine, says so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts import letters, sign_ins
from kb.accounts.models import CouncilRole, State, User
from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Conflict, NotAllowed
from kb.mail import service as mail


def waiting(session: Session) -> list[User]:
    """Who has confirmed an address that no council owns, the longest first."""
    query = select(User).where(User.state == State.WAITING)
    return list(session.scalars(query.order_by(User.confirmed_at, User.id)))


def accept(
    session: Session,
    user: User,
    *,
    council: Council,
    role: CouncilRole = CouncilRole.CONTRIBUTOR,
    by: User | None,
    base_url: str,
    now: datetime,
) -> None:
    """Let somebody write for a council, and tell them the first time.

    Also moves who is active already to another council or role. Raises NotAllowed, and
    Conflict for a closed account.
    """
    _check(user, by)
    is_news = not user.can_contribute or user.council_id != council.id
    user.council, user.council_role, user.state = council, role, State.ACTIVE
    flush(session)
    if is_news:
        subject, text = letters.accepted(base_url=base_url, council=council.name)
        key = f"accepted {user.id} {council.id} {now.isoformat()}"
        mail.write(session, key=key, to=user.email, subject=subject, text=text, now=now)


def make_reviewer(
    session: Session, user: User, *, by: User | None, now: datetime, may: bool = True
) -> None:
    """Let somebody review, or let them no longer; they sign in again, under the stricter rules.

    Raises NotAllowed, and Conflict for a closed account.
    """
    _check(user, by)
    if user.is_reviewer is may:
        return
    user.is_reviewer = may
    if may:
        user.state = State.ACTIVE
    sign_ins.end_all(session, user, now=now)
    flush(session)


def _check(user: User, by: User | None) -> None:
    if by is not None and not by.can_administer:
        raise NotAllowed("Only admins of this site decide who may do what.")
    if user.state is State.CLOSED:
        raise Conflict("This account is closed.")
