"""What the page of a practice says of its questions, and how what people typed is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, url_for
from markupsafe import Markup, escape

from kb.accounts.models import User
from kb.copying import copiers
from kb.db.database import Session
from kb.editions import PerEdition
from kb.library import owners
from kb.library.models import Resource
from kb.questions import service as questions
from kb.web.copied import COPYABLE

SHOWN = 5  # at once; the rest is folded away
REL = "nofollow ugc noopener external"
NO_COUNCIL = "the people who look after this page"
_LINK = re.compile(r"https?://[^\s<>\"'“”‘’]+", re.IGNORECASE)
_AFTER = ".,;:!?)]}"


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Ids of resources: most pages have neither, and learn it without asking."""

    with_copiers: frozenset[int]
    with_shown: frozenset[int]


def _look(session: Session) -> _Known:
    return _Known(
        with_copiers=copiers.resources_with_anybody(session),
        with_shown=questions.resources_with_shown(session),
    )


_known = PerEdition(_look)


def on_page(session: Session, resource: Resource) -> Mapping[str, object] | None:
    """The questions that both sides let be seen, and where to ask; None for what nobody copies.

    Where nobody of the team is here, there are the websites of its councils instead.
    """
    if resource.kind not in COPYABLE or resource.id is None:  # a preview has no number yet
        return None
    known = _known(session)
    is_anybody = resource.id in known.with_copiers or bool(owners.active_owner(resource))
    shown = questions.shown(session, resource) if resource.id in known.with_shown else []
    return {
        "ask_url": url_for("questions.new", resource_id=resource.id) if is_anybody else "",
        "shown": shown[:SHOWN],
        "folded": shown[SHOWN:],
        "websites": [
            (council.name, council.website)
            for council in resource.councils
            if council.website.startswith(("https://", "http://"))
        ],
    }


def asked_by(user: User) -> str:
    """Asked by an officer at Leeds Council: a council, never a person."""
    return (
        f"an officer at {user.council.name}" if user.council else "somebody with an account here"
    )


def answered_by(user: User | None) -> str:
    """Answered by the team at Leeds Council."""
    return f"the team at {user.council.name}" if user and user.council else NO_COUNCIL


def said(text: str) -> Markup:
    """What somebody typed: markup is shown and not obeyed, addresses are links of theirs."""
    found, end = Markup(), 0
    for match in _LINK.finditer(text):
        url = match[0].rstrip(_AFTER)
        found += escape(text[end : match.start()])
        found += Markup('<a href="{url}" rel="{rel}">{url}</a>').format(url=url, rel=REL)
        end = match.start() + len(url)
    return found + escape(text[end:])


def init_app(app: Flask) -> None:
    app.jinja_env.filters["said"] = said
    app.jinja_env.globals.update(asked_by=asked_by, answered_by=answered_by)
