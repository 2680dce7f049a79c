"""Keep the search index true to the database.

Every change is noted in the same transaction as the change itself, and applied
by a job. A crash between the two loses nothing; a rebuild is always possible. The
key of a document is the ref of its resource, or "entry:" and the id of an entry.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import delete, event, func, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction

from kb.copying import lineage
from kb.copying.models import Copy
from kb.councils.models import Council, CouncilAlias
from kb.db.base import Base
from kb.db.database import Database
from kb.documents import of_entry, of_resource
from kb.feeds.models import Entry, Lead, Source
from kb.feeds.stories import TO_FIND_ANEW, also_seen_of
from kb.library.models import Lesson, Resource, Revision, Standing, Term
from kb.questions.models import Question
from kb.search.engine import Document, SearchEngine
from kb.training.models import SessionState, TrainingSession

BATCH = 500
ENTRY = "entry:"
EDITION = "edition"  # in session.info: the transaction that asked, and what it was told
_PUBLIC = Resource.standing != Standing.WITHDRAWN
# A story is found once, by the entry that leads it; samples and what editors hid are not found.
_FINDABLE = Entry.leads & ~Entry.is_hidden & Entry.source.has(Source.is_sample.is_(False))
_SEEN = Resource | Council | Term | Entry | Lead | Copy | Lesson | Question | Revision
_SEEN_OF_SOURCE = (
    *("name", "organisation", "council", "council_id", "nation", "kind", "platform", "language"),
    *("site_url", "feed_url", "is_sample", "note", "state", "reason", "successor_id"),
)


class Change(Base):
    """“Look at the resource with this ref again.”"""

    __tablename__ = "search_change"
    __table_args__ = {"sqlite_autoincrement": True}  # an id is never used twice

    ref: Mapped[str]


class Edition(Base):
    """One row: a number that grows with every change that a reader could see."""

    __tablename__ = "edition"

    number: Mapped[int]


@event.listens_for(Session, "after_flush")
def note_changes(session: Session, _: UOWTransaction) -> None:
    """Note what the search index must look at again, and begin a new edition."""
    touched = {*session.new, *session.dirty, *session.deleted}
    seen = [thing for thing in touched if isinstance(thing, _SEEN) or _shows(session, thing)]
    changes = [
        {"ref": thing.ref if isinstance(thing, Resource) else f"{ENTRY}{thing.id}"}
        for thing in seen
        if isinstance(thing, Resource | Entry)
    ]
    copied = {thing.resource_id for thing in seen if isinstance(thing, Copy)}
    changes += [{"ref": ref} for ref in _refs(session, copied)]
    if seen:
        _note(session, changes)


def _refs(session: Session, resources: set[int]) -> list[str]:
    if not resources:
        return []
    refs = select(Resource.ref).where(Resource.id.in_(resources))
    return list(session.connection().scalars(refs))


def _shows(session: Session, thing: object) -> bool:
    """Is this a source of which more changed than when it was asked and what it answered?

    Or a session of which the national picture tells something else than before?
    """
    if isinstance(thing, TrainingSession):
        seen = inspect(thing).attrs
        is_new = seen.state.history.has_changes() or seen.is_public.history.has_changes()
        return thing.state is SessionState.CLOSED and is_new
    if not isinstance(thing, Source):
        return False
    if thing in session.new or thing in session.deleted:
        return True
    attributes = inspect(thing).attrs
    return any(attributes[name].history.has_changes() for name in _SEEN_OF_SOURCE)


@event.listens_for(Session, "before_commit")
def note_new_entries(session: Session) -> None:
    """The same of entries that came in bulk, past the flush: once for all of a transaction."""
    if ids := session.info.pop(TO_FIND_ANEW, ()):
        _note(session, [{"ref": f"{ENTRY}{number}"} for number in sorted(set(ids))])


def note(session: Session, refs: Iterable[str]) -> None:
    """Note that what is to be found of these resources changed, though they did not."""
    if changes := [{"ref": ref} for ref in refs]:
        _note(session, changes)


def _note(session: Session, changes: list[dict[str, str]]) -> None:
    connection = session.connection()
    session.info.pop(EDITION, None)
    connection.execute(update(Edition).values(number=Edition.number + 1))
    if changes:
        connection.execute(insert(Change), changes)


def edition(session: Session) -> int:
    """The number of the present edition: two pages of one edition are alike.

    Asked once in a transaction, which sees one edition alone but for what it does itself.
    """
    known, number = session.info.get(EDITION, (None, 0))
    if known is None or known is not _transaction(session):
        number = session.scalar(select(Edition.number)) or 0
        session.info[EDITION] = (_transaction(session), number)
    return int(number)


def _transaction(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


def present_edition(database: Database) -> int:
    """The same, without a session: the page cache asks it at every request."""
    return database.peek("SELECT number FROM edition")


def waiting(session: Session) -> int:
    """How many changes the index does not know yet."""
    return session.scalar(select(func.count()).select_from(Change)) or 0


def wanted(session: Session) -> int:
    """How many documents the index should hold once it knows every change."""
    practice = select(func.count()).select_from(Resource).where(_PUBLIC)
    entries = select(func.count()).select_from(Entry).where(_FINDABLE)
    return (session.scalar(practice) or 0) + (session.scalar(entries) or 0)


def noted(session: Session, *, limit: int) -> dict[int, str]:
    """The oldest notes: their ids, and the ref that each is about."""
    oldest = select(Change.id, Change.ref).order_by(Change.id).limit(limit)
    return dict(session.execute(oldest).all())


def apply(session: Session, engine: SearchEngine, refs: set[str]) -> None:
    """Make the index say of these refs what the database says; harmless to do twice."""
    found = list(documents(session, refs))
    engine.put(found)
    engine.remove(refs - {document.key for document in found})


def forget(session: Session, notes: Iterable[int]) -> None:
    """Drop notes that were dealt with."""
    session.execute(delete(Change).where(Change.id.in_(list(notes))))


def forget_up_to(session: Session, note: int) -> None:
    session.execute(delete(Change).where(Change.id <= note))


def newest_note(session: Session) -> int:
    return session.scalar(select(func.max(Change.id))) or 0


def documents(session: Session, refs: Iterable[str] | None = None) -> Iterator[Document]:
    """What the index should hold: of everything public, or of these refs only."""
    practice = select(Resource).where(_PUBLIC).order_by(Resource.id)
    entries = select(Entry).where(_FINDABLE).order_by(Entry.id)
    if refs is not None:
        refs = wanted = list(refs)
        numbers = [int(ref.removeprefix(ENTRY)) for ref in wanted if ref.startswith(ENTRY)]
        practice = practice.where(Resource.ref.in_(wanted))
        entries = entries.where(Entry.id.in_(numbers))
    welsh = _other_names(session)
    copiers = lineage.copiers(session, refs)
    for resource in session.scalars(practice.execution_options(yield_per=BATCH)):
        yield of_resource(resource, welsh, copiers.get(resource.id, ()))
    for batch in session.scalars(entries.execution_options(yield_per=BATCH)).partitions():
        told = also_seen_of(session, batch)
        for entry in batch:
            others = [other.source for other in told.get(entry.id, ())]
            yield of_entry(entry, [other for other in others if not other.is_sample])


def _other_names(session: Session) -> dict[int, str]:
    """Council id -> its aliases as words, so that "Caerdydd" finds Cardiff."""
    names: dict[int, list[str]] = {}
    for alias in session.execute(select(CouncilAlias.council_id, CouncilAlias.slug)):
        names.setdefault(alias.council_id, []).append(alias.slug.replace("-", " "))
    return {council_id: " ".join(words) for council_id, words in names.items()}
