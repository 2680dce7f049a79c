"""Take files in, give them out, and know what is said in them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.files.apart import Apart
from kb.files.models import StoredFile
from kb.files.storage import Storage
from kb.files.types import WITH_TEXT, Kept, Passages

NO_TEXT = "We could read no text in it."
_AT_ONCE = 20


def take_in(storage: Storage, apart: Apart, content: bytes) -> Kept:
    """Judge a file by its content and put it into the storage. No transaction may be open.

    It lies on the disk for certain when this returns; `record` then makes its row. A crash
    in between leaves an orphan that is tidied. Raises Refused and Busy.
    """
    looked = apart.look(content)
    return Kept(
        digest=storage.put(looked.content),
        media_type=looked.media_type,
        size=len(looked.content),
        width=looked.width,
        height=looked.height,
    )


def record(session: Session, kept: Kept, *, now: datetime) -> StoredFile:
    """The row of a file that is kept; of the same bytes there is one."""
    if get(session, kept.digest) is None:
        # Somebody else may send the same at this moment.
        with suppress(IntegrityError), session.begin_nested():
            session.add(_row(kept, now))
    row = session.scalars(_by_digest(kept.digest)).one()
    row.kept_at = now
    return row


def get(session: Session, digest: str) -> StoredFile | None:
    return session.scalars(_by_digest(digest)).one_or_none()


def waiting(session: Session, *, limit: int = _AT_ONCE) -> list[StoredFile]:
    """Those that nobody has read yet, the oldest first."""
    unread = select(StoredFile).where(
        StoredFile.passages.is_(None),
        StoredFile.media_type.in_(WITH_TEXT),
        StoredFile.problem == "",
    )
    return list(session.scalars(unread.order_by(StoredFile.id).limit(limit)))


def finish(session: Session, file_id: int, passages: Passages, *, problem: str = "") -> None:
    """Keep the text of a file, or why there is none."""
    row = session.get(StoredFile, file_id)
    if row is not None:
        row.passages = passages
        row.problem = problem or ("" if passages else NO_TEXT)


def sizes(session: Session, digests: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Digest -> width and height of those that are pictures."""
    columns = select(StoredFile.digest, StoredFile.width, StoredFile.height)
    found = session.execute(columns.where(StoredFile.digest.in_(set(digests))))
    return {each.digest: (each.width, each.height) for each in found if each.width}


def unknown(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of these digests that have no row."""
    wanted = set(digests)
    known = session.scalars(select(StoredFile.digest).where(StoredFile.digest.in_(wanted)))
    return wanted - set(known)


def read(storage: Storage, digest: str) -> bytes:
    """All of it. Raises NotFound."""
    with storage.open(digest) as file:
        return file.read()


def _row(kept: Kept, now: datetime) -> StoredFile:
    return StoredFile(
        digest=kept.digest,
        media_type=kept.media_type,
        size=kept.size,
        width=kept.width,
        height=kept.height,
        passages=None,
        problem="",
        kept_at=now,
    )


def _by_digest(digest: str) -> Select[StoredFile]:
    return select(StoredFile).where(StoredFile.digest == digest)
