"""What the people of one council have sent, for whoever looks after the council's pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.accounts.models import User
from kb.errors import NotAllowed
from kb.submissions.models import Draft, State

MOST = 200


def sent(session: Session, *, by: User) -> list[Draft]:
    """Everything that colleagues sent, what was touched last first; drafts stay their own.

    Raises NotAllowed unless `by` looks after the pages of a council.
    """
    if not by.owns_pages:
        raise NotAllowed("Only the editors of a council see what their colleagues sent.")
    query = select(Draft).where(
        Draft.council_id == by.council_id,
        Draft.owner_id != by.id,
        Draft.sent_at.is_not(None),
        Draft.state != State.DROPPED,
    )
    newest = query.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(MOST)
    return list(session.scalars(newest))
