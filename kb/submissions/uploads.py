"""The files of a draft: sent with it, described, taken away, and who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, NotFound
from kb.files import service as files
from kb.files.models import StoredFile
from kb.files.naming import safe_name
from kb.files.types import Kept, is_picture
from kb.library import downloads
from kb.library.content import Attachment
from kb.library.models import ResourceFile
from kb.submissions import composing, drafts
from kb.submissions.models import Draft, Upload

MOST = composing.MOST_ATTACHMENTS
MOST_AT_ONCE = 20
LONGEST_ALT = 500
NO_SUCH = "There is no such file in this draft."
FULL = f"A page has at most {MOST} files. Remove one first."
SAME = "You have sent this file already."
THERE = "The page offers this file already."
NOT_THERE = "The page offers no such file."
BARE = "Describe “{name}”, or say that it is decorative"
TOO_LONG = "Use {longest} characters or fewer to describe “{name}”"


@dataclass(frozen=True, kw_only=True)
class Described:
    """What stands in a picture for those who cannot see it; nothing for mere decoration."""

    alt: str = ""
    is_decorative: bool = False


def add(
    session: Session, draft: Draft, kept: Kept, *, name: str, by: User, now: datetime
) -> Upload:
    """Make a file that lies in the storage part of a draft.

    Raises Conflict where it is full, has this file or its page has it already, or it was sent.
    """
    check_open(draft, by)
    mine = composing.files(session, draft)
    if any(upload.file.digest == kept.digest for upload in mine):
        raise Conflict(SAME)
    staying = composing.staying(draft)
    if any(each.digest == kept.digest for each in staying):
        raise Conflict(THERE)
    if len(mine) + len(staying) >= MOST:
        raise Conflict(FULL)
    upload = Upload(
        draft_id=draft.id,
        file=files.record(session, kept, now=now),
        name=_own_name(
            safe_name(name, kept.media_type),
            {each.name for each in mine} | {each.name for each in staying},
        ),
        alt="",
        is_decorative=False,
        sent_at=now,
    )
    session.add(upload)
    draft.saved_at = now
    flush(session)
    return upload


def describe(
    session: Session, draft: Draft, said: Mapping[int, Described], *, by: User, now: datetime
) -> dict[int, str]:
    """Keep what was said of pictures, by the ids of the uploads; the answer says what is wrong."""
    check_open(draft, by)
    wrong: dict[int, str] = {}
    for upload in pictures(session, draft):
        each = said.get(upload.id)
        if each is None:
            continue
        if len(each.alt) > LONGEST_ALT:
            wrong[upload.id] = TOO_LONG.format(longest=LONGEST_ALT, name=upload.name)
            continue
        upload.alt, upload.is_decorative = each.alt.strip(), each.is_decorative
        if composing.is_undescribed(upload):
            wrong[upload.id] = BARE.format(name=upload.name)
    draft.saved_at = now
    flush(session)
    return wrong


def remove(session: Session, draft: Draft, upload_id: int, *, by: User, now: datetime) -> str:
    """Take a file out of its owner's open draft; its name. Raises NotFound."""
    check_open(draft, by)
    upload = session.get(Upload, upload_id)
    if upload is None or upload.draft_id != draft.id:
        raise NotFound(NO_SUCH)
    session.delete(upload)
    draft.saved_at = now
    flush(session)
    return upload.name


def take_off(session: Session, draft: Draft, digest: str, *, by: User, now: datetime) -> str:
    """Once this change is published, its page offers that file no more; the file's name.

    Nothing is lost: the versions that had it keep it. Raises NotFound.
    """
    check_open(draft, by)
    attachment = _on_page(draft, digest)
    gone = {each.digest for each in composing.removed(draft)} | {digest}
    _note_removed(session, draft, gone, now)
    return attachment.name


def put_back(session: Session, draft: Draft, digest: str, *, by: User, now: datetime) -> str:
    """Leave it on the page after all. Raises NotFound, and Conflict where there is no room."""
    check_open(draft, by)
    attachment = _on_page(draft, digest)
    gone = {each.digest for each in composing.removed(draft)}
    new = [each for each in composing.files(session, draft) if each.file.digest != digest]
    if digest in gone and len(new) + len(composing.staying(draft)) >= MOST:
        raise Conflict(FULL)
    _note_removed(session, draft, gone - {digest}, now)
    return attachment.name


def pictures(session: Session, draft: Draft) -> list[Upload]:
    return [each for each in composing.files(session, draft) if is_picture(each.file.media_type)]


def visible(session: Session, digest: str, name: str, *, by: User) -> Upload:
    """The file as part of a draft that this person may see. Raises NotFound."""
    query = select(Upload).where(Upload.file.has(digest=digest), Upload.name == name)
    for upload in session.scalars(query):
        if _may_see(session, upload, by):
            return upload
    raise NotFound("There is no file at this address.")


def check_open(draft: Draft, by: User) -> None:
    """Raises NotFound for another person's draft, Conflict for one that was sent."""
    drafts.check_open(draft, by)


def _on_page(draft: Draft, digest: str) -> Attachment:
    found = (each for each in composing.published(draft) if each.digest == digest)
    attachment = next(found, None)
    if attachment is None:
        raise NotFound(NOT_THERE)
    return attachment


def _note_removed(session: Session, draft: Draft, digests: set[str], now: datetime) -> None:
    draft.answers = {**draft.answers, composing.REMOVED: sorted(digests)}
    draft.saved_at = now
    flush(session)


def _may_see(session: Session, upload: Upload, by: User) -> bool:
    try:
        drafts.get(session, upload.draft_id, by=by)
    except NotFound:
        return False
    return True


def _own_name(name: str, taken: set[str]) -> str:
    """No two files of a draft have the same."""
    stem, dot, ending = name.rpartition(".")
    names = (name, *(f"{stem} {number}{dot}{ending}" for number in range(2, MOST + 2)))
    return next(each for each in names if each not in taken)


def unused(session: Session, *, before: datetime, limit: int = MOST_AT_ONCE) -> list[int]:
    """Ids of files that were sent before then, and that no draft, page or version refers to."""
    query = _without_reference(before).limit(limit)
    return [row.id for row in session.scalars(query) if not _is_remembered(session, row)]


def forget(session: Session, file_id: int, *, before: datetime) -> bool:
    """Delete the row of a file, unless somebody refers to it by now; was it?"""
    query = _without_reference(before).where(StoredFile.id == file_id)
    row = session.scalars(query).one_or_none()
    if row is None or _is_remembered(session, row):
        return False
    session.delete(row)
    flush(session)
    return True


def _without_reference(before: datetime) -> Select[StoredFile]:
    sent = exists().where(Upload.file_id == StoredFile.id)
    offered = exists().where(ResourceFile.file_id == StoredFile.id)
    old = select(StoredFile).where(StoredFile.kept_at < before, ~sent, ~offered)
    return old.order_by(StoredFile.id)


def _is_remembered(session: Session, row: StoredFile) -> bool:
    return downloads.is_remembered(session, row.digest)
