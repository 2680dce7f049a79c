"""Every decision about drafts and pages, for ever."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kb.accounts.models import User
from kb.db.database import flush
from kb.library.models import Resource
from kb.submissions.models import Decision, Draft, Verdict


def record(
    session: Session,
    verdict: Verdict,
    *,
    by: User,
    now: datetime,
    draft: Draft | None = None,
    resource: Resource | None = None,
    message: str = "",
    requests: Mapping[str, str] | None = None,
) -> Decision:
    """Remember who decided what, when and why."""
    decision = Decision(
        draft_id=draft.id if draft else None,
        resource_id=resource.id if resource else None,
        by_id=by.id,
        at=now,
        verdict=verdict,
        message=message,
        requests=dict(requests or {}),
        resource_version=resource.version if resource else None,
    )
    session.add(decision)
    flush(session)
    return decision


def of_draft(session: Session, draft: Draft) -> list[Decision]:
    """Oldest first."""
    mine = select(Decision).where(Decision.draft_id == draft.id).options(joinedload(Decision.by))
    return list(session.scalars(mine.order_by(Decision.at, Decision.id)))


def of_resource(session: Session, resource: Resource) -> list[Decision]:
    """Newest first."""
    mine = select(Decision).where(Decision.resource_id == resource.id)
    mine = mine.options(joinedload(Decision.by))
    return list(session.scalars(mine.order_by(Decision.at.desc(), Decision.id.desc())))


def latest(
    session: Session, *, by: User | None = None, limit: int = 50, before: int | None = None
) -> list[Decision]:
    """Newest first, of everybody or of one person; `before` is the id to go on from."""
    query = select(Decision).options(joinedload(Decision.by))
    if by is not None:
        query = query.where(Decision.by_id == by.id)
    if before is not None:
        query = query.where(Decision.id < before)
    return list(session.scalars(query.order_by(Decision.id.desc()).limit(limit)))


def drafts_of(session: Session, decisions: list[Decision]) -> dict[int, Draft]:
    """Id -> draft of those that these decisions are about."""
    ids = {decision.draft_id for decision in decisions if decision.draft_id is not None}
    return {draft.id: draft for draft in session.scalars(select(Draft).where(Draft.id.in_(ids)))}


def resources_of(session: Session, decisions: list[Decision]) -> dict[int, Resource]:
    ids = {decision.resource_id for decision in decisions if decision.resource_id is not None}
    found = session.scalars(select(Resource).where(Resource.id.in_(ids)))
    return {resource.id: resource for resource in found}
