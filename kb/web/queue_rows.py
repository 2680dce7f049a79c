"""The rows of the reviewers' queue: drafts, readers' notes and dates that have passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from kb.accounts.models import User
from kb.db.database import Session
from kb.library.content import Kind
from kb.library.models import Resource
from kb.submissions import drafts, queue
from kb.submissions.models import Draft
from kb.submissions.queue import Sort, Waiting
from kb.upkeep import overdue
from kb.upkeep.overdue import Attention
from kb.web.paging import last_page
from kb.working_days import working_days

EVERYTHING, NEW, CHANGES, NOTES, DATES = "", "new", "changes", "notes", "dates"
SHOWS = {
    EVERYTHING: "Everything waiting",
    NEW: "New pages",
    CHANGES: "Changes",
    NOTES: "Readers’ notes",
    DATES: "Review dates",
}
PER_PAGE = 25
MOST_PAGES = 20  # of those that nobody owns; the rest comes when these are done


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that waits; `css` and `checks_css` are colours of `.status`.

    `domain` is that of who sent a draft, `more` how many of theirs wait behind the others.
    """

    url: str
    title: str
    kind: str
    css: str
    sender: str
    age: int
    flags: int
    checks: str
    with_whom: str
    note: str = ""
    more: int = 0
    domain: str = ""

    @property
    def waited(self) -> str:
        if self.age == 0:
            return "Today"
        return "1 day" if self.age == 1 else f"{self.age} days"

    @property
    def is_draft(self) -> bool:
        """Somebody waits for an answer to it."""
        return bool(self.domain)

    @property
    def checks_css(self) -> str:
        if self.flags:
            return "flag"
        return "ok" if self.is_draft else "todo"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of the queue. `oldest` is how long any draft of the whole has waited."""

    rows: list[Row]
    total: int
    page: int
    oldest: int


def listed(
    session: Session,
    user: User,
    *,
    now: datetime,
    show: str = EVERYTHING,
    sender: str = "",
    page: int = 1,
) -> Listed:
    """Flagged first, then what has waited longest; only what the page shows is loaded."""
    waiting: list[Waiting | Row] = []
    if show not in {NOTES, DATES}:
        sort = {NEW: Sort.NEW, CHANGES: Sort.CHANGE}.get(show)
        waiting += queue.waiting(session, now=now, sort=sort, sender=sender)
    oldest = max((each.age for each in waiting), default=0)
    if show not in {NEW, CHANGES} and not sender:
        waiting += _of_pages(session, now, show)
    waiting.sort(key=lambda each: (not each.flags, -each.age))
    page = min(page, last_page(len(waiting), PER_PAGE))
    shown = waiting[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = _rows(session, shown, user)
    return Listed(rows=rows, total=len(waiting), page=page, oldest=oldest)


def _rows(session: Session, shown: Sequence[Waiting | Row], user: User) -> list[Row]:
    found = queue.drafts(session, [e.draft_id for e in shown if isinstance(e, Waiting)])
    return [
        _of_draft(each, found[each.draft_id], user) if isinstance(each, Waiting) else each
        for each in shown
    ]


def _of_draft(waiting: Waiting, draft: Draft, user: User) -> Row:
    return Row(
        url=url_for("review.show", draft_id=draft.id),
        title=drafts.title(draft),
        kind=_kind(draft),
        css="edit" if draft.resource_id else "new",
        sender=draft.council.short_name if draft.council else "No council",
        age=waiting.age,
        flags=waiting.flags,
        checks=f"{waiting.flags} to look at" if waiting.flags else "All clear",
        with_whom=_with_whom(draft, user),
        more=waiting.more,
        domain=waiting.sender,
    )


def _kind(draft: Draft) -> str:
    if draft.resource is not None:
        return f"Change, version {draft.resource.version} to {draft.resource.version + 1}"
    return "New tip card" if draft.kind is Kind.TIP_CARD else f"New {draft.kind.label.lower()}"


def _with_whom(draft: Draft, user: User) -> str:
    if draft.reviewer_id is None:
        return "Nobody"
    if draft.reviewer_id == user.id:
        return "You"
    return draft.reviewer.name if draft.reviewer and draft.reviewer.name else "Another reviewer"


def _of_pages(session: Session, now: datetime, show: str) -> list[Row]:
    wanted = {NOTES: {False}, DATES: {True}}.get(show, {False, True})
    found = overdue.needing_reviewers(session, now=now, limit=MOST_PAGES)
    return [
        _of_page(each, now)
        for is_overdue in sorted(wanted)
        for each in found
        if each.is_overdue is is_overdue
    ]


def _of_page(attention: Attention, now: datetime) -> Row:
    resource = attention.resource
    notes = f"{attention.notes} {'reader' if attention.notes == 1 else 'readers'} asked"
    return Row(
        url=url_for("upkeep.show", resource_id=resource.id),
        title=resource.title,
        kind="Review date passed" if attention.is_overdue else "Reader notes",
        css="todo" if attention.is_overdue else "edit",
        sender=_whose(resource),
        age=working_days(attention.since.date(), now.date(), nation=_nation(resource)),
        flags=0,
        checks="Not checked again" if attention.is_overdue else notes,
        with_whom="Nobody",
    )


def _nation(resource: Resource) -> str | None:
    return next((council.nation for council in resource.councils), None)


def _whose(resource: Resource) -> str:
    names = [council.short_name for council in resource.councils[:2]]
    return ", ".join(names) or resource.organisation or "Nobody named"
