"""Write drafts, step by step, and send them to the reviewers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, NotAllowed, NotFound
from kb.library import lessons, vocabulary
from kb.library.content import Kind
from kb.library.models import Resource
from kb.mail import service as mail
from kb.submissions import composing, form, letters, prefill
from kb.submissions.models import Decision, Draft, State, Upload, Verdict

MOST_OPEN = 20
NO_SUCH = "There is no draft at this address."
NOT_YET = (
    "You can write now and send later: an admin still has to confirm that you write for a council."
)
CLOSED = {
    State.WAITING: "This was sent already, so that nobody can change it while a reviewer reads "
    "it. You can take it back first.",
    State.PUBLISHED: "This is published already. You can change its page instead.",
    State.DECLINED: "This was declined, and stays as it was sent. You can start again from it.",
}
NOT_YOURS = "Only people who write for the council of this page can change it."
_READABLE = (State.WAITING, State.CHANGES, State.PUBLISHED, State.DECLINED)


class Closed(Conflict):
    """It was sent, so that its owner cannot write in it."""


def start(
    session: Session,
    *,
    by: User,
    kind: Kind,
    now: datetime,
    answers: Mapping[str, object] | None = None,
    resource: Resource | None = None,
    lead_id: int | None = None,
    copy_id: int | None = None,
    base_url: str = "",
) -> Draft:
    """Begin a draft that is `by`'s own: something new or, with a resource, a change of it.

    Where it begins with answers, and `base_url` is known, the link to come back is mailed now.
    Raises NotAllowed for the page of another council, for a kind that has no questions, and
    while too many drafts are open.
    """
    _check_may_start(session, by, kind, resource)
    draft = Draft(
        kind=kind,
        owner_id=by.id,
        council_id=by.council_id,
        answers={**_usual(kind), **(answers or {})},
        resource_id=resource.id if resource else None,
        base_version=resource.version if resource else 0,
        lead_id=lead_id,
        copy_id=copy_id,
        state=State.DRAFT,
        started_at=now,
        saved_at=now,
        flags=[],
    )
    session.add(draft)
    flush(session)
    if answers and base_url:
        _mail_link(session, draft, by=by, now=now, base_url=base_url)
    return draft


def _check_may_start(session: Session, by: User, kind: Kind, resource: Resource | None) -> None:
    if not form.pages(kind):
        raise NotAllowed("Only case studies and tip cards can be shared here.")
    if resource is not None and not may_change(by, resource):
        raise NotAllowed(NOT_YOURS)
    if _number_open(session, by) >= MOST_OPEN:
        raise NotAllowed(f"You have {MOST_OPEN} drafts. Finish one, or throw one away, first.")


def answers_of(session: Session, resource: Resource, *, by: User) -> Mapping[str, object]:
    """What a page says, for a change of it to begin with.

    Its own council finds what it told apart from the page, too; nobody else does. Raises
    NotAllowed for who may not change the page.
    """
    if not may_change(by, resource):
        raise NotAllowed(NOT_YOURS)
    return prefill.from_resource(resource, told=lessons.of_resource(session, resource))


def may_change(user: User, resource: Resource) -> bool:
    """May this person propose a change of this page?"""
    ids = {council.id for council in resource.councils}
    return user.can_contribute and user.council_id in ids and resource.is_public


def get(session: Session, draft_id: int, *, by: User) -> Draft:
    """The draft of its owner; reviewers find it too once it was sent. Raises NotFound."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.state is State.DROPPED:
        raise NotFound(NO_SUCH)
    is_sent = draft.sent_at is not None and draft.state in _READABLE
    if draft.owner_id != by.id and not (by.can_review and is_sent):
        raise NotFound(NO_SUCH)
    return draft


def own(session: Session, draft_id: int, *, by: User) -> Draft:
    """The draft of its owner; nobody else finds it. Raises NotFound."""
    draft = get(session, draft_id, by=by)
    if draft.owner_id != by.id:
        raise NotFound(NO_SUCH)
    return draft


def mine(session: Session, *, by: User) -> list[Draft]:
    """Everything this person wrote or is writing, what was touched last first."""
    query = select(Draft).where(Draft.owner_id == by.id, Draft.state != State.DROPPED)
    return list(session.scalars(query.order_by(Draft.saved_at.desc(), Draft.id.desc())))


def is_written_up(session: Session, copy_id: int) -> bool:
    """Has anybody begun to write down what came of this copy, whatever became of that?"""
    query = select(Draft.id).where(Draft.copy_id == copy_id).limit(1)
    return session.scalar(query) is not None


def begun_from(session: Session, lead_ids: Iterable[int]) -> dict[int, datetime]:
    """Lead -> when somebody last began to write it up, for those that somebody still does."""
    at_work = (State.DRAFT, State.CHANGES, State.WAITING)
    begun = (
        select(Draft.lead_id, func.max(Draft.started_at))
        .where(Draft.lead_id.in_(list(lead_ids)), Draft.state.in_(at_work))
        .group_by(Draft.lead_id)
    )
    return {number: at for number, at in session.execute(begun) if number is not None}


def save(
    session: Session,
    draft: Draft,
    page: form.Page,
    typed: Mapping[str, object],
    *,
    by: User,
    now: datetime,
    base_url: str,
) -> dict[str, str]:
    """Keep what was typed on one page, good or bad; the answer says what is wrong with it.

    Unless they have it already, its owner gets a letter with the link to come back to it.
    """
    check_open(draft, by)
    asked = {question.name for question in page.questions}
    kept = {name: value for name, value in typed.items() if name in asked}
    answers = {**draft.answers, **kept}
    filled = draft.answers.get(prefill.FILLED, ())
    if isinstance(filled, Sequence):
        answers[prefill.FILLED] = [name for name in filled if name not in asked]
    draft.answers, draft.saved_at = answers, now
    flush(session)
    _mail_link(session, draft, by=by, now=now, base_url=base_url)
    return form.problems(page.questions, draft.answers, vocabulary.labels(session))


def note(session: Session, draft: Draft, name: str, value: object, *, by: User) -> None:
    """Remember something about the answers that is none of them; its name begins with "_"."""
    check_open(draft, by)
    draft.answers = {**draft.answers, name: value}
    flush(session)


def send(
    session: Session,
    draft: Draft,
    *,
    by: User,
    flags: Sequence[str],
    now: datetime,
    base_url: str,
) -> None:
    """Hand it to the reviewers, with what the checks found.

    Raises Invalid with a sentence for each question that still needs an answer, and
    NotAllowed for who may not write for a council (yet).
    """
    check_open(draft, by)
    if not by.can_contribute:
        raise NotAllowed(NOT_YET)
    if draft.resource is not None and not may_change(by, draft.resource):
        raise NotAllowed(NOT_YOURS)
    draft.council_id = by.council_id
    flush(session)
    session.refresh(draft, ["council"])
    composing.compose(session, draft)
    draft.state, draft.sent_at, draft.saved_at = State.WAITING, now, now
    draft.flags = list(flags)
    session.add(Decision(draft_id=draft.id, by_id=by.id, at=now, verdict=Verdict.SENT))
    flush(session)
    subject, text = letters.sent(draft, title=title(draft), base_url=base_url)
    key = f"draft {draft.id} sent {now.isoformat()}"
    mail.write(session, key=key, to=by.email, subject=subject, text=text, now=now)


def drop(session: Session, draft: Draft, *, by: User, now: datetime) -> None:
    """Throw away what was written. What reviewers have decided about stays."""
    check_open(draft, by)
    session.execute(delete(Upload).where(Upload.draft_id == draft.id))
    draft.answers, draft.flags = {}, []
    draft.state, draft.saved_at = State.DROPPED, now
    flush(session)


def asked_for(session: Session, draft: Draft) -> dict[str, str]:
    """What the reviewer asked to change, question by question, while it is open for that."""
    decision = last_request(session, draft)
    return dict(decision.requests) if decision else {}


def last_request(session: Session, draft: Draft) -> Decision | None:
    """The decision by which it came back to its owner, while it is with them."""
    if not draft.is_open:
        return None
    query = select(Decision).where(
        Decision.draft_id == draft.id, Decision.verdict == Verdict.CHANGES
    )
    return session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()


def decisions(session: Session, draft: Draft) -> list[Decision]:
    """Everything that was decided about a draft, in that order."""
    query = select(Decision).where(Decision.draft_id == draft.id)
    return list(session.scalars(query.order_by(Decision.id)))


def title(draft: Draft) -> str:
    """What to call it on one line, whatever was typed."""
    typed = form.text(draft.answers, "title")
    words = " ".join("".join(c for c in word if c.isprintable()) for word in typed.split())
    if len(words) > 100:
        words = f"{words[:99]}…"
    return words or ("A tip card" if draft.kind is Kind.TIP_CARD else "A case study")


def _usual(kind: Kind) -> dict[str, object]:
    """What most people answer, to be seen and changed."""
    return {q.name: q.before for q in form.questions(kind) if q.before}


def _mail_link(session: Session, draft: Draft, *, by: User, now: datetime, base_url: str) -> None:
    """The link to come back, once for each draft."""
    subject, text = letters.begun(draft, title=title(draft), base_url=base_url)
    mail.write(
        session, key=f"draft {draft.id} begun", to=by.email, subject=subject, text=text, now=now
    )


def _number_open(session: Session, by: User) -> int:
    states = (State.DRAFT, State.CHANGES)
    query = select(func.count()).where(Draft.owner_id == by.id, Draft.state.in_(states))
    return session.scalar(query) or 0


def check_open(draft: Draft, by: User) -> None:
    """Raises NotFound for another person's draft, Closed for one that was sent."""
    if draft.owner_id != by.id:
        raise NotFound(NO_SUCH)
    if not draft.is_open:
        raise Closed(CLOSED.get(draft.state, NO_SUCH))
