"""What admins do about accounts: find them, give and take rights, close them.

Every change is told to the person by a letter and written to the log, by numbers alone.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from kb import logs
from kb.accounts import letters, second_step, service, sign_ins
from kb.accounts.models import CouncilRole, State, User
from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed
from kb.mail import service as mail

LAST = "This is the only admin. Make somebody else an admin first."
OWN = "You cannot close your own account here. Ask another admin."
NO_COUNCIL = "Choose the council that they write for."
LONGEST_SEARCH = 200

log = logs.get("admin")


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Everything that a person may do, as it is to be; no role means: writes for nobody."""

    council: Council | None = None
    role: CouncilRole | None = None
    is_reviewer: bool = False
    is_admin: bool = False


@dataclass(frozen=True, kw_only=True)
class People:
    """One page of a list, and how long all of it is."""

    people: list[User]
    total: int


def people(
    session: Session,
    *,
    by: User,
    text: str = "",
    state: State | None = None,
    page: int = 1,
    per_page: int = 50,
) -> People:
    """Those whose address or name has the text in it: who waits first, the longest, then by
    address. Raises NotAllowed.
    """
    _check(by)
    these = _conditions(text, state)
    total = session.scalar(select(func.count()).select_from(User).where(*these))
    waits_first = case((User.state == State.WAITING, 0), else_=1)
    since = case((User.state == State.WAITING, User.confirmed_at))
    query = select(User).where(*these).order_by(waits_first, since, User.email, User.id)
    found = session.scalars(query.limit(per_page).offset((page - 1) * per_page))
    return People(people=list(found), total=total or 0)


def waiting(session: Session) -> int:
    """How many wait for an admin."""
    count = select(func.count()).select_from(User)
    return session.scalar(count.where(User.state == State.WAITING)) or 0


def rights_of(user: User) -> Rights:
    has_role = user.council is not None and user.council_role is not None
    return Rights(
        council=user.council if has_role else None,
        role=user.council_role if has_role else None,
        is_reviewer=user.is_reviewer,
        is_admin=user.is_admin,
    )


def decide(
    session: Session, user: User, rights: Rights, *, by: User, base_url: str, now: datetime
) -> bool:
    """Give and take until they may do just this; was there anything to change?

    Who gains or loses a right over others signs in again. Raises NotAllowed, Invalid for a
    role without a council, and Conflict for a closed account or the last admin.
    """
    _check(by)
    if rights.role is not None and rights.council is None:
        raise Invalid({"council": NO_COUNCIL})
    if not service.may_sign_in(user):
        raise Conflict("This account is closed.")
    before = rights_of(user)
    if rights == before:
        return False
    if before.is_admin and not rights.is_admin:
        _keep_an_admin(session, user)
    user.council, user.council_role = rights.council, rights.role
    user.is_reviewer, user.is_admin = rights.is_reviewer, rights.is_admin
    user.state = State.ACTIVE
    flush(session)
    if (before.is_reviewer, before.is_admin) != (rights.is_reviewer, rights.is_admin):
        sign_ins.end_all(session, user, now=now)
    _write_down("rights changed", user, by, rights)
    _tell(session, user, letters.rights(base_url=base_url, may=in_words(rights)), now=now)
    return True


def close(session: Session, user: User, *, by: User, base_url: str, now: datetime) -> None:
    """Close somebody else's account for good. Raises NotAllowed and Conflict."""
    _check(by)
    if user.id == by.id:
        raise Conflict(OWN)
    if user.state is State.CLOSED:
        raise Conflict("This account is closed already.")
    if user.is_admin:
        _keep_an_admin(session, user)
    service.close(session, user, now=now, forget=False)
    _write_down("account closed", user, by, Rights())
    _tell(session, user, letters.closed(base_url=base_url), now=now)


def reset_second_step(
    session: Session, user: User, *, by: User, base_url: str, now: datetime
) -> None:
    """For who has lost their device. Raises NotAllowed."""
    second_step.reset(session, user, by=by, base_url=base_url, now=now)
    log.info("second step taken off", person=user.id, by=by.id)


def in_words(rights: Rights) -> list[str]:
    """What somebody may do, each as it goes on after "You" or "They"."""
    said = []
    if rights.council is not None and rights.role is not None:
        looks_after = rights.role is CouncilRole.EDITOR
        also = ", and look after all of its pages" if looks_after else ""
        said.append(f"write for {rights.council.name}{also}")
    if rights.is_reviewer:
        said.append("review what people share")
    if rights.is_admin:
        said.append("run the site as an admin")
    return said


def _check(by: User) -> None:
    if not by.can_administer:
        raise NotAllowed("Only admins of this site can do this.")


def _keep_an_admin(session: Session, user: User) -> None:
    """Of two admins who take each other's right at the same moment, the later one is refused."""
    admins = select(User.id).where(User.is_admin, User.state == State.ACTIVE)
    found = session.scalars(admins.order_by(User.id).with_for_update()).all()
    if not set(found) - {user.id}:
        raise Conflict(LAST)


def _conditions(text: str, state: State | None) -> list[ColumnElement[bool]]:
    conditions = [] if state is None else [User.state == state]
    text = unicodedata.normalize("NFC", " ".join(text.split()))[:LONGEST_SEARCH]
    if text:  # SQLite knows no upper and lower case but that of a to z
        spellings = {text, text.lower(), text.upper(), text.title()}
        columns = (User.email, User.name)
        has_it = (c.icontains(each, autoescape=True) for c in columns for each in spellings)
        conditions.append(or_(*has_it))
    return conditions


def _write_down(event: str, user: User, by: User, rights: Rights) -> None:
    log.info(
        event,
        person=user.id,
        by=by.id,
        council=rights.council.code if rights.council else None,
        role=rights.role,
        reviewer=rights.is_reviewer,
        admin=rights.is_admin,
    )


def _tell(session: Session, user: User, letter: letters.Letter, *, now: datetime) -> None:
    subject, text = letter
    key = f"admin {user.id} {now.isoformat()}"
    mail.write(session, key=key, to=user.email, subject=subject, text=text, now=now)
