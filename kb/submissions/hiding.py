"""Reviewers hide words that a change took out of a page and that its history still shows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.errors import Conflict, Invalid, NotAllowed
from kb.library import hiding
from kb.library import history as versions
from kb.library.models import Resource
from kb.submissions import history
from kb.submissions.models import Decision, Verdict

LONGEST_REASON = 500
NOTHING = "Choose the parts whose older words you want to hide."
NO_REASON = "Say why, in a sentence for other reviewers."
TOO_LONG = f"Use {LONGEST_REASON} characters or fewer."


def hide(
    session: Session,
    resource: Resource,
    number: int,
    fields: Collection[str],
    *,
    by: User,
    reason: str,
    now: datetime,
) -> Decision:
    """Hide what these fields said in every version before this one, which changed them.

    For good: no page shows it and no restoring brings it back. The reason is for reviewers.
    Raises NotAllowed, Conflict for what was taken down, and Invalid.
    """
    if not by.can_review:
        raise NotAllowed("Only reviewers can do this.")
    if not resource.is_public:
        raise Conflict(f"“{resource.title}” was taken down, and its history with it.")
    old = versions.revision(session, resource, number - 1)
    found = versions.changes(old, versions.revision(session, resource, number))
    changed = [change.field for change in found if change.field not in hiding.NEVER]
    why, chosen = _checked(reason, fields, changed)
    hiding.hide(session, resource, chosen, before=number)
    words = ", ".join(name.replace("_", " ") for name in chosen)
    said = f"In every version before {number}, of: {words}. {why}"
    return history.record(
        session, Verdict.WORDS_HIDDEN, by=by, resource=resource, message=said, now=now
    )


def _checked(reason: str, fields: Collection[str], changed: list[str]) -> tuple[str, list[str]]:
    why = " ".join(reason.split())
    problems = {}
    if not fields or not set(fields) <= set(changed):
        problems["fields"] = NOTHING
    if not why:
        problems["why"] = NO_REASON
    if len(why) > LONGEST_REASON:
        problems["why"] = TOO_LONG
    if problems:
        raise Invalid(problems)
    return why, [name for name in changed if name in fields]
