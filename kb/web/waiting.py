"""How much waits for whoever is signed in: what the line above every page counts."""

from dataclasses import dataclass

from flask import Flask

from kb.accounts import admin
from kb.accounts.models import User
from kb.submissions import queue
from kb.web.context import runtime


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Drafts for reviewers, people for admins; 0 for what is not theirs to decide."""

    drafts: int = 0
    people: int = 0


def init_app(app: Flask) -> None:
    app.jinja_env.globals["waiting_for"] = waiting_for


def waiting_for(user: User) -> Waiting:
    """Counted for reviewers and admins alone; pages of readers ask nothing.

    In a session of its own: the page's may be in the middle of something that failed.
    """
    if not user.can_review:
        return Waiting()
    with runtime().database.reading() as session:
        people = admin.waiting(session) if user.can_administer else 0
        return Waiting(drafts=queue.count(session), people=people)
