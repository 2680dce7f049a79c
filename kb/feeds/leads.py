"""Leads: entries that somebody should write up as a case study.

A lead is of a whole story: whoever tells it, it is marked once and flagged everywhere.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kb.councils.models import Council
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotFound
from kb.feeds.models import Entry, Lead
from kb.library.models import Resource

LONGEST_WHY = 1000


def mark(
    session: Session, entry: Entry, *, why: str, council: Council | None, now: datetime
) -> Lead:
    """Say that this should be written up, and why.

    Raises Invalid without a reason, Conflict where the story is an open lead already or was
    written up, whoever told it. A lead of which nothing came is opened again.
    """
    reason = _checked(why)
    lead = of_entry(session, entry)
    if lead is None:
        lead = Lead(entry_id=entry.id, resource_id=None, closed_at=None)
        lead.entry = entry
        session.add(lead)
    elif lead.closed_at is None:
        raise Conflict("Somebody has already turned this story into a lead.")
    elif lead.resource_id is not None:
        raise Conflict("This story has been written up already.")
    lead.why, lead.marked_at, lead.closed_at = reason, now, None
    lead.council = council
    flush(session)
    return lead


def close(
    session: Session, lead: Lead, *, now: datetime, resource: Resource | None = None
) -> None:
    """It was written up as this resource or, without one, nothing will come of it."""
    check_open(lead)
    lead.resource, lead.closed_at = resource, now
    flush(session)


def check_open(lead: Lead) -> None:
    """Raises Conflict where somebody was quicker."""
    if lead.closed_at is not None:
        raise Conflict("Somebody has already closed this lead.")


def get(session: Session, lead_id: int) -> Lead:
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound("There is no lead at this address.")
    return lead


def of_entry(session: Session, entry: Entry) -> Lead | None:
    """The lead of the story that it tells, if there is one."""
    return of_entries(session, [entry]).get(entry.id)


def of_entries(session: Session, entries: Sequence[Entry]) -> dict[int, Lead]:
    """Entry id -> the lead that an editor made of its story, for those that have one."""
    if not entries:
        return {}
    ids = [entry.id for entry in entries]
    told = {entry.story_id for entry in entries if entry.story_id is not None}
    of_these = or_(Lead.entry_id.in_(ids), Entry.story_id.in_(told))
    found = list(session.scalars(select(Lead).join(Lead.entry).where(of_these)))
    return {entry.id: lead for entry in entries if (lead := _among(found, entry))}


def of_resource(session: Session, resource: Resource) -> list[Lead]:
    """The leads that this was written up from."""
    query = select(Lead).where(Lead.resource_id == resource.id).order_by(Lead.marked_at)
    return [lead for lead in session.scalars(query) if not lead.entry.is_hidden]


def resources_with_any(session: Session) -> frozenset[int]:
    """The ids of resources of which `of_resource` may find something."""
    query = select(Lead.resource_id).where(Lead.resource_id.is_not(None))
    return frozenset(id for id in session.scalars(query) if id is not None)


def open_leads(session: Session, *, council: Council | None = None) -> list[Lead]:
    """What waits for somebody to write it up, the newest first; perhaps of one council."""
    query = (
        select(Lead).join(Lead.entry).where(Lead.closed_at.is_(None), Entry.is_hidden.is_(False))
    )
    if council is not None:
        query = query.where(Lead.council_id == council.id)
    return list(session.scalars(query.order_by(Lead.marked_at.desc(), Lead.id.desc())))


def written_up(session: Session, *, limit: int) -> list[Lead]:
    """Those that became a case study, the newest first."""
    query = (
        select(Lead)
        .join(Lead.entry)
        .where(Lead.resource_id.is_not(None), Entry.is_hidden.is_(False))
        .order_by(Lead.closed_at.desc(), Lead.id.desc())
    )
    return [lead for lead in session.scalars(query.limit(limit)) if _is_public(lead)]


def _among(found: Iterable[Lead], entry: Entry) -> Lead | None:
    """Of several in one story, the one that is open, else the one that was written up."""
    its_own = [lead for lead in found if _is_of(lead, entry)]
    return min(its_own, key=_place, default=None)


def _is_of(lead: Lead, entry: Entry) -> bool:
    """What was marked and then hidden is a lead of itself alone."""
    if lead.entry_id == entry.id:
        return True
    is_same_story = entry.story_id is not None and lead.entry.story_id == entry.story_id
    return is_same_story and not lead.entry.is_hidden


def _place(lead: Lead) -> tuple[bool, bool, int]:
    return lead.closed_at is not None, lead.resource_id is None, -lead.id


def _is_public(lead: Lead) -> bool:
    return lead.resource is not None and lead.resource.is_public


def _checked(why: str) -> str:
    reason = " ".join(why.split())
    if not reason:
        raise Invalid({"why": "Say why this is worth writing up."})
    if len(reason) > LONGEST_WHY:
        raise Invalid({"why": f"Use {LONGEST_WHY} characters or fewer."})
    return reason
