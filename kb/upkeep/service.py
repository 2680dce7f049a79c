"""Keep pages true: what readers say of them, and "still true"."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import checking, owners
from kb.library.models import Resource, ResourceCouncil, Standing
from kb.library.publish import content_of, publish
from kb.mail import service as mail
from kb.upkeep import letters
from kb.upkeep.models import ReaderNote

LONGEST_NOTE = 1000
MOST_OPEN = 50  # notes of one page; whoever sends more tells us nothing new
TIME_FOR_MORE = timedelta(hours=1)
RENEWED = "Checked again: still true"
_OPEN = ReaderNote.settled_at.is_(None)


def note(
    session: Session, resource: Resource, *, text: str = "", now: datetime, base_url: str
) -> ReaderNote | None:
    """A reader says that something may no longer be right; its owner gets a letter a day at most.

    None where so many have said so already that one more tells nobody anything.
    """
    if not resource.is_public:
        raise NotFound("There is no such page.")
    said = _checked(text)
    if _count_open(session, resource) >= MOST_OPEN:
        return None
    made = ReaderNote(
        resource_id=resource.id,
        resource_version=resource.version,
        text=said,
        made_at=now,
        settled_at=None,
        settled_by_id=None,
    )
    session.add(made)
    flush(session)
    _tell_owner(session, resource, now=now, base_url=base_url)
    return made


def say_more(session: Session, note_id: int, text: str, *, now: datetime) -> ReaderNote:
    """Add to one's own note what is wrong, once and soon after."""
    said = _checked(text)
    found = session.get(ReaderNote, note_id)
    if found is None or found.text or found.settled_at or now - found.made_at > TIME_FOR_MORE:
        raise NotFound("There is no such note, or something was added to it already.")
    if not said:
        raise Invalid({"text": "Say what is not right any more."})
    found.text = said
    flush(session)
    return found


def open_notes(session: Session, resource: Resource) -> list[ReaderNote]:
    """What readers said and nobody has dealt with, oldest first."""
    mine = select(ReaderNote).where(ReaderNote.resource_id == resource.id, _OPEN)
    return list(session.scalars(mine.order_by(ReaderNote.made_at, ReaderNote.id)))


def may_look_after(user: User, resource: Resource) -> bool:
    return user.can_review or owners.looks_after(user, resource)


def look_after(session: Session, resource_id: int, *, by: User) -> Resource:
    """The page, for whoever may look after it.

    Raises NotFound where there is none that is public, NotAllowed for everybody else.
    """
    resource = session.get(Resource, resource_id)
    if resource is None or not resource.is_public:
        raise NotFound("There is no such page.")
    if not may_look_after(by, resource):
        raise NotAllowed("Only the people who look after this page can do this.")
    return resource


def settle(
    session: Session, resource: Resource, note_id: int, *, by: User, now: datetime
) -> ReaderNote:
    """This note is dealt with."""
    _check_may(by, resource)
    found = session.get(ReaderNote, note_id)
    if found is None or found.resource_id != resource.id:
        raise NotFound("There is no such note.")
    if found.settled_at is not None:
        raise Conflict("Somebody else has dealt with this note.")
    found.settled_at, found.settled_by_id = now, by.id
    flush(session)
    return found


def renew(session: Session, resource: Resource, *, by: User, now: datetime) -> Resource:
    """Everything on it is still true: a version of its own, and its time begins again."""
    _check_may(by, resource)
    today = now.date()
    content = content_of(resource).model_copy(update={"checked": today})
    publish(session, content, author=owners.voice_of(by), note=RENEWED, now=now)
    checking.begin_anew(session, resource, today=today)
    session.execute(
        update(ReaderNote)
        .where(ReaderNote.resource_id == resource.id, _OPEN)
        .values(settled_at=now, settled_by_id=by.id)
    )
    return resource


def of_person(session: Session, user: User) -> list[Resource]:
    """The public pages that somebody looks after, what is due first at the top."""
    mine: ColumnElement[bool] = Resource.owner_id == user.id
    if user.owns_pages:
        named = Resource.council_links.any(ResourceCouncil.council_id == user.council_id)
        mine = or_(mine, named, Resource.owner.has(User.council_id == user.council_id))
    query = select(Resource).where(mine, Resource.standing != Standing.WITHDRAWN)
    found = session.scalars(query.order_by(Resource.title)).all()
    return sorted(found, key=lambda each: (each.review_by or date.max, each.title))


def counts_of_notes(session: Session, resources: Iterable[Resource]) -> dict[int, int]:
    """Resource id -> how many notes nobody has dealt with; pages without any are left out."""
    ids = [resource.id for resource in resources]
    query = (
        select(ReaderNote.resource_id, func.count())
        .where(_OPEN, ReaderNote.resource_id.in_(ids))
        .group_by(ReaderNote.resource_id)
    )
    return dict(session.execute(query).all())


def _checked(text: str) -> str:
    said = text.strip()
    if len(said) > LONGEST_NOTE:
        raise Invalid({"text": f"Use {LONGEST_NOTE} characters or fewer."})
    return said


def _count_open(session: Session, resource: Resource) -> int:
    return counts_of_notes(session, [resource]).get(resource.id, 0)


def _tell_owner(session: Session, resource: Resource, *, now: datetime, base_url: str) -> None:
    owner = owners.active_owner(resource)
    if owner is None:
        return
    subject, words = letters.reader_note(resource, base_url=base_url)
    key = f"page {resource.id}, notes of {now.date().isoformat()}"
    mail.write(session, key=key, to=owner.email, subject=subject, text=words, now=now)


def _check_may(user: User, resource: Resource) -> None:
    if not may_look_after(user, resource):
        raise NotAllowed("Only the people who look after this page can do this.")
