"""What councils say of how their copies go, and when whoever shared the practice hears of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.copying import letters, service
from kb.copying.models import Copy, CopyReport, Status
from kb.db.database import flush
from kb.errors import Invalid
from kb.mail import service as mail

LONGEST_STORY = 3_000
MOST_HOURS = 10_000
# An answer to a letter is one press of a button; hours and a story are added after it.
REST = timedelta(hours=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a copy goes; `note` says why it was stopped."""

    status: Status
    note: str = ""
    hours: int | None = None
    what_happened: str = ""


def report(
    session: Session,
    copy: Copy,
    outcome: Outcome,
    *,
    by: User,
    version: int,
    base_url: str,
    now: datetime,
) -> CopyReport:
    """Say how it goes; stopping is as good an answer as any, and gives its reason.

    Whoever shared the practice is told at once, unless they were today. Raises NotAllowed
    unless `by` is of the copy's council, Conflict if a colleague saved since `version`,
    Invalid for an answer that breaks a rule.
    """
    service.check_seen(copy, by, version)
    if outcome.status is Status.STOPPED and not outcome.note.strip():
        raise Invalid({"note": "Say why you stopped. It helps the next council to choose."})
    said = keep(session, copy, outcome, week=0, now=now)
    tell(session, copy.id, base_url=base_url, now=now)
    return said


def keep(
    session: Session, copy: Copy, outcome: Outcome, *, week: int, now: datetime
) -> CopyReport:
    """Write down what was said by whoever may say it; a week asked about has one report.

    The letter about it goes out once nothing was added for a while.
    """
    _check(outcome)
    asked = select(CopyReport).where(CopyReport.copy_id == copy.id, CopyReport.week == week)
    said = session.scalar(asked) if week else None
    if said is None:
        said = CopyReport(copy_id=copy.id, week=week)
        session.add(said)
    for thing in (said, copy):
        thing.status = outcome.status
        thing.status_note = outcome.note.strip()
        thing.hours_spent = outcome.hours
        thing.what_happened = outcome.what_happened.strip()
    said.said_at = copy.saved_at = now
    copy.report_due_at = now + REST
    flush(session)
    return said


def untold(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of the copies of which whoever shared the practice is to hear now."""
    query = select(Copy.id).where(Copy.report_due_at <= now).order_by(Copy.id)
    return list(session.scalars(query.limit(limit)))


def tell(session: Session, copy_id: int, *, base_url: str, now: datetime) -> bool:
    """Write to whoever shared the practice how the copy goes by now, once a day at most.

    What comes after today's letter goes into tomorrow's. False if nothing was written:
    nobody is there to hear it, or its words are hidden.
    """
    copy = service.get(session, copy_id)
    if copy.report_due_at is None:
        return False
    about = f"reported {now:%Y-%m-%d}"
    is_told_today = bool(mail.written(session, {service.key_of(copy, about)}))
    # Past the version column: whoever writes in the plan right now need not hear of this.
    due = now + A_DAY if is_told_today else None
    session.execute(update(Copy).where(Copy.id == copy.id).values(report_due_at=due))
    if is_told_today or copy.is_hidden:
        return False
    return service.tell_first_council(
        session, copy, letters.reported(copy, base_url), about, now=now
    )


def _check(outcome: Outcome) -> None:
    problems = service.too_long(outcome.note, service.LONGEST_TEXT, "note")
    problems |= service.too_long(outcome.what_happened, LONGEST_STORY, "what_happened")
    if outcome.hours is not None and not 0 <= outcome.hours <= MOST_HOURS:
        problems["hours"] = f"Give whole hours, from 0 to {MOST_HOURS:,}."
    if problems:
        raise Invalid(problems)
