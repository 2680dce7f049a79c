"""Pages whose time is over: remind their owners, then call them historical."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, lazyload, load_only

from kb.accounts.models import State as AccountState
from kb.accounts.models import User
from kb.db.database import flush
from kb.library import owners
from kb.library.models import Resource, Standing
from kb.library.publish import set_standing
from kb.library.state import GOOD_FOR
from kb.mail import service as mail
from kb.upkeep import letters
from kb.upkeep.models import ReaderNote

REMIND_AGAIN = timedelta(weeks=4)
LAST_REMINDER = timedelta(weeks=8)
HISTORICAL_AFTER = timedelta(days=730)
_HAS_OWNER = Resource.owner.has(User.state == AccountState.ACTIVE)


@dataclass(frozen=True, kw_only=True)
class Attention:
    """A page that reviewers must look at, because nobody else does."""

    resource: Resource
    since: datetime
    notes: int
    is_overdue: bool


def remind(session: Session, resource_id: int, *, now: datetime, base_url: str) -> bool:
    """Write to its owner that its date has passed; was there anything to write?"""
    resource = session.get(Resource, resource_id)
    if resource is None or not _is_reminder_due(resource, now):
        return False
    owner, due = owners.active_owner(resource), resource.review_by
    if owner is None or due is None:
        return False
    is_second = resource.reminded_at is not None and resource.reminded_at.date() >= due
    subject, text = letters.review_date_passed(
        resource, review_by=due, is_second=is_second, base_url=base_url
    )
    key = f"page {resource.id}, review by {due.isoformat()}, {2 if is_second else 1}"
    mail.write(session, key=key, to=owner.email, subject=subject, text=text, now=now)
    resource.reminded_at = now
    flush(session)
    return True


def call_historical(session: Session, resource_id: int, *, now: datetime) -> bool:
    """Two years after its last check a page is history, and comes lower in a search."""
    resource = session.get(Resource, resource_id)
    if resource is None or resource.standing is not Standing.LIVE:
        return False
    last = resource.checked or resource.published_at.date()
    if now.date() - last < HISTORICAL_AFTER:
        return False
    said = f"Nobody has said since {last.day} {last:%B %Y} that this is still true."
    set_standing(session, resource, Standing.HISTORICAL, note=said)
    return True


def to_remind(session: Session, *, now: datetime) -> list[int]:
    """The pages whose owner should get a letter now."""
    query = _overdue(now.date()).where(_HAS_OWNER).order_by(Resource.id)
    return [found.id for found in session.scalars(query) if _is_reminder_due(found, now)]


def to_call_historical(session: Session, *, now: datetime) -> list[int]:
    old = now - HISTORICAL_AFTER
    never = and_(Resource.checked.is_(None), Resource.published_at <= old)
    query = select(Resource.id).where(
        Resource.standing == Standing.LIVE, or_(Resource.checked <= old.date(), never)
    )
    return list(session.scalars(query.order_by(Resource.id)))


def needing_reviewers(session: Session, *, now: datetime, limit: int) -> list[Attention]:
    """Pages that nobody owns and readers doubt, or whose time is over; the oldest first.

    At most so many of each.
    """
    return [*_doubted(session, limit), *_unowned(session, now, limit)]


def _doubted(session: Session, limit: int) -> list[Attention]:
    counted = (
        select(ReaderNote.resource_id, func.count(), func.min(ReaderNote.made_at))
        .join(ReaderNote.resource)
        .where(ReaderNote.settled_at.is_(None), ~_HAS_OWNER)
        .where(Resource.standing != Standing.WITHDRAWN)
        .group_by(ReaderNote.resource_id)
        .order_by(func.min(ReaderNote.made_at), ReaderNote.resource_id)
        .limit(limit)
    )
    rows = session.execute(counted).all()
    query = _listed(select(Resource).where(Resource.id.in_([row[0] for row in rows])))
    found = {resource.id: resource for resource in session.scalars(query)}
    return [
        Attention(resource=found[id], notes=number, since=since, is_overdue=False)
        for id, number, since in rows
    ]


def _unowned(session: Session, now: datetime, limit: int) -> list[Attention]:
    today = now.date()
    query = _overdue(today).where(~_HAS_OWNER).order_by(Resource.review_by, Resource.id)
    return [
        Attention(resource=found, notes=0, since=_start_of(found, now), is_overdue=True)
        for found in session.scalars(_listed(query.limit(limit)))
    ]


def _listed(query: Select[Resource]) -> Select[Resource]:
    """With what a list says of them alone."""
    columns = (Resource.title, Resource.organisation, Resource.review_by, Resource.checked)
    return query.options(load_only(*columns), lazyload(Resource.term_links))


def _start_of(resource: Resource, now: datetime) -> datetime:
    due = resource.review_by or (resource.checked or now.date()) + GOOD_FOR
    return datetime(due.year, due.month, due.day, tzinfo=now.tzinfo)


def _overdue(today: date) -> Select[Resource]:
    """What was seeded has no date of its own: there the check itself grows old."""
    is_old = and_(Resource.review_by.is_(None), Resource.checked < today - GOOD_FOR)
    return select(Resource).where(
        Resource.standing != Standing.WITHDRAWN, or_(Resource.review_by < today, is_old)
    )


def _is_reminder_due(resource: Resource, now: datetime) -> bool:
    """When the date has passed, and once more four weeks after that letter."""
    due, last = resource.review_by, resource.reminded_at
    if due is None or due >= now.date():
        return False
    if last is None or last.date() < due:
        return True
    return last + REMIND_AGAIN <= now and last.date() < due + LAST_REMINDER
