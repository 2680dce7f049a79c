"""Say that a page was checked: from then on it is good for its time."""

from datetime import date

from sqlalchemy.orm import Session

from kb.db.database import flush
from kb.library.models import Resource, Standing
from kb.library.publish import set_standing
from kb.library.state import review_by


def begin_anew(session: Session, resource: Resource, *, today: date) -> None:
    """Somebody vouches for it today: its time begins again, and it is history no longer."""
    resource.review_by = review_by(resource, checked=today)
    resource.reminded_at = None
    if resource.standing is Standing.HISTORICAL:
        set_standing(session, resource, Standing.LIVE)
    flush(session)
