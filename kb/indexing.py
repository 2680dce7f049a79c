"""Keep the search index true to the database.

Every change is noted in the same transaction as the change itself, and applied
by a job. A crash between the two loses nothing; a rebuild is always possible. The
key of a document is the ref of its resource.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, UOWTransaction

from kb.councils.models import Council, CouncilAlias
from kb.db.base import Base
from kb.db.database import Database
from kb.library.facets import FACET_NAMES
from kb.library.markdown import to_text
from kb.library.models import Resource, Standing, Term
from kb.library.state import weight_of
from kb.search.engine import Document, SearchEngine

BATCH = 500
_TEXTS = ("body", "actions", "results", "reasons", "differently", "our_reading")
_LINES = ("try_this", "watch_out", "audience", "cost_note", "effort_note")


_PUBLIC = Resource.standing != Standing.WITHDRAWN


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
    seen = [thing for thing in touched if isinstance(thing, Resource | Council | Term)]
    changes = [{"ref": thing.ref} for thing in seen if isinstance(thing, Resource)]
    connection = session.connection()
    if seen:
        connection.execute(update(Edition).values(number=Edition.number + 1))
    if changes:
        connection.execute(insert(Change), changes)


def edition(session: Session) -> int:
    """The number of the present edition: two pages of one edition are alike."""
    return session.scalar(select(Edition.number)) or 0


def present_edition(database: Database) -> int:
    """The same, without a session: the page cache asks it at every request."""
    return database.peek("SELECT number FROM edition")


def waiting(session: Session) -> int:
    """How many changes the index does not know yet."""
    return session.scalar(select(func.count()).select_from(Change)) or 0


def wanted(session: Session) -> int:
    """How many documents the index should hold once it knows every change."""
    public = select(func.count()).select_from(Resource).where(_PUBLIC)
    return session.scalar(public) or 0


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
    query = select(Resource).where(_PUBLIC)
    if refs is not None:
        query = query.where(Resource.ref.in_(list(refs)))
    welsh = _other_names(session)
    for resource in session.scalars(
        query.order_by(Resource.id).execution_options(yield_per=BATCH)
    ):
        yield _document(resource, welsh)


def _document(resource: Resource, other_names: dict[int, str]) -> Document:
    councils = resource.councils
    names = [f"{c.name} {c.welsh_name} {other_names.get(c.id, '')}" for c in councils]
    return Document(
        key=resource.ref,
        kind=resource.kind,
        title=resource.title,
        summary=resource.summary,
        body=_body(resource),
        names=" ".join([*names, resource.organisation]).strip(),
        keywords=_keywords(resource),
        facets=_facets(resource),
        happened=date(year, 12, 31).toordinal() if (year := _year(resource)) else 0,
        checked=resource.checked.toordinal() if resource.checked else 0,
        weight=weight_of(resource),
        stored=_stored(resource),
    )


def _other_names(session: Session) -> dict[int, str]:
    """Council id -> its aliases as words, so that "Caerdydd" finds Cardiff."""
    names: dict[int, list[str]] = {}
    for alias in session.execute(select(CouncilAlias.council_id, CouncilAlias.slug)):
        names.setdefault(alias.council_id, []).append(alias.slug.replace("-", " "))
    return {council_id: " ".join(words) for council_id, words in names.items()}


def _body(resource: Resource) -> str:
    texts = [to_text(getattr(resource, name, "") or "") for name in _TEXTS]
    lines = [getattr(resource, name, "") or "" for name in _LINES]
    steps = [f"{step.text} {step.detail}" for step in resource.steps]
    return "\n".join(part.strip() for part in [*texts, *lines, *steps] if part.strip())


def _keywords(resource: Resource) -> str:
    terms = (link.term for link in resource.term_links if link.term.facet in _SPEAKING)
    sources = (f"{source.title} {source.publisher}" for source in resource.sources)
    return "; ".join([*(f"{t.label}; {t.synonyms}" for t in terms), *sources, resource.years])


_SPEAKING = {"purpose", "form", "theme", "channel", "moment", "barrier", "duty", "outcome"}


def _facets(resource: Resource) -> dict[str, tuple[str, ...]]:
    councils = resource.councils
    facets = {name: tuple(t.slug for t in resource.terms(name)) for name in FACET_NAMES}
    year = _year(resource)
    return {
        **facets,
        "kind": (resource.kind.value,),
        "council": tuple(council.code for council in councils),
        "type": tuple(dict.fromkeys(council.type.value for council in councils)),
        "nation": tuple(dict.fromkeys(council.nation.value for council in councils)),
        "effort": facets["setup"],
        "decade": (f"{year // 10 * 10}s",) if year else (),
    }


def _stored(resource: Resource) -> dict[str, str | int | None]:
    """What a row of results shows."""
    councils = resource.councils
    label = {facet: [t.label for t in resource.terms(facet)] for facet in ("setup", "evidence")}
    return {
        "id": resource.id,
        "slug": resource.slug,
        "summary": resource.summary,
        "council": ", ".join(council.short_name for council in councils) or resource.organisation,
        "nation": ", ".join(dict.fromkeys(council.nation.value for council in councils)),
        "years": resource.years,
        "effort": ", ".join(label["setup"]) or getattr(resource, "duration", "") or "",
        "evidence": ", ".join(label["evidence"]),
        "number": getattr(resource, "number", None),
    }


def _year(resource: Resource) -> int | None:
    return resource.end_year or resource.start_year
