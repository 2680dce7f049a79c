"""Ask copiers how it goes, and tell them when what they copied has changed."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from kb.accounts import tokens
from kb.copying import letters, reports, service
from kb.copying.models import Copy, CopyReport, FollowUp, Status
from kb.copying.reports import Outcome
from kb.db.database import flush
from kb.errors import NotFound
from kb.library import history
from kb.library.history import FieldChange
from kb.library.models import Resource, Revision, Standing
from kb.mail import service as mail

WEEKS = (4, 12)
LAST = timedelta(weeks=26)  # after which the last letter's links are over too
OVER = "This link is over. Sign in to say how your copy goes."
# A page that was looked at again and found right is not news to anybody.
NO_NEWS = {"checked", "check_note"}


def due(session: Session, *, week: int, now: datetime, limit: int) -> list[int]:
    """Ids of the copies that began so long ago and were not asked since."""
    asked = select(FollowUp.id).where(FollowUp.copy_id == Copy.id, FollowUp.week >= week)
    query = (
        select(Copy.id)
        .where(Copy.started_at <= now - timedelta(weeks=week), Copy.status != Status.STOPPED)
        .where(~asked.exists())
    )
    later = next((each for each in WEEKS if each > week), None)
    if later is not None:  # who waits for the later letter already gets that one alone
        query = query.where(Copy.started_at > now - timedelta(weeks=later))
    return list(session.scalars(query.order_by(Copy.id).limit(limit)))


def ask(session: Session, copy_id: int, *, week: int, base_url: str, now: datetime) -> bool:
    """Write the letter of this week, once and never again; False if it was written before."""
    known = select(FollowUp.id).where(FollowUp.copy_id == copy_id, FollowUp.week == week)
    if session.scalar(known):
        return False
    copy, token = service.get(session, copy_id), tokens.make()
    session.add(
        FollowUp(copy_id=copy.id, week=week, token_hash=tokens.hash_of(token), asked_at=now)
    )
    flush(session)
    letter = letters.asked(copy, week, token, base_url)
    return write(session, copy, f"week {week}", letter, now=now)


def find(session: Session, token: str, *, now: datetime) -> FollowUp:
    """The question that this token answers.

    It may be answered again and again until the next letter is sent. Raises NotFound then.
    """
    found = session.scalar(select(FollowUp).where(FollowUp.token_hash == tokens.hash_of(token)))
    if found is None or now - found.asked_at > LAST or _is_followed(session, found):
        raise NotFound(OVER)
    return found


def answer(session: Session, found: FollowUp, outcome: Outcome, *, now: datetime) -> None:
    """Keep what the holder of the letter says. Why it was stopped may come later, or never."""
    reports.keep(session, found.copy, outcome, week=found.week, now=now)
    found.answered_at = now
    flush(session)


def said(session: Session, found: FollowUp) -> CopyReport | None:
    """What was answered to this letter so far."""
    mine = (CopyReport.copy_id == found.copy_id) & (CopyReport.week == found.week)
    return session.scalar(select(CopyReport).where(mine))


def outdated(session: Session, *, limit: int) -> list[int]:
    """Ids of the copies whose source has a version that their council was not told of."""
    query = (
        select(Copy.id)
        .join(Resource, Resource.id == Copy.resource_id)
        .where(Resource.version > Copy.told_version, Resource.standing != Standing.WITHDRAWN)
    )
    return list(session.scalars(query.order_by(Copy.id).limit(limit)))


def tell_of_change(session: Session, copy_id: int, *, base_url: str, now: datetime) -> bool:
    """Write to the copier about the newest version, once; False if there is no news in it."""
    copy = service.get(session, copy_id)
    newest, told = copy.resource.version, copy.told_version
    if newest <= told:
        return False
    news = _fields(session, copy.resource, told)
    # Past the version column: whoever writes in the plan right now need not hear of this.
    session.execute(update(Copy).where(Copy.id == copy.id).values(told_version=newest))
    if copy.status is Status.STOPPED or not news - NO_NEWS:
        return False
    # What they know decides whether there is news; what they copied, what it says.
    differs = _fields(session, copy.resource, copy.source_version) - NO_NEWS
    letter = letters.source_changed(copy, differs, base_url)
    return write(session, copy, f"version {newest}", letter, now=now)


def unaware(session: Session, *, limit: int) -> list[int]:
    """Ids of the copies whose source was taken down, or is back, unknown to their council."""
    is_withdrawn = Resource.standing == Standing.WITHDRAWN
    query = (
        select(Copy.id)
        .join(Resource, Resource.id == Copy.resource_id)
        .where(is_withdrawn != Copy.told_withdrawn)
    )
    return list(session.scalars(query.order_by(Copy.id).limit(limit)))


def tell_of_standing(session: Session, copy_id: int, *, base_url: str, now: datetime) -> bool:
    """Write to the copier that the source was taken down, or is back; False if they know."""
    copy = service.get(session, copy_id)
    is_withdrawn = not copy.resource.is_public
    if copy.told_withdrawn == is_withdrawn:
        return False
    session.execute(update(Copy).where(Copy.id == copy.id).values(told_withdrawn=is_withdrawn))
    letter = letters.source_withdrawn if is_withdrawn else letters.source_is_back
    about = f"{'withdrawn' if is_withdrawn else 'back'} {now:%Y-%m-%d %H:%M}"
    return write(session, copy, about, letter(copy, base_url), now=now)


def write(
    session: Session, copy: Copy, about: str, letter: letters.SubjectAndText, *, now: datetime
) -> bool:
    """To the copy's owner, or to a colleague where they have left.

    False if nobody is left, or if they were written to about this before.
    """
    reader = service.reader_of(session, copy)
    if reader is None:
        return False
    subject, text = letter
    key = service.key_of(copy, about)
    return bool(mail.write(session, key=key, to=reader.email, subject=subject, text=text, now=now))


def changes_since(session: Session, copy: Copy) -> list[FieldChange]:
    """What differs between the version that was copied and the newest, field by field."""
    versions = _versions(session, copy.resource, copy.source_version)
    return [each for each in history.changes(*versions) if each.field not in NO_NEWS]


def have_hidden_steps_changed(session: Session, copy: Copy) -> bool:
    """Did the steps change since it was copied, in words that nobody reads any more?"""
    versions = _versions(session, copy.resource, copy.source_version)
    return "steps" in history.hidden_changes(*versions)


def _fields(session: Session, resource: Resource, since: int) -> set[str]:
    """The names of what differs from that version by now, also where older words are hidden."""
    versions = _versions(session, resource, since)
    shown = {change.field for change in history.changes(*versions)}
    return shown.union(history.hidden_changes(*versions))


def _versions(session: Session, resource: Resource, since: int) -> tuple[Revision, Revision]:
    """That version and the newest."""
    old, new = (history.revision(session, resource, n) for n in (since, resource.version))
    return old, new


def _is_followed(session: Session, found: FollowUp) -> bool:
    later = aliased(FollowUp)
    query = select(func.count()).where(later.copy_id == found.copy_id, later.week > found.week)
    return bool(session.scalar(query))
