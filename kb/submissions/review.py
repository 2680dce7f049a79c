"""Decide about drafts: take, publish, ask for changes, decline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.library import checking, lessons, owners
from kb.library.models import Resource, Visibility
from kb.library.publish import publish as publish_content
from kb.mail import service as mail
from kb.submissions import asking, composing, form, history, returning
from kb.submissions import decision_letters as letters
from kb.submissions.asking import Ask, Question
from kb.submissions.drafts import title as title_of
from kb.submissions.models import Decision, Draft, State, Verdict

LONGEST_MESSAGE = 2000
NO_SUCH = "There is nothing to review at this address."
OWN = (
    "You cannot decide about something of your own, or of your own council. "
    "Leave it to another reviewer."
)
FIRST_NOTE = "Read by a reviewer before it was published."
CHANGE_NOTE = "Changed by the council and read by a reviewer."
_WRITTEN = {Ask.LINE, Ask.PROSE, Ask.STEPS}
_SENT = {State.WAITING, State.CHANGES, State.PUBLISHED, State.DECLINED}
_BECAME = {
    State.PUBLISHED: "was published",
    State.CHANGES: "was sent back to the team",
    State.DECLINED: "was turned down",
    State.DRAFT: "was taken back by the team",
    State.DROPPED: "was taken back by the team",
}
TAKEN_BACK = "Its sender took this back, so there is nothing to decide now."


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a reviewer had before them: the version of the draft, and of the live page."""

    draft: int
    live: int = 0


def get(session: Session, draft_id: int, *, by: User) -> Draft:
    """A draft that was sent, for reviewers; what somebody still writes is nobody else's.

    Raises NotFound, and Conflict for what reviewers had and its sender took back.
    """
    draft = session.get(Draft, draft_id)
    if draft is None or not by.can_review:
        raise NotFound(NO_SUCH)
    if returning.was_taken_back(session, draft):
        raise Conflict(TAKEN_BACK)
    if draft.state not in _SENT:
        raise NotFound(NO_SUCH)
    return draft


def title(draft: Draft) -> str:
    """What reviewers call it: the words of what was taken back are its sender's alone again."""
    return title_of(draft) if draft.state in _SENT else "Something that was taken back"


def may_decide(user: User, draft: Draft) -> bool:
    """Nobody decides about what is their own or their own council's."""
    if not user.can_review or draft.owner_id == user.id:
        return False
    if draft.resource is not None and owners.is_own_council(user, draft.resource):
        return False
    councils = {draft.council_id, draft.owner.council_id} - {None}
    return user.council_id not in councils


def has_moved_on(draft: Draft) -> bool:
    """Did the live page change after this change of it was begun?"""
    return draft.resource is not None and draft.resource.version != draft.base_version


def take(session: Session, draft: Draft, *, by: User, seen: Seen, now: datetime) -> None:
    """It is with this reviewer from here on; others can still see that, and take it over."""
    _check(draft, by, seen)
    draft.reviewer = by
    flush(session)
    history.record(session, Verdict.TAKEN, by=by, draft=draft, now=now)


def release(session: Session, draft: Draft, *, by: User, seen: Seen) -> None:
    """It is with nobody again."""
    _check(draft, by, seen)
    draft.reviewer = None
    flush(session)


def written_questions(draft: Draft) -> list[Question]:
    """Those whose answers a reviewer may put into better words."""
    return [question for question in form.questions(draft.kind) if question.ask in _WRITTEN]


def publish(
    session: Session,
    draft: Draft,
    *,
    by: User,
    seen: Seen,
    now: datetime,
    base_url: str,
    edits: Mapping[str, str] | None = None,
    message: str = "",
) -> Resource:
    """Publish the draft, with a reviewer's edits of its words, and tell its owner.

    Raises NotAllowed for what is one's own, Conflict where somebody was faster or the live
    page is no longer what the reviewer saw, Invalid for edits that break the rules of the form.
    """
    _check(draft, by, seen)
    _check_live(draft, seen)
    said = _checked(message)
    has_edits = _edit(draft, edits or {})
    content = composing.compose(session, draft).model_copy(update={"checked": now.date()})
    _decide(session, draft, State.PUBLISHED, by=by, now=now)
    note = CHANGE_NOTE if draft.resource_id else FIRST_NOTE
    resource = publish_content(session, content, author=_author(draft), note=note, now=now)
    draft.resource = resource
    _hand_over(resource, draft)
    _tell_lesson(session, draft, resource, now)
    checking.begin_anew(session, resource, today=now.date())
    decision = history.record(
        session, Verdict.PUBLISHED, by=by, draft=draft, resource=resource, message=said, now=now
    )
    subject, text = letters.published(
        resource, message=said, has_edits=has_edits, base_url=base_url
    )
    _write(session, decision, draft.owner, subject, text, now)
    return resource


def ask_changes(
    session: Session,
    draft: Draft,
    *,
    by: User,
    seen: Seen,
    now: datetime,
    base_url: str,
    requests: Mapping[str, str],
    message: str = "",
) -> Decision:
    """Send it back with reasons, question by question; Invalid where nothing is asked for."""
    _check(draft, by, seen)
    labels = {question.name: question.label for question in form.questions(draft.kind)}
    asked = {name: _checked(why, name) for name, why in requests.items() if why.strip()}
    said = _checked(message)
    if not asked.keys() <= labels.keys():
        raise Invalid({"message": "There is no such question."})
    if not asked and not said:
        raise Invalid({"message": "Say what they should change."})
    _decide(session, draft, State.CHANGES, by=by, now=now)
    decision = history.record(
        session, Verdict.CHANGES, by=by, draft=draft, message=said, requests=asked, now=now
    )
    named = {labels[name]: why for name, why in asked.items()}
    subject, text = letters.changes_asked(
        draft, title_of(draft), named, message=said, base_url=base_url
    )
    _write(session, decision, draft.owner, subject, text, now)
    return decision


def decline(
    session: Session,
    draft: Draft,
    *,
    by: User,
    seen: Seen,
    now: datetime,
    base_url: str,
    message: str,
) -> Decision:
    """Turn it down; Invalid without a reason."""
    _check(draft, by, seen)
    said = _checked(message)
    if not said:
        raise Invalid({"message": "Say why you turn it down."})
    _decide(session, draft, State.DECLINED, by=by, now=now)
    decision = history.record(session, Verdict.DECLINED, by=by, draft=draft, message=said, now=now)
    subject, text = letters.declined(draft, title_of(draft), message=said, base_url=base_url)
    _write(session, decision, draft.owner, subject, text, now)
    return decision


def _check(draft: Draft, by: User, seen: Seen) -> None:
    if not by.can_review:
        raise NotAllowed("Only reviewers can do this.")
    if not may_decide(by, draft):
        raise NotAllowed(OWN)
    if draft.state is not State.WAITING:
        became = _BECAME.get(draft.state, "was changed")
        raise Conflict(
            f"“{title_of(draft)}” {became} before your answer arrived. Nothing of yours was saved."
        )
    if draft.version != seen.draft:
        raise Conflict(
            f"Another reviewer took “{title_of(draft)}” or gave it back while you were reading "
            "it. Nothing of yours was saved."
        )


def _check_live(draft: Draft, seen: Seen) -> None:
    live = draft.resource
    if live is None:
        return
    if not live.is_public:
        raise Conflict(f"“{live.title}” was taken down. Make it live again first.")
    if live.version != seen.live:
        raise Conflict(
            f"“{live.title}” was published as version {live.version} while you were reading. "
            "Look at what this change would do to it now, then decide again."
        )


def _edit(draft: Draft, edits: Mapping[str, str]) -> bool:
    """Put the reviewer's words in; did that change anything?"""
    asked = {question.name: question for question in written_questions(draft)}
    if not edits.keys() <= asked.keys():
        raise Invalid({"message": "There is no such question."})
    before = dict(draft.answers)
    answers = before | {name: _as_answer(asked[name], text) for name, text in edits.items()}
    problems = asking.problems([asked[name] for name in edits], answers, {})
    if problems:
        raise Invalid({f"edit-{name}": sentence for name, sentence in problems.items()})
    if answers == before:
        return False
    draft.answers = answers
    return True


def _as_answer(question: Question, text: str) -> object:
    said = text.replace("\r\n", "\n").strip()
    if question.ask is Ask.STEPS:
        return [line.strip() for line in said.split("\n") if line.strip()]
    return said


def _decide(session: Session, draft: Draft, state: State, *, by: User, now: datetime) -> None:
    """First of all, so that of two reviewers at one moment the second is refused here."""
    draft.state, draft.decided_at, draft.reviewer = state, now, by
    flush(session)


def _author(draft: Draft) -> str:
    return draft.council.name if draft.council is not None else owners.voice_of(draft.owner)


def _hand_over(resource: Resource, draft: Draft) -> None:
    """Whoever wrote it looks after it, unless somebody of their council does already."""
    kept_by = owners.active_owner(resource)
    if kept_by is None or kept_by.council_id != draft.owner.council_id:
        resource.owner = draft.owner


def _tell_lesson(session: Session, draft: Draft, resource: Resource, now: datetime) -> None:
    """What went wrong is kept apart where not everybody may read it under its name."""
    text, visibility = composing.lesson(draft) or ("", Visibility.PUBLIC)
    council = draft.council
    kind = council.type.value if council is not None else ""
    lessons.tell(session, resource, text=text, visibility=visibility, council_type=kind, now=now)


def _checked(text: str, name: str = "") -> str:
    said = text.replace("\r\n", "\n").strip()
    if len(said) > LONGEST_MESSAGE:
        field = f"request-{name}" if name else "message"
        raise Invalid({field: f"Use {LONGEST_MESSAGE} characters or fewer."})
    return said


def _write(
    session: Session, decision: Decision, to: User, subject: str, text: str, now: datetime
) -> None:
    if to.is_active:
        key = f"decision {decision.id}"
        mail.write(session, key=key, to=to.email, subject=subject, text=text, now=now)
