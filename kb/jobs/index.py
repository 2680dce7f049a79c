"""Keep the search index true to the database, and say how both are."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from kb import indexing
from kb.db import migrate
from kb.runtime import Runtime
from kb.search.engine import IndexBusy, IndexDamaged


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """How the parts are, in a word or two each."""

    database: str
    index: str

    @property
    def is_ready(self) -> bool:
        return self.database == "ok"


def update_index(runtime: Runtime, *, limit: int = indexing.BATCH) -> int:
    """Apply every change that is noted; return how many notes that were.

    A damaged index is rebuilt instead; one that somebody else is writing is left for
    the next time. Nobody else waits while the index is written: notes are dropped only
    afterwards, so a crash repeats and loses nothing.
    """
    applied = 0
    while True:
        with runtime.database.reading() as session:
            notes = indexing.noted(session, limit=limit)
            if not notes:
                return applied
            try:
                indexing.apply(session, runtime.search, set(notes.values()))
            except IndexBusy:
                return applied
            except IndexDamaged:
                break
        with runtime.database.transaction(quietly=True) as session:
            indexing.forget(session, notes)
        applied += len(notes)
    return applied + rebuild_index(runtime)


def rebuild_index(runtime: Runtime) -> int:
    """Make the index say what the database says; return how many documents it holds."""
    with runtime.database.reading() as session:
        newest = indexing.newest_note(session)
        held = runtime.search.replace(indexing.documents(session))
    with runtime.database.transaction(quietly=True) as session:
        indexing.forget_up_to(session, newest)
    return held


def mend_index(runtime: Runtime) -> bool:
    """Rebuild the index if it is damaged or holds another number of documents than it should.

    Return whether it had to be rebuilt.
    """
    with runtime.database.reading() as session:
        wanted, waits = indexing.wanted(session), indexing.waiting(session)
    try:
        sound = bool(waits) or runtime.search.count() == wanted
    except IndexDamaged:
        sound = False
    if not sound:
        rebuild_index(runtime)
    return not sound


def readiness(runtime: Runtime) -> Readiness:
    """Can people be answered now? A damaged index is rebuilt meanwhile; search manages without."""
    try:
        with runtime.database.reading() as session:
            if not migrate.is_current(session):
                return Readiness(database="not migrated", index="not asked")
        runtime.search.count()
    except SQLAlchemyError:
        return Readiness(database="does not answer", index="not asked")
    except IndexDamaged:
        runtime.mend_soon()
        return Readiness(database="ok", index="rebuilding")
    return Readiness(database="ok", index="ok")
