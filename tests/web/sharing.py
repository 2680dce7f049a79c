"""Somebody at Fenbridge who shares practice, and what became of their drafts."""

from sqlalchemy import select

from kb.submissions.models import Draft
from tests.factories import make_council, make_user
from tests.submissions.writing import make_draft


def user(runtime, **values):
    with runtime.database.transaction() as session:
        council = make_council(session, short_name="Fenbridge")
        return make_user(session, council, **values)


def start(officer, kind="case-study", **data):
    """Begin a draft by the button; its number."""
    officer.post("/share/drafts", kind=kind, **data)
    with officer.client.application.extensions["kb"].database.reading() as session:
        return session.scalars(select(Draft).order_by(Draft.id.desc())).first().id


def saved(runtime, draft_id):
    with runtime.database.reading() as session:
        return session.get(Draft, draft_id)


def drafted(runtime, owner, **values):
    """A draft with everything answered."""
    with runtime.database.transaction() as session:
        return make_draft(session, owner, **values).id
