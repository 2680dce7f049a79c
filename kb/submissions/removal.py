"""Decide about published pages: restore a version, take down, make live again."""

from datetime import datetime

from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.errors import Conflict, Invalid, NotAllowed
from kb.library import owners
from kb.library import publish as library
from kb.library.models import Resource, Standing
from kb.mail import service as mail
from kb.submissions import decision_letters as letters
from kb.submissions import history
from kb.submissions.models import Decision, Verdict

LONGEST_REASON = 500
NO_REASON = "Say why, in a sentence that everybody can read."
TOO_LONG = f"Use {LONGEST_REASON} characters or fewer."
OWN = "You cannot do this to a page of your own council. Leave it to another reviewer."


def may_restore(user: User, resource: Resource) -> bool:
    return user.can_review and not owners.is_own_council(user, resource)


def may_take_down(user: User, resource: Resource) -> bool:
    """Reviewers, whoever looks after the page, and the editor of the one council it is about."""
    if user.can_review:
        return True
    if not user.can_contribute:
        return False
    if resource.owner_id == user.id:
        return True
    others = {council.id for council in resource.councils} - {user.council_id}
    return user.owns_pages and owners.is_own_council(user, resource) and not others


def restore(
    session: Session,
    resource: Resource,
    number: int,
    *,
    by: User,
    reason: str,
    now: datetime,
    base_url: str,
) -> Resource:
    """Publish an earlier version again, as a new one, and tell the owner why.

    The reason is public. Raises NotAllowed, Conflict where nothing would change, and
    Invalid without a reason.
    """
    _check_reviewer(by, resource)
    if not resource.is_public:
        raise Conflict(f"“{resource.title}” was taken down. Make it live again first.")
    why, before, author = _checked(reason), resource.version, owners.voice_of(by)
    library.restore(session, resource, number, author=author, reason=why, now=now)
    if resource.version == before:
        raise Conflict(f"Everybody reads what version {number} says already.")
    said = f"Version {number} restored. {why}"
    decision = history.record(
        session, Verdict.RESTORED, by=by, resource=resource, message=said, now=now
    )
    letter = letters.restored(resource, number, reason=why, base_url=base_url)
    _tell_owner(session, resource, decision, letter, now)
    return resource


def take_down(
    session: Session,
    resource: Resource,
    *,
    by: User,
    reason: str,
    now: datetime,
    base_url: str,
) -> Decision:
    """Leave a tombstone that keeps the credit and says why, and tell the owner.

    The worker tells the councils that copied it. The reason is public. Raises NotAllowed,
    Conflict where it was taken down already, and Invalid without a reason.
    """
    if not may_take_down(by, resource):
        raise NotAllowed("Only reviewers, or the council whose page it is, can take it down.")
    if not resource.is_public:
        raise Conflict(f"“{resource.title}” was taken down already.")
    said = _checked(reason)
    library.set_standing(session, resource, Standing.WITHDRAWN, note=said)
    decision = history.record(
        session, Verdict.TAKEN_DOWN, by=by, resource=resource, message=said, now=now
    )
    letter = letters.taken_down(resource, message=said, base_url=base_url)
    _tell_owner(session, resource, decision, letter, now)
    return decision


def make_live(
    session: Session, resource: Resource, *, by: User, now: datetime, base_url: str
) -> Decision:
    """Undo a take-down."""
    _check_reviewer(by, resource)
    if resource.is_public:
        raise Conflict(f"“{resource.title}” is live already.")
    library.set_standing(session, resource, Standing.LIVE)
    decision = history.record(
        session, Verdict.RESTORED, by=by, resource=resource, message="Made live again.", now=now
    )
    letter = letters.live_again(resource, base_url=base_url)
    _tell_owner(session, resource, decision, letter, now)
    return decision


def _checked(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Invalid({"reason": NO_REASON})
    if len(said) > LONGEST_REASON:
        raise Invalid({"reason": TOO_LONG})
    return said


def _check_reviewer(user: User, resource: Resource) -> None:
    if not user.can_review:
        raise NotAllowed("Only reviewers can do this.")
    if not may_restore(user, resource):
        raise NotAllowed(OWN)


def _tell_owner(
    session: Session,
    resource: Resource,
    decision: Decision,
    letter: letters.SubjectAndText,
    now: datetime,
) -> None:
    owner = owners.active_owner(resource)
    if owner is not None:
        subject, text = letter
        key = f"decision {decision.id}"
        mail.write(session, key=key, to=owner.email, subject=subject, text=text, now=now)
