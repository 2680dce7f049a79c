"""Words of a copy that others should not read, and copies that were begun by mistake."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.copying import followups, letters, service
from kb.copying.models import Copy, Hider
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed
from kb.library.models import Resource
from kb.mail.models import Letter

LONGEST_WHY = 500
NO_REASON = "Say why, for the council whose words these are."
FOR_REVIEWERS = "Only reviewers can hide what a council wrote about its copy."
HIDDEN = "A reviewer has hidden these words already."
NOT_HIDDEN = "Everybody can read these words already."
LEAVE_IT = "A reviewer of another council has to show these words again."


def hide(
    session: Session, copy: Copy, reason: str, *, by: User, base_url: str, now: datetime
) -> str:
    """A reviewer lets nobody else read what a council wrote; the council is told why.

    That the council copies it, where it stands and its hours stay public. Gives the reason as
    it is kept. Raises NotAllowed, Conflict where a reviewer did so before, Invalid without a
    reason.
    """
    if not by.can_review:
        raise NotAllowed(FOR_REVIEWERS)
    if copy.hidden_by is Hider.REVIEWER:
        raise Conflict(HIDDEN)
    why = " ".join(reason.split())
    problems = service.too_long(why, LONGEST_WHY, "reason") if why else {"reason": NO_REASON}
    if problems:
        raise Invalid(problems)
    copy.hidden_at, copy.hidden_by, copy.hidden_why = now, Hider.REVIEWER, why
    flush(session)
    _tell(session, copy, letters.hidden(copy, base_url), "hidden", now)
    return why


def may_show_again(copy: Copy, user: User | None) -> bool:
    """What a council hid is its own to show; what a reviewer hid, a reviewer's of elsewhere."""
    if user is None or not copy.is_hidden:
        return False
    if copy.hidden_by is Hider.COUNCIL:
        return service.may_change(copy, user)
    return user.can_review and user.council_id != copy.council_id


def show_again(session: Session, copy: Copy, *, by: User, base_url: str, now: datetime) -> None:
    """Let everybody read it again; the council is told, unless it did so itself.

    Raises NotAllowed unless `may_show_again`, Conflict for what is not hidden.
    """
    if not (by.can_review or service.may_change(copy, by)):
        raise NotAllowed(service.NOT_YOURS)
    if not copy.is_hidden:
        raise Conflict(NOT_HIDDEN)
    if not may_show_again(copy, by):
        raise NotAllowed(LEAVE_IT if copy.hidden_by is Hider.REVIEWER else service.NOT_YOURS)
    is_told = copy.hidden_by is Hider.REVIEWER
    copy.hidden_at, copy.hidden_by, copy.hidden_why = None, None, ""
    flush(session)
    if is_told:
        _tell(session, copy, letters.shown_again(copy, base_url), "shown again", now)


def forget_steps(session: Session, resource: Resource, *, before: int) -> None:
    """Plans no longer repeat steps of versions before this one, whose words are hidden."""
    older = (Copy.resource_id == resource.id) & (Copy.source_version < before)
    for copy in session.scalars(select(Copy).where(older)):
        copy.changes = [
            {**each, "step": f"Step {number}" if each["step"] else ""}
            for number, each in enumerate(copy.changes, start=1)
        ]
    flush(session)


def can_go(session: Session, copy: Copy) -> bool:
    """Has nothing come of it that others build on? Nobody began it, nor copied it in turn."""
    children = select(Copy.id).where(Copy.parent_id == copy.id).limit(1)
    return not copy.has_begun and copy.result_id is None and not session.scalar(children)


def take_back(
    session: Session, copy: Copy, *, by: User, is_written_up: bool, now: datetime
) -> bool:
    """A council pressed the button by mistake: the copy goes, and those who heard of it hear so.

    What others build on stays, and what the council wrote is hidden: then it is False.
    Raises NotAllowed unless `by` is of its council, Conflict where it is hidden and stays.
    """
    service.check_may_change(copy, by)
    if can_go(session, copy) and not is_written_up:
        _remove(session, copy, now)
        return True
    if copy.is_hidden:
        raise Conflict("What you wrote is hidden already.")
    copy.hidden_at, copy.hidden_by = now, Hider.COUNCIL
    flush(session)
    return False


def _remove(session: Session, copy: Copy, now: datetime) -> None:
    letter = letters.taken_back(copy)
    if _was_told(session, copy, "started", copy.resource.owner):
        service.tell_first_council(session, copy, letter, "taken back", now=now)
    reader = service.reader_of(session, copy.parent) if copy.parent else None
    if _was_told(session, copy, f"started from {copy.parent_id}", reader):
        service.tell_parent(session, copy, letter, "taken back, to the parent", now=now)
    # Its number may be given to the next copy, of whose letters none was written yet.
    mine = Letter.key.startswith(service.key_of(copy, ""), autoescape=True)
    key = Letter.key + ", gone: " + Letter.message_id
    session.execute(update(Letter).where(mine).values(key=key))
    session.delete(copy)
    flush(session)


def _was_told(session: Session, copy: Copy, about: str, reader: User | None) -> bool:
    """Did this letter about the copy go to whoever would hear of it now?"""
    if reader is None:
        return False
    key = service.key_of(copy, about)
    written = select(Letter.id).where(Letter.key == key, Letter.to == reader.email)
    return session.scalar(written) is not None


def _tell(
    session: Session, copy: Copy, letter: letters.SubjectAndText, what: str, now: datetime
) -> None:
    followups.write(session, copy, f"{what} {now:%Y-%m-%d %H:%M:%S}", letter, now=now)
