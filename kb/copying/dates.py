"""Remind councils of the dates in their plans: to look again, and to have begun."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kb.copying import followups, letters, service
from kb.copying.models import Copy, Status
from kb.mail import service as mail

LATEST = timedelta(days=14)  # after its date; by then a reminder is no news to anybody


@dataclass(frozen=True, kw_only=True)
class Date:
    """A day of a plan that has come; `is_first_step` says that it was to begin by then."""

    on: date
    is_first_step: bool = False

    @property
    def about(self) -> str:
        return f"{'first step' if self.is_first_step else 'look again'} {self.on.isoformat()}"


def due(session: Session, *, now: datetime) -> list[int]:
    """Ids of the copies whose council has a reminder to get."""
    found = [(copy, _come(copy, now.date())) for copy in _candidates(session, now.date())]
    keys = {copy.id: service.key_of(copy, day.about) for copy, day in found if day}
    known = mail.written(session, keys.values())
    return [
        copy.id
        for copy, _ in found
        if copy.id in keys
        and keys[copy.id] not in known
        and service.reader_of(session, copy) is not None
    ]


def remind(session: Session, copy_id: int, *, base_url: str, now: datetime) -> bool:
    """Write the letter of a day that has come, once for each day; False if there is none."""
    copy = service.get(session, copy_id)
    day = _come(copy, now.date())
    if day is None:
        return False
    words = letters.first_step if day.is_first_step else letters.look_again
    return followups.write(session, copy, day.about, words(copy, day.on, base_url), now=now)


def _candidates(session: Session, today: date) -> list[Copy]:
    lately = today - LATEST
    to_look, to_begin = (
        column.between(lately, today) for column in (Copy.review_on, Copy.first_step_by)
    )
    query = select(Copy).where(
        Copy.status != Status.STOPPED,
        or_(to_look, and_(Copy.status == Status.PLANNED, to_begin)),
    )
    return list(session.scalars(query.order_by(Copy.id)))


def _come(copy: Copy, today: date) -> Date | None:
    """The day that they must hear of: to look again says all that the first step would."""
    if copy.status is Status.STOPPED:
        return None
    if copy.review_on and _has_come(copy, copy.review_on, today):
        return Date(on=copy.review_on)
    is_planned = copy.status is Status.PLANNED
    if is_planned and copy.first_step_by and _has_come(copy, copy.first_step_by, today):
        return Date(on=copy.first_step_by, is_first_step=True)
    return None


def _has_come(copy: Copy, day: date, today: date) -> bool:
    """Not where somebody had the plan in hand after that day."""
    return today - LATEST <= day <= today and copy.saved_at.date() <= day
