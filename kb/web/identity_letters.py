"""Whom an identity provider said somebody to be, until a letter has proved their address."""

from datetime import datetime, timedelta

from flask import session as flask_session

from kb.accounts import identity
from kb.accounts.claims import Claims
from kb.accounts.models import User
from kb.web.context import db_session, has_session

WITHIN = timedelta(hours=1)
_SAID = "identity_by_letter"


def remember(claims: Claims, *, now: datetime) -> None:
    """In this browser alone: whoever makes the provider claim somebody else's address gains
    nothing when that somebody opens the letter.
    """
    flask_session[_SAID] = {
        "subject": claims.subject,
        "email": claims.email.strip().lower(),
        "since": now.isoformat(),
    }


def link(user: User, *, now: datetime) -> None:
    """A letter has shown that the address is this person's: next time the provider is enough."""
    said = flask_session.get(_SAID) if has_session() else None
    if said and now - datetime.fromisoformat(said["since"]) < WITHIN:
        identity.link(db_session(), user, email=said["email"], subject=said["subject"])
