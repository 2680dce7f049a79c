"""What a person, and the council whose pages they look after, have in hand here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kb.accounts.models import User
from kb.copying import copiers
from kb.copying import service as copying
from kb.copying.models import Copy, Status
from kb.db.database import Session
from kb.library.models import Resource
from kb.questions import service as questions
from kb.questions.models import Question
from kb.submissions import colleagues, drafts, queue
from kb.submissions.models import Draft
from kb.submissions.models import State as DraftState
from kb.upkeep import service as upkeep
from kb.web import reading
from kb.web.copied import COUNTED, by_councils

MOST_PLACES = 10  # of drafts in the queue that are worth counting for one page
DRAFT_STATES = {
    DraftState.DRAFT: ("Not sent yet", "todo"),
    DraftState.WAITING: ("With a reviewer", "new"),
    DraftState.CHANGES: ("Changes asked", "edit"),
    DraftState.PUBLISHED: ("Published", "ok"),
    DraftState.DECLINED: ("Declined", "todo"),
}


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """`is_own` is False for a colleague's, which only they can open."""

    draft: Draft
    title: str
    state: str
    css: str
    place: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """A page, and what became of it elsewhere; `stops` are the copies that were stopped."""

    resource: Resource
    mark: str
    notes: int
    copied: str
    stops: Sequence[Copy]

    @property
    def is_copied(self) -> bool:
        return bool(self.copied)


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """`is_own` is False for a colleague's; `is_due` says that the person should answer it."""

    question: Question
    state: str
    css: str
    is_own: bool
    is_due: bool


@dataclass(frozen=True, kw_only=True)
class Work:
    drafts: Sequence[DraftRow]
    pages: Sequence[PageRow]
    copies: Sequence[Copy]
    asked: Sequence[QuestionRow]
    received: Sequence[QuestionRow]

    @property
    def is_nothing(self) -> bool:
        return not (self.drafts or self.pages or self.copies or self.asked or self.received)


def of(session: Session, user: User, *, now: datetime) -> Work:
    """Everything of a person, their council's copies, and for its editors all of the council."""
    pages = upkeep.of_person(session, user)
    rows = [_of_question(each, user) for each in questions.of_person(session, user)]
    return Work(
        drafts=_drafts(session, user, now),
        pages=_pages(session, pages, now.date()),
        copies=copying.all_of_council(session, user.council_id) if user.can_contribute else (),
        asked=[row for row in rows if _is_from(row.question.asker, user)],
        received=[row for row in rows if not _is_from(row.question.asker, user)],
    )


def next_date(copy: Copy) -> date | None:
    """When a council wanted to look at its copy again, or to have taken its first step."""
    if copy.status is Status.STOPPED:
        return None
    return copy.review_on or (copy.first_step_by if copy.status is Status.PLANNED else None)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    if 11 <= number % 100 <= 13:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _drafts(session: Session, user: User, now: datetime) -> list[DraftRow]:
    mine = drafts.mine(session, by=user)
    waiting = [draft for draft in mine if draft.state is DraftState.WAITING][:MOST_PLACES]
    places = {draft.id: _place(session, draft, now) for draft in waiting}
    others = colleagues.sent(session, by=user) if user.owns_pages else []
    return [
        DraftRow(
            draft=draft,
            title=drafts.title(draft),
            state=DRAFT_STATES[draft.state][0],
            css=DRAFT_STATES[draft.state][1],
            place=places.get(draft.id, ""),
            is_own=draft.owner_id == user.id,
        )
        for draft in (*mine, *others)
    ]


def _place(session: Session, draft: Draft, now: datetime) -> str:
    """3rd in the queue, usually 4 working days."""
    place = queue.place(session, draft, now=now)
    days = place.usual_days
    usually = f", usually {days} working day{'' if days == 1 else 's'}" if days else ""
    return f"{ordinal(place.number)} in the queue{usually}"


def _pages(session: Session, pages: Sequence[Resource], today: date) -> list[PageRow]:
    notes = upkeep.counts_of_notes(session, pages)
    copies = copiers.of_resources(session, [page.id for page in pages])
    return [
        PageRow(
            resource=page,
            mark=reading.trust(page, today=today).mark,
            notes=notes.get(page.id, 0),
            copied=_copied(copies.get(page.id, ())),
            stops=[each for each in copies.get(page.id, ()) if each.status is Status.STOPPED],
        )
        for page in pages
    ]


def _copied(copies: Sequence[Copy]) -> str:
    """Copied by 3 councils: 2 doing it, 1 stopped. 1 more plans to. "" where nobody did."""
    if not copies:
        return ""
    by_status = Counter(copy.status for copy in copies if copy.has_begun)
    begun = by_status.total()
    counts = [
        f"{by_status[status]} {word}" for status, word in COUNTED.items() if by_status[status]
    ]
    said = f"{by_councils(begun)}: {', '.join(counts)}." if begun else ""
    planned = sum(copy.status is Status.PLANNED for copy in copies if not copy.has_begun)
    if planned:
        said += f" {planned} {'more ' if begun else ''}{'plans' if planned == 1 else 'plan'} to."
    return said.strip()


def _is_from(asker: User, user: User) -> bool:
    """Is this a question of one's own or, for an editor, of a colleague's?"""
    same_council = user.owns_pages and asker.council_id == user.council_id
    return asker.id == user.id or same_council


def _of_question(question: Question, user: User) -> QuestionRow:
    is_due = question.to_id == user.id and questions.may_answer(question, user)
    state, css = _state(question, is_due)
    is_own = user.id in {question.asker_id, question.to_id}
    return QuestionRow(question=question, state=state, css=css, is_own=is_own, is_due=is_due)


def _state(question: Question, is_due: bool) -> tuple[str, str]:
    if questions.is_shown(question):
        return "On the page", "ok"
    if question.answered_at:
        return "Answered", "ok"
    if question.to_id is None:
        return "Nobody has answered", "edit"
    return ("Waits for your answer", "edit") if is_due else ("Waits for an answer", "new")
