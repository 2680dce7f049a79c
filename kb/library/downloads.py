"""Files that public pages offer, and that everybody may therefore have."""

from collections.abc import Iterable

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from kb.files.models import StoredFile
from kb.library.models import Resource, ResourceFile, Revision, Standing


def names(session: Session, digest: str) -> set[str]:
    """What public pages call the file with this digest; nothing where none offers it."""
    query = (
        select(Resource.attachments)
        .join(ResourceFile, ResourceFile.resource_id == Resource.id)
        .join(StoredFile, StoredFile.id == ResourceFile.file_id)
        .where(StoredFile.digest == digest, Resource.standing != Standing.WITHDRAWN)
    )
    offered = (attachment for each in session.scalars(query) for attachment in each)
    return {attachment.name for attachment in offered if attachment.digest == digest}


def refs(session: Session, file_id: int) -> set[str]:
    """The resources that offer this file, public or not."""
    query = select(Resource.ref).join(ResourceFile, ResourceFile.resource_id == Resource.id)
    return set(session.scalars(query.where(ResourceFile.file_id == file_id)))


def is_remembered(session: Session, digest: str) -> bool:
    """Does any version of any page name it, so that restoring that version needs it?"""
    words = (cast(column, Text) for column in (Revision.content, Revision.hidden))
    query = select(Revision.id).where(or_(*(each.contains(digest) for each in words)))
    return session.scalar(query.limit(1)) is not None


def resources(session: Session, refs: Iterable[str]) -> list[Resource]:
    """Those with these refs, their files at hand."""
    return list(session.scalars(select(Resource).where(Resource.ref.in_(list(refs)))))
