"""What went wrong, told to peers only, or to everybody without saying which council it was."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.councils.models import Council, CouncilType
from kb.db.database import flush
from kb.library import hiding
from kb.library.models import Lesson, Resource, Standing, Visibility

FEWEST_COUNCILS = 3  # below that, the type of a council would be its name


@dataclass(frozen=True, kw_only=True)
class Group:
    """What councils of one type told."""

    label: str
    texts: tuple[str, ...]


def tell(
    session: Session,
    resource: Resource,
    *,
    text: str,
    visibility: Visibility,
    council_type: str,
    now: datetime,
) -> Lesson | None:
    """Keep what went wrong apart from the page; it takes the place of what was told before.

    Older versions of the page stop saying it, for good. Nothing is kept of what is empty or
    public: that is on the page itself.
    """
    kept = of_resource(session, resource)
    if not text.strip() or visibility is Visibility.PUBLIC:
        forget(session, resource)
        return None
    if kept is None:
        kept = Lesson(resource_id=resource.id)
        session.add(kept)
    kept.text, kept.visibility, kept.told_at = text.strip(), visibility, now
    kept.council_type = council_type if visibility is Visibility.UNATTRIBUTED else ""
    hiding.hide(session, resource, {"went_wrong"}, before=resource.version)
    return kept


def forget(session: Session, resource: Resource) -> None:
    """What was told is told no more."""
    kept = of_resource(session, resource)
    if kept is not None:
        session.delete(kept)
        flush(session)


def of_resource(session: Session, resource: Resource) -> Lesson | None:
    return session.scalar(select(Lesson).where(Lesson.resource_id == resource.id))


def for_peers(session: Session, resource: Resource) -> str:
    """What peers may read beside the page; "" where nothing was told to them alone."""
    lesson = of_resource(session, resource) if resource.id else None
    return lesson.text if lesson and lesson.visibility is Visibility.PEERS else ""


def resources_with_any(session: Session) -> frozenset[int]:
    """The ids of resources of which peers alone are told something."""
    query = select(Lesson.resource_id).where(Lesson.visibility == Visibility.PEERS)
    return frozenset(session.scalars(query))


def without_names(session: Session) -> list[Group]:
    """What was told without a name, by type of council.

    Only types with several councils, so that none is singled out; and in an order that
    says nothing about when anything was told.
    """
    query = (
        select(Lesson.council_type, Lesson.text)
        .join(Lesson.resource)
        .where(
            Lesson.visibility == Visibility.UNATTRIBUTED,
            Resource.standing != Standing.WITHDRAWN,
        )
    )
    told: dict[str, list[str]] = {}
    for code, text in session.execute(query):
        told.setdefault(code, []).append(text)
    groups = [
        Group(label=CouncilType(code).label, texts=tuple(sorted(told[code], key=_shuffled)))
        for code in _common_types(session)
        if code in told
    ]
    return sorted(groups, key=lambda group: group.label)


def _common_types(session: Session) -> list[str]:
    """The types of which there are several councils today."""
    query = select(Council.type).where(Council.end_date.is_(None)).group_by(Council.type)
    common = query.having(func.count() >= FEWEST_COUNCILS)
    return [CouncilType(kind).value for kind in session.scalars(common)]


def _shuffled(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
