"""Work that nobody waits for. Each job is a loop with one transaction per item."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kb import indexing
from kb.config import ROOT
from kb.councils import register
from kb.db import migrate
from kb.library import seed, vocabulary
from kb.runtime import Runtime
from kb.search.engine import IndexBusy, IndexDamaged

SEED_DATA = ROOT / "seed_data"
_LOADERS = (ROOT / "kb" / "councils", ROOT / "kb" / "library")


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """How the parts are, in a word or two each."""

    database: str
    index: str

    @property
    def is_ready(self) -> bool:
        return self.database == "ok"


def load_seed_data(
    runtime: Runtime, *, now: datetime, folder: Path = SEED_DATA
) -> seed.SeedReport:
    """Load councils, vocabularies and practice; what people changed stays as it is."""
    with runtime.database.transaction() as session:
        register.store(session, register.read(folder / "councils.csv"))
        vocabulary.store(session, vocabulary.read(folder / "vocabularies"))
    with runtime.database.transaction() as session:
        return seed.load(session, seed.read_all(folder), now=now)


def load_seed_data_once(
    runtime: Runtime, *, now: datetime, folder: Path = SEED_DATA
) -> seed.SeedReport | None:
    """Load the seed data unless this database holds what these files say; for every start.

    The stamp names the edition that the database had reached by then: one that was
    restored from an older copy, or is new, has not reached it.
    """
    stamp = runtime.settings.data_dir / "seeded.json"
    wanted = _digest(runtime.settings.database_url, [folder, *_LOADERS])
    had = _read_stamp(stamp)
    with runtime.database.reading() as session:
        if had.get("digest") == wanted and 0 < had.get("edition", 0) <= indexing.edition(session):
            return None
    report = load_seed_data(runtime, now=now, folder=folder)
    with runtime.database.reading() as session:
        stamp.write_text(json.dumps({"digest": wanted, "edition": indexing.edition(session)}))
    return report


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


def _digest(name: str, folders: Iterable[Path]) -> str:
    """Changes when that name does, or a file in these folders."""
    digest = hashlib.sha256(name.encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _read_stamp(path: Path) -> dict[str, Any]:
    try:
        stamp = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}
