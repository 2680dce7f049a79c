"""What was sent comes back to its sender: taken back while it waits, or begun anew."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.db.database import flush
from kb.errors import Conflict, NotFound
from kb.submissions import checks, composing, drafts, history
from kb.submissions.models import Decision, Draft, State, Upload, Verdict

FROM = "_declined"  # of the answers: the id of the draft that they were copied from
_ANSWERED = {
    State.CHANGES: "A reviewer asked for changes before you took this back. It is with you now.",
    State.PUBLISHED: "A reviewer published this before you took it back. You can change its page.",
    State.DECLINED: "A reviewer declined this before you took it back.",
}
ONLY_DECLINED = "Only what was declined can be started again."


def take_back(session: Session, draft: Draft, *, by: User, now: datetime) -> None:
    """It is its sender's draft again, and no reviewer's; nothing happens if it is that already.

    Raises Conflict where a reviewer was faster.
    """
    _check_own(draft, by)
    if draft.state is State.DRAFT:
        return
    if draft.state is not State.WAITING:
        raise Conflict(_ANSWERED.get(draft.state, drafts.NO_SUCH))
    draft.state, draft.sent_at, draft.saved_at = State.DRAFT, None, now
    draft.reviewer, draft.flags = None, []
    flush(session)
    history.record(session, Verdict.TAKEN_BACK, by=by, draft=draft, now=now)


def was_taken_back(session: Session, draft: Draft) -> bool:
    """Has a reviewer perhaps seen it, although it is its sender's alone now?"""
    if draft.state not in {State.DRAFT, State.DROPPED}:
        return False
    query = select(Decision.id).where(
        Decision.draft_id == draft.id, Decision.verdict == Verdict.TAKEN_BACK
    )
    return session.scalar(query.limit(1)) is not None


def start_again(
    session: Session, declined: Draft, *, by: User, now: datetime, base_url: str
) -> Draft:
    """A new draft with the answers and files of one that was declined, and told so.

    The one that was begun before, while it is open. Raises Conflict for what was not
    declined, and what drafts.start raises.
    """
    _check_own(declined, by)
    if declined.state is not State.DECLINED:
        raise Conflict(ONLY_DECLINED)
    for begun in drafts.mine(session, by=by):
        if begun.is_open and begun.answers.get(FROM) == declined.id:
            return begun
    kept = {name: value for name, value in declined.answers.items() if name != checks.LINKS}
    draft = drafts.start(
        session,
        by=by,
        kind=declined.kind,
        now=now,
        answers=kept | {FROM: declined.id},
        resource=declined.resource,
        lead_id=declined.lead_id,
        copy_id=declined.copy_id,
        base_url=base_url,
    )
    draft.base_version = declined.base_version
    _copy_files(session, declined, draft, now)
    flush(session)
    return draft


def refusal(session: Session, draft: Draft) -> Decision | None:
    """How the draft was declined that this one was begun from, if there is one."""
    declined = draft.answers.get(FROM)
    if not isinstance(declined, int):
        return None
    query = select(Decision).where(
        Decision.draft_id == declined, Decision.verdict == Verdict.DECLINED
    )
    return session.scalars(query.order_by(Decision.id.desc()).limit(1)).first()


def _copy_files(session: Session, source: Draft, target: Draft, now: datetime) -> None:
    session.add_all(
        Upload(
            draft_id=target.id,
            file_id=each.file_id,
            name=each.name,
            alt=each.alt,
            is_decorative=each.is_decorative,
            sent_at=now,
        )
        for each in composing.files(session, source)
    )


def _check_own(draft: Draft, by: User) -> None:
    if draft.owner_id != by.id:
        raise NotFound(drafts.NO_SUCH)
