"""One letter on a working day to each reviewer and admin for whom something waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from kb.accounts.models import State as AccountState
from kb.accounts.models import User
from kb.mail import service as mail
from kb.submissions import daily_letter, queue, review
from kb.submissions.models import Draft, State
from kb.working_days import working_days

AT_WORK = range(7, 18)  # hours, UTC: nobody is written to in the night


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What one person may decide about: drafts, the oldest first, and people."""

    drafts: list[Draft]
    people: int
    people_since: datetime | None

    def __bool__(self) -> bool:
        return bool(self.drafts or self.people)


def due(session: Session, *, now: datetime) -> list[int]:
    """Ids of the people to write to: it is a working day of theirs, and they had no letter."""
    if now.hour not in AT_WORK or not _is_anything(session):
        return []
    query = select(User).where(
        User.state == AccountState.ACTIVE, or_(User.is_reviewer, User.is_admin)
    )
    users = list(session.scalars(query.order_by(User.id)))
    known = mail.written(session, [_key(user, now.date()) for user in users])
    drafts, people = _drafts(session), _people(session)
    return [
        user.id
        for user in users
        if _key(user, now.date()) not in known
        and is_at_work(user, now.date())
        and _for(user, drafts, people)
    ]


def tell(session: Session, user_id: int, *, base_url: str, now: datetime) -> bool:
    """Write what waits for this person, once a day; False if there is nothing to write."""
    user = session.get(User, user_id)
    if user is None:
        return False
    waiting = _for(user, _drafts(session), _people(session))
    if not waiting:
        return False
    oldest = waiting.drafts[0] if waiting.drafts else None
    subject, text = daily_letter.of(
        drafts=len(waiting.drafts),
        since=oldest.sent_at if oldest else None,
        age=queue.age(oldest, now=now) if oldest else 0,
        people=waiting.people,
        people_since=waiting.people_since,
        is_admin=user.can_administer,
        base_url=base_url,
    )
    key = _key(user, now.date())
    return bool(mail.write(session, key=key, to=user.email, subject=subject, text=text, now=now))


def is_at_work(user: User, day: date) -> bool:
    """Is this a working day where they are?"""
    nation = user.council.nation if user.council else None
    return working_days(day - timedelta(days=1), day, nation=nation) == 1


def _key(user: User, day: date) -> str:
    return f"what waits for {user.id}, {day.isoformat()}"


def _is_anything(session: Session) -> bool:
    return bool(queue.count(session) or _people(session)[0])


def _drafts(session: Session) -> list[Draft]:
    """All that wait, without what was written in them."""
    query = select(Draft).where(Draft.state == State.WAITING)
    query = query.options(joinedload(Draft.owner), joinedload(Draft.resource))
    query = query.options(joinedload(Draft.council), defer(Draft.answers))
    return list(session.scalars(query.order_by(Draft.sent_at, Draft.id)))


def _people(session: Session) -> tuple[int, datetime | None]:
    """How many wait for an admin, and since when the first does."""
    first = func.min(func.coalesce(User.confirmed_at, User.created_at))
    query = select(func.count(), first).where(User.state == AccountState.WAITING)
    number, since = session.execute(query).one()
    return number, since


def _for(user: User, drafts: list[Draft], people: tuple[int, datetime | None]) -> Waiting:
    number, since = people if user.can_administer else (0, None)
    own = [draft for draft in drafts if review.may_decide(user, draft)]
    return Waiting(drafts=own, people=number, people_since=since)
