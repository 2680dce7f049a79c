"""Read what is said in files, and throw away those that nobody needs any more."""

from datetime import datetime, timedelta

from kb import indexing
from kb.errors import NotFound
from kb.files import service as files
from kb.files.errors import Busy, Refused
from kb.files.storage import SHELVES, Folder, Storage
from kb.files.types import Passages
from kb.library import downloads
from kb.runtime import Runtime
from kb.submissions import uploads

KEPT = timedelta(days=30)
LOST = "This file is no longer kept here."
A_MINUTE_S = 60


def read_files(runtime: Runtime, *, now: datetime) -> int:
    """Extract the text of the files that wait for it; how many were read.

    Each is read in a process that may be killed, with no transaction open, and has a
    transaction of its own.
    """
    with runtime.database.reading() as session:
        waiting = [(row.id, row.digest, row.media_type) for row in files.waiting(session)]
    storage = Folder(runtime.settings.files_dir)
    done = 0
    try:
        for file_id, digest, media_type in waiting:
            done += _read(runtime, storage, file_id, digest, media_type)
    finally:
        runtime.apart.close()
    return done


def tidy_files(runtime: Runtime, *, now: datetime) -> int:
    """Forget files that no draft, page or version refers to after 30 days; how many went.

    Then look at one shelf of the storage, another each minute, for files without a row.
    """
    with runtime.database.reading() as session:
        unused = uploads.unused(session, before=now - KEPT)
    for file_id in unused:
        with runtime.database.transaction(quietly=True) as session:
            uploads.forget(session, file_id, before=now - KEPT)
    storage = Folder(runtime.settings.files_dir)
    return tidy_shelf(runtime, storage, int(now.timestamp()) // A_MINUTE_S % SHELVES, now=now)


def tidy_shelf(runtime: Runtime, storage: Storage, number: int, *, now: datetime) -> int:
    """Throw away what lies on this shelf without a row, and was not put there lately."""
    lying = list(storage.shelf(number, now=now))
    with runtime.database.reading() as session:
        orphans = files.unknown(session, lying)
    return sum(storage.discard(digest, now=now) for digest in sorted(orphans))


def _read(runtime: Runtime, storage: Storage, file_id: int, digest: str, media_type: str) -> int:
    passages: Passages = []
    problem = ""
    try:
        passages = runtime.apart.passages(files.read(storage, digest), media_type)
    except Busy:
        return 0
    except Refused as error:
        problem = str(error)
    except NotFound:
        problem = LOST
    with runtime.database.transaction() as session:
        files.finish(session, file_id, passages, problem=problem)
        indexing.note(session, downloads.refs(session, file_id))
    return 1
